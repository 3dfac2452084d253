import type { GroupBy, Label, Model } from './model.ts';

/** What of the recording is looked at, and how. */
export interface View {
  readonly mode: ModeName;
  /** An index of `threads`. */
  readonly thread: number | undefined;
  readonly shard: number | undefined;
  /** Only what belongs to this cog. */
  readonly cog: string | undefined;
  readonly groupBy: GroupBy;
  /** What runs first, and what called it below. */
  readonly isInverted: boolean;
  /** Of the functions of Node, only those that somebody called for what they do. */
  readonly isFolded: boolean;
}

/** Which samples count, by the kind of what was running. A new one is one entry. */
export const MODES = {
  wall: { title: 'Wall: all of the time', isLeftOut: () => false },
  cpu: { title: 'CPU: without idle', isLeftOut: ({ kind }: Label) => kind === 'idle' },
  loop: {
    title: 'Loop: JavaScript and GC',
    isLeftOut: ({ kind }: Label) => kind === 'idle' || kind === 'native',
  },
  'no-gc': {
    title: 'No GC: CPU without it',
    isLeftOut: ({ kind }: Label) => kind === 'idle' || kind === 'gc',
  },
} as const satisfies Record<string, { title: string; isLeftOut: (running: Label) => boolean }>;
export type ModeName = keyof typeof MODES;

/** The stacks of the samples that are looked at: from what is drawn first to what is drawn last. */
export interface Stacks {
  /** Which cells of the model. */
  readonly cells: Int32Array;
  /** Where the labels of each begin in `labels`; one more than there are cells. */
  readonly starts: Int32Array;
  readonly labels: Int32Array;
}

/** Whether a cell is of what the filters let through, whatever was running. */
export function isInside(model: Model, view: View, cell: number): boolean {
  const { thread, owner } = model.cells;
  if (view.thread !== undefined && thread[cell] !== view.thread) return false;
  if (view.shard !== undefined && model.threads[thread[cell]!]!.shard !== view.shard) return false;
  return view.cog === undefined || model.owners[owner[cell]!]!.cog === view.cog;
}

export function stacksOf(model: Model, view: View): Stacks {
  const { node } = model.cells;
  const chosen: number[] = [];
  for (let cell = 0; cell < node.length; cell++) {
    const running = model.labels[model.nodes.label[node[cell]!]!]!;
    if (!MODES[view.mode].isLeftOut(running) && isInside(model, view, cell)) chosen.push(cell);
  }
  const starts = new Int32Array(chosen.length + 1);
  let labels = new Int32Array(chosen.length * 16);
  const stack: number[] = [];
  for (const [index, cell] of chosen.entries()) {
    stack.length = 0;
    walkUp(model, node[cell]!, view.isFolded, stack);
    if (!view.isInverted) stack.reverse();
    const whole = [...model.groupLabel(view.groupBy, cell), ...stack];
    const end = starts[index]! + whole.length;
    if (end > labels.length) labels = grown(labels, end);
    labels.set(whole, starts[index]!);
    starts[index + 1] = end;
  }
  return { cells: Int32Array.from(chosen), starts, labels: labels.subarray(0, starts[chosen.length]) };
}

function grown(labels: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(least, labels.length * 2));
  larger.set(labels);
  return larger;
}

/** What is no code that anybody wrote: where it ends a stack, the function of Node that led to it is of interest. */
const INNERMOST: readonly Label['kind'][] = ['native', 'gc', 'idle'];

/**
 * What was running, then who called it. Folded, the functions of Node are left out that lead to somebody's code; and
 * of those that do not, such as those of `readFileSync`, only the one that somebody had called is there.
 */
function walkUp({ nodes, labels }: Model, from: number, isFolded: boolean, stack: number[]): void {
  let isInnermost = true;
  /** The outermost so far of functions of Node that call each other. */
  let called = -1;
  for (let node = from; node >= 0; node = nodes.parent[node]!) {
    const label = nodes.label[node]!;
    const { kind } = labels[label]!;
    if (isFolded && kind === 'node') {
      if (isInnermost) called = label;
      continue;
    }
    if (called >= 0) stack.push(called);
    called = -1;
    stack.push(label);
    if (!INNERMOST.includes(kind)) isInnermost = false;
  }
  if (called >= 0) stack.push(called);
}
