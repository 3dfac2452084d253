import type { Frame, FrameKind } from '../profile.ts';

/** Of the colours that the viewer has; grey is its default category, and transparent what nothing ran in. */
const CATEGORIES: readonly {
  readonly kind: FrameKind | 'other';
  readonly name: string;
  readonly color: string;
}[] = [
  { kind: 'other', name: 'Other', color: 'grey' },
  { kind: 'bot', name: 'Bot', color: 'yellow' },
  { kind: 'package', name: 'Packages', color: 'blue' },
  { kind: 'node', name: 'Node', color: 'green' },
  { kind: 'gc', name: 'GC', color: 'orange' },
  { kind: 'native', name: 'Native', color: 'lightblue' },
  { kind: 'idle', name: 'Idle', color: 'transparent' },
  { kind: 'profiler', name: 'Profiler', color: 'purple' },
  { kind: 'awaiting', name: 'Awaiting', color: 'lightred' },
];

/** Of each category, the first one, for what has no name. */
const UNNAMED = 'Other';

/** The kinds of frames as categories, the cogs and the packages as parts of theirs. */
export class CategoryTable {
  readonly #parts = CATEGORIES.map(() => new Map([[UNNAMED, 0]]));

  constructor(frames: readonly Frame[]) {
    for (const frame of frames) {
      const parts = this.#parts[this.indexOf(frame.kind)]!;
      const name = nameOf(frame);
      if (!parts.has(name)) parts.set(name, parts.size);
    }
  }

  /** As the head of a profile has them. */
  get list(): object[] {
    return CATEGORIES.map(({ name, color }, index) => ({
      name,
      color,
      subcategories: [...this.#parts[index]!.keys()].map((part) => part.toWellFormed()),
    }));
  }

  indexOf(kind: FrameKind): number {
    return CATEGORIES.findIndex((category) => category.kind === kind);
  }

  partOf(frame: Frame): number {
    return this.#parts[this.indexOf(frame.kind)]!.get(nameOf(frame))!;
  }
}

function nameOf({ cog, package: pack }: Frame): string {
  return cog ?? pack ?? UNNAMED;
}
