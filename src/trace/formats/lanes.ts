/** A stretch of time that is to stand on a lane, such as a call or what it waited for. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The stretch that it is a part of, by its index; it comes before it. */
  readonly parent: number | undefined;
}

/**
 * Puts stretches onto lanes on which each stands either on its own parent, which holds all of it, or on nothing: so
 * what overlaps without being a part of the other stands on another lane.
 * @returns the lane of each stretch, counted from 0; parents tend to be on the same one
 */
export function lanesOf(stretches: readonly Stretch[]): number[] {
  const lanes: number[] = new Array(stretches.length).fill(0);
  // Of each lane, what has not ended at the moment, the innermost last.
  const open: number[][] = [];
  const order = stretches
    .map((_, index) => index)
    .sort((a, b) => stretches[a]!.from - stretches[b]!.from || stretches[b]!.to - stretches[a]!.to || a - b);
  const fits = (stack: number[] | undefined, index: number): boolean => {
    if (stack === undefined) return false;
    const { from, to, parent } = stretches[index]!;
    while (stack.length > 0 && stretches[stack.at(-1)!]!.to <= from) stack.pop();
    const top = stack.at(-1);
    return top === undefined || (top === parent && stretches[top]!.to >= to);
  };
  for (const index of order) {
    const { parent } = stretches[index]!;
    const preferred = parent === undefined ? -1 : lanes[parent]!;
    let lane = fits(open[preferred], index) ? preferred : open.findIndex((stack) => fits(stack, index));
    if (lane === -1) lane = open.push([]) - 1;
    lanes[index] = lane;
    open[lane]!.push(index);
  }
  return lanes;
}
