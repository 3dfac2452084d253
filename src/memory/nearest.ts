import { distance } from 'fastest-levenshtein';

const MOST_SUGGESTIONS = 3;

/** The names that come closest to one that is not among them; none where even the closest is a different word. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const far = (name: string) => distance(wanted.toLowerCase(), name.toLowerCase());
  return names
    .map((name) => ({ name, far: far(name) }))
    .filter(({ name, far }) => far < Math.max(name.length, wanted.length) / 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ name }) => name);
}
