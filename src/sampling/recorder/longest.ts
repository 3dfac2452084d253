/** Something that took a while, in ns of one clock. */
interface Lasting {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Leaves only the longest in a list. @returns how many others there were */
export function keepLongest(all: Lasting[], most: number): number {
  const others = all.length - most;
  if (others <= 0) return 0;
  all.sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs)).length = most;
  return others;
}
