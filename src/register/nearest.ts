import { closest, distance } from 'fastest-levenshtein';

/** The name that was most likely meant: one that begins so, or that differs in less than half of its letters. */
export function nearestTo(written: string, names: readonly string[]): string | undefined {
  const longer = names.find((name) => name.startsWith(written));
  if (longer !== undefined) return longer;
  const nearest = closest(written, names);
  return distance(written, nearest) < Math.max(written.length, nearest.length) / 2 ? nearest : undefined;
}
