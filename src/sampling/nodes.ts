import type { Profile } from './profile.ts';

/** What is counted of each row of a table, as columns. */
export interface Weights {
  readonly selfUs: Float64Array;
  readonly selfCount: Float64Array;
  /** With what was called, recursion once. */
  readonly totalUs: Float64Array;
  readonly totalCount: Float64Array;
}

/** Samples and their time. */
export interface Weight {
  readonly count: number;
  readonly us: number;
}

/** What all samples of a profile come to. */
export function weightOf({ threads }: Profile): Weight {
  let [count, us] = [0, 0];
  for (const { weightUs } of threads) {
    count += weightUs.length;
    for (const weight of weightUs) us += weight;
  }
  return { count, us };
}

/** The samples of each node, and of each with those it has called. */
export function nodeWeights({ nodes, threads }: Profile): Weights {
  const selfUs = new Float64Array(nodes.frame.length);
  const selfCount = new Float64Array(nodes.frame.length);
  for (const { node, weightUs } of threads) {
    for (let sample = 0; sample < node.length; sample++) {
      const at = node[sample]!;
      selfUs[at]! += weightUs[sample]!;
      selfCount[at]!++;
    }
  }
  return withTotals(nodes.parent, selfUs, selfCount);
}

/** Adds to each node what is below it; parents come before their children. */
export function withTotals(
  parent: ArrayLike<number>,
  selfUs: Float64Array,
  selfCount: Float64Array,
): Weights {
  const totalUs = selfUs.slice();
  const totalCount = selfCount.slice();
  for (let node = parent.length - 1; node >= 0; node--) {
    const above = parent[node]!;
    if (above < 0) continue;
    totalUs[above]! += totalUs[node]!;
    totalCount[above]! += totalCount[node]!;
  }
  return { selfUs, selfCount, totalUs, totalCount };
}

/** The first child of each node and the next child of its parent, -1 where there is none; last, the first root. */
export interface Links {
  readonly child: Int32Array;
  readonly next: Int32Array;
  readonly root: number;
}

export function linksOf(parent: ArrayLike<number>): Links {
  const child = new Int32Array(parent.length).fill(-1);
  const next = new Int32Array(parent.length).fill(-1);
  let root = -1;
  for (let node = parent.length - 1; node >= 0; node--) {
    const above = parent[node]!;
    next[node] = above < 0 ? root : child[above]!;
    if (above < 0) root = node;
    else child[above] = node;
  }
  return { child, next, root };
}

/**
 * Which nodes are not below another one of the same key: adding up those counts recursion once.
 * @param keys of each node, a number from 0 to `count` - 1; nodes of -1 are not asked about
 */
export function outermost(parent: ArrayLike<number>, keys: ArrayLike<number>, count: number): Uint8Array {
  const found = new Uint8Array(parent.length);
  const isOnPath = new Uint8Array(count);
  const { child, next, root } = linksOf(parent);
  let node = root;
  while (node !== -1) {
    const key = keys[node]!;
    if (key >= 0 && isOnPath[key] === 0) {
      isOnPath[key] = 1;
      found[node] = 1;
    }
    if (child[node] !== -1) {
      node = child[node]!;
      continue;
    }
    // Without recursion: stacks can be deeper than our own may be.
    for (;;) {
      if (found[node] === 1) isOnPath[keys[node]!] = 0;
      if (next[node] !== -1) {
        node = next[node]!;
        break;
      }
      node = parent[node]!;
      if (node < 0) return found;
    }
  }
  return found;
}
