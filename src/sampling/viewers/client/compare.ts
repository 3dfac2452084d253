import type { Model } from './model.ts';
import { isInside, type Stacks, type View } from './stacks.ts';
import { addCell, type Measured, nothing, type Tree, type TreeNode } from './tree.ts';

/** What became of a function from the earlier recording to the newer one. */
export type Change = 'slower' | 'faster' | 'new' | 'gone' | 'noise';

/**
 * The quantile of the normal distribution that 99 % lie within: of a hundred functions that have not changed, one is
 * said to have.
 */
const WITHIN_99 = 2.576;

/** All that was recorded of what the filters let through, idle time included: what shares are of. */
export function recordedBy(model: Model, view: View): Measured {
  const recorded = nothing();
  for (let cell = 0; cell < model.cells.node.length; cell++) {
    if (isInside(model, { ...view, cog: undefined }, cell)) addCell(recorded, model, cell);
  }
  return recorded;
}

/**
 * The share of the recorded time, before and after, with the test of two proportions: the difference over its standard
 * error, which follows from the share of both together.
 */
export function changeOf({ count, baseCount }: Measured, recorded: Measured): Change {
  const pooled = (count + baseCount) / (recorded.count + recorded.baseCount);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / recorded.count + 1 / recorded.baseCount));
  const difference = count / recorded.count - baseCount / recorded.baseCount;
  if (!(Math.abs(difference) > WITHIN_99 * error)) return 'noise';
  if (baseCount === 0) return 'new';
  if (count === 0) return 'gone';
  return difference > 0 ? 'slower' : 'faster';
}

/** By how much more time it takes of each second that is recorded: 0.25 is a quarter more. */
export function growthOf({ weightUs, baseWeightUs }: Measured, recorded: Measured): number {
  return weightUs / recorded.weightUs / (baseWeightUs / recorded.baseWeightUs) - 1;
}

/** The stacks of the earlier recording that lead to where the newer one has nothing. */
export function goneStacks(stacks: Stacks, tree: Tree): Stacks {
  const gone = new Set<number>();
  const waiting: TreeNode[] = [tree.root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.baseCount === 0) continue;
    if (node.count > 0) waiting.push(...tree.childrenOf(node));
    else for (const cell of tree.cellsOf(node)) gone.add(cell);
  }
  const kept = [...stacks.cells.keys()].filter((stack) => gone.has(stacks.cells[stack]!));
  const starts = new Int32Array(kept.length + 1);
  const labels: number[] = [];
  for (const [index, stack] of kept.entries()) {
    for (let at = stacks.starts[stack]!; at < stacks.starts[stack + 1]!; at++)
      labels.push(stacks.labels[at]!);
    starts[index + 1] = labels.length;
  }
  return {
    cells: Int32Array.from(kept, (stack) => stacks.cells[stack]!),
    starts,
    labels: Int32Array.from(labels),
  };
}
