/** How long a unit is, in ms, by the names that people write. */
const WRITTEN_MS: Readonly<Record<string, number>> = {
  µs: 0.001,
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
};

/**
 * How long a text says, in ms: such as `250ms`, `1.5s`, `5min`; undefined for others.
 * @param unit what a number by itself is meant in; without it, that is no duration
 */
export function parseDuration(text: string, unit = ''): number | undefined {
  const [, number, written] = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/i.exec(text.trim()) ?? [];
  const ms = Number(number) * (WRITTEN_MS[(written || unit).toLowerCase()] ?? Number.NaN);
  return Number.isNaN(ms) ? undefined : ms;
}
