import { COLOURS } from '../palette.ts';
import type { Role, Series } from '../timeline.ts';

/** How a line is drawn: each differs from the others without its colour. Lengths are in logical pixels. */
export interface Stroke {
  readonly width: number;
  /** Lengths of dashes and of the gaps between them. */
  readonly dash: readonly number[];
  /** What stands at a point, and its radius; 0 for nothing, but where a point stands alone. */
  readonly mark: 'circle' | 'rect' | 'triangle';
  readonly radius: number;
}

const SOLID = { width: 2.2, dash: [], mark: 'circle', radius: 0 } as const;

const STROKES: Record<Role, Stroke> = {
  typical: SOLID,
  high: { width: 1.8, dash: [5, 3], mark: 'rect', radius: 0 },
  worst: { width: 1.1, dash: [], mark: 'triangle', radius: 2.2 },
  amount: SOLID,
  bad: { width: 1.8, dash: [2, 2], mark: 'rect', radius: 0 },
};

export function strokeOf({ role }: Series): Stroke & { readonly colour: string } {
  return { ...STROKES[role], colour: COLOURS[role] };
}
