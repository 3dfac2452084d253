import type { Model } from './model.ts';
import type { Stacks } from './stacks.ts';

/** What was measured of a recording: the newer one of two, and the earlier one as `base`. */
export interface Measured {
  weightUs: number;
  count: number;
  baseWeightUs: number;
  baseCount: number;
}

/** A box: a function called by those of the boxes before it. */
export interface TreeNode extends Measured {
  /** An index of the labels; -1 of the root. */
  readonly label: number;
  readonly parent: TreeNode | undefined;
  /** How many labels lead to it: 0 of the root. */
  readonly depth: number;
  /** Its stacks are next to each other in the order of the tree. */
  readonly from: number;
  readonly to: number;
  /** What it did by itself. */
  readonly self: Measured;
  /** Those that it calls, the widest first; undefined until somebody looks. */
  children: readonly TreeNode[] | undefined;
}

/**
 * A tree of stacks, of which only those branches are put together that somebody looks at: those that are too narrow
 * to be seen stay a range of stacks.
 */
export class Tree {
  readonly root: TreeNode;
  readonly #model: Model;
  readonly #stacks: Stacks;
  /** The stacks, those of a node next to each other. */
  readonly #order: Int32Array;
  readonly #scratch: Int32Array;

  constructor(model: Model, stacks: Stacks) {
    this.#model = model;
    this.#stacks = stacks;
    const { length } = stacks.cells;
    this.#order = Int32Array.from({ length }, (_, index) => index);
    this.#scratch = new Int32Array(length);
    this.root = {
      label: -1,
      parent: undefined,
      depth: 0,
      from: 0,
      to: length,
      self: nothing(),
      children: undefined,
      ...nothing(),
    };
    for (let stack = 0; stack < length; stack++) this.#add(this.root, stack);
  }

  childrenOf(node: TreeNode): readonly TreeNode[] {
    return (node.children ??= this.#split(node));
  }

  /** The cells of the model that a node is put together of. */
  *cellsOf({ from, to }: TreeNode): Iterable<number> {
    for (let index = from; index < to; index++) yield this.#stacks.cells[this.#order[index]!]!;
  }

  /** The node that the labels lead to, or the last one on the way that is there. */
  follow(labels: readonly number[]): TreeNode {
    let node = this.root;
    for (const label of labels) {
      const next = this.childrenOf(node).find((child) => child.label === label);
      if (next === undefined) break;
      node = next;
    }
    return node;
  }

  /** Puts stacks that go on with the same label next to each other. */
  #split(node: TreeNode): readonly TreeNode[] {
    const { starts, labels } = this.#stacks;
    const { from, to, depth } = node;
    const groups = new Map<number, { size: number; next: number }>();
    let ending = 0;
    for (let index = from; index < to; index++) {
      const label = this.#labelAt(this.#order[index]!, depth);
      const group = groups.get(label);
      if (label < 0) ending++;
      else if (group === undefined) groups.set(label, { size: 1, next: 0 });
      else group.size++;
    }
    if (groups.size === 0) return [];
    let start = from + ending;
    const children = new Map<number, TreeNode>();
    for (const [label, group] of groups) {
      group.next = start;
      children.set(label, {
        label,
        parent: node,
        depth: depth + 1,
        from: start,
        to: (start += group.size),
        self: nothing(),
        children: undefined,
        ...nothing(),
      });
    }
    let end = from;
    for (let index = from; index < to; index++) {
      const stack = this.#order[index]!;
      const at = starts[stack]! + depth;
      if (at >= starts[stack + 1]!) {
        this.#scratch[end++] = stack;
        continue;
      }
      this.#scratch[groups.get(labels[at]!)!.next++] = stack;
      this.#add(children.get(labels[at]!)!, stack);
    }
    this.#order.set(this.#scratch.subarray(from, to), from);
    return [...children.values()].sort((a, b) => widthOf(b) - widthOf(a) || a.label - b.label);
  }

  #labelAt(stack: number, depth: number): number {
    const { starts, labels } = this.#stacks;
    const at = starts[stack]! + depth;
    return at < starts[stack + 1]! ? labels[at]! : -1;
  }

  #add(node: TreeNode, stack: number): void {
    const { starts, cells } = this.#stacks;
    addCell(node, this.#model, cells[stack]!);
    if (starts[stack + 1]! - starts[stack]! === node.depth) addCell(node.self, this.#model, cells[stack]!);
  }
}

/** Of two recordings, what is in one of them only has a place too. */
function widthOf({ weightUs, baseWeightUs }: Measured): number {
  return Math.max(weightUs, baseWeightUs);
}

export function nothing(): Measured {
  return { weightUs: 0, count: 0, baseWeightUs: 0, baseCount: 0 };
}

export function addCell(sum: Measured, { cells, threads, runs }: Model, cell: number): void {
  const isBase = runs.length > 1 && threads[cells.thread[cell]!]!.run === 0;
  if (isBase) {
    sum.baseWeightUs += cells.weightUs[cell]!;
    sum.baseCount += cells.count[cell]!;
  } else {
    sum.weightUs += cells.weightUs[cell]!;
    sum.count += cells.count[cell]!;
  }
}

/** The labels from the root to a node. */
export function pathTo(node: TreeNode): TreeNode[] {
  const path: TreeNode[] = [];
  for (let at: TreeNode | undefined = node; at?.parent !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}
