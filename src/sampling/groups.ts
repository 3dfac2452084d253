import { Pairs } from './pairs.ts';
import type { Frame, FrameKind, Owner, Profile, Thread } from './profile.ts';

/** Which group samples belong to. */
interface Grouping {
  /** Of the groups, in the order in which they are numbered; two may have the same. */
  readonly names: readonly string[];
  /** The number of the group of a sample: of its thread, owner and node, by their indices. */
  of(thread: number, owner: number, node: number): number;
}

const KIND_NAMES: Record<Exclude<FrameKind, 'bot' | 'package' | 'awaiting'>, string> = {
  node: '(node)',
  gc: '(garbage collector)',
  native: '(native)',
  idle: '(idle)',
  profiler: '(profiler)',
};

/** Such as `music/command/play`, `cog music`, `package undici`, `(idle)`. */
export function ownerName({ kind, name }: Owner): string {
  if (kind === 'target') return name;
  if (kind === 'cog' || kind === 'package') return `${kind} ${name}`;
  return KIND_NAMES[kind];
}

/** Such as `music`, `package undici`, `(idle)`. */
function cogName(owner: Owner): string {
  return owner.cog ?? (owner.kind === 'cog' ? owner.name : ownerName(owner));
}

/** Such as `shard 0 main`. */
export function threadName({ shard, name }: Thread): string {
  return `shard ${shard} ${name}`;
}

/** What the innermost function of a node that says something is part of. */
function packageName(frame: Frame): string | undefined {
  if (frame.kind === 'package') return `package ${frame.package ?? ''}`;
  if (frame.kind === 'bot') return frame.cog === undefined ? 'bot' : `cog ${frame.cog}`;
  return undefined;
}

/** The levels that samples can be put under, ahead of their stacks; each by what it looks at. */
const GROUPINGS = {
  thread: ({ threads }: Profile) => ({ names: threads.map(threadName), of: (thread) => thread }),
  cog: ({ owners }: Profile) => byName(owners.map(cogName), (_thread, owner) => owner),
  command: ({ owners }: Profile) => byName(owners.map(ownerName), (_thread, owner) => owner),
  package: (profile: Profile) => byName(packageNames(profile), (_thread, _owner, node) => node),
} as const satisfies Record<string, (profile: Profile) => Grouping>;
export type GroupLevel = keyof typeof GROUPINGS;
export const GROUP_LEVELS = Object.keys(GROUPINGS) as readonly GroupLevel[];

function groupingBy(profile: Profile, level: GroupLevel): Grouping {
  return GROUPINGS[level](profile);
}

/** Groups what has the same name. */
function byName(names: readonly string[], pick: Grouping['of']): Grouping {
  const numbers = new Map<string, number>();
  const numberOf = Uint32Array.from(names, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { names: [...numbers.keys()], of: (...sample) => numberOf[pick(...sample)]! };
}

/** Of each node: what Node and V8 do is part of what called them. */
function packageNames({ frames, nodes }: Profile): string[] {
  const own = frames.map(packageName);
  const names: string[] = [];
  nodes.frame.forEach((frame, node) => {
    const above = nodes.parent[node]!;
    const kind = frames[frame]!.kind as keyof typeof KIND_NAMES;
    const isOutermost = above < 0 || frames[nodes.frame[above]!]!.kind === 'awaiting';
    names.push(own[frame] ?? (isOutermost ? KIND_NAMES[kind] : names[above]!));
  });
  return names;
}

/** How much of what is in each group of a level, the most first. */
export function groupShares(profile: Profile, level: GroupLevel): GroupShare[] {
  const { names, of } = groupingBy(profile, level);
  const shares = names.map((name) => ({ name, count: 0, us: 0 }));
  profile.threads.forEach(({ owner, node, weightUs }, thread) => {
    for (let sample = 0; sample < node.length; sample++) {
      const share = shares[of(thread, owner[sample]!, node[sample]!)]!;
      share.count++;
      share.us += weightUs[sample]!;
    }
  });
  return shares.filter(({ count }) => count > 0).sort((a, b) => b.us - a.us || (a.name < b.name ? -1 : 1));
}

export interface GroupShare {
  readonly name: string;
  readonly count: number;
  readonly us: number;
}

/** The groups of several levels at once, as paths in a tree. */
export class GroupPaths {
  readonly #groupings: readonly Grouping[];
  /** A path: the one that it goes on from, or -1, and the number of its last name. */
  readonly #paths = new Pairs();
  readonly #offsets: readonly number[];
  /** Of all levels, one after the other. */
  readonly names: readonly string[];

  constructor(profile: Profile, levels: readonly GroupLevel[]) {
    this.#groupings = levels.map((level) => groupingBy(profile, level));
    this.names = this.#groupings.flatMap(({ names }) => names);
    let offset = 0;
    this.#offsets = this.#groupings.map(({ names }) => (offset += names.length) - names.length);
  }

  /** The number of the path of a sample; -1 without levels. */
  of(thread: number, owner: number, node: number): number {
    let path = -1;
    for (let level = 0; level < this.#groupings.length; level++) {
      const name = this.#offsets[level]! + this.#groupings[level]!.of(thread, owner, node);
      path = this.#paths.of(path, name);
    }
    return path;
  }

  /** All names of a path, by their numbers, the outermost first. */
  namesOf(path: number): number[] {
    const names: number[] = [];
    for (let at = path; at !== -1; at = this.#paths.firstOf(at)) names.unshift(this.#paths.secondOf(at));
    return names;
  }
}
