/** How figures are written everywhere: at most three significant digits, the unit chosen by size. */

const DURATIONS = [
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1_000 },
  { unit: 'ms', ms: 1 },
] as const;
const MICROSECOND_MS = 0.001;
/** For a number that does not exist, such as the mean of no calls. */
const NONE = '–';

/** Such as `87µs`, `4.21ms`, `1.2s`, `3.5min`, `12h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return NONE;
  // A value that would be rounded up to 1,000 of a unit is written in the next one.
  const { unit, ms: size } = DURATIONS.find((duration) => ms >= duration.ms * 0.9995) ?? {
    unit: 'µs',
    ms: MICROSECOND_MS,
  };
  return `${threeDigits(ms / size)}${unit}`;
}

/** The same in at most five characters, for narrow tables: such as `87µs`, `4.2ms`, `1.2s`, `17min`. */
export function formatDurationShort(ms: number): string {
  if (!Number.isFinite(ms)) return NONE;
  const { unit, ms: size } = SHORT_DURATIONS.find((duration) => ms >= duration.fromMs) ?? SHORTEST;
  const value = ms / size;
  const text = value >= 9.95 || value === 0 ? value.toFixed(0) : value.toFixed(1).replace('.0', '');
  return `${text}${unit}`;
}

/** A unit begins where the one before would take a digit too many. */
const SHORT_DURATIONS = [
  { unit: 'd', ms: 86_400_000, fromMs: 99.5 * 3_600_000 },
  { unit: 'h', ms: 3_600_000, fromMs: 99.5 * 60_000 },
  { unit: 'min', ms: 60_000, fromMs: 999.5 * 1_000 },
  { unit: 's', ms: 1_000, fromMs: 999.5 },
  { unit: 'ms', ms: 1, fromMs: 0.9995 },
] as const;
const SHORTEST = { unit: 'µs', ms: MICROSECOND_MS };

/** Two of a unit are the least that is said in it, except of hours: those are what is set. */
const SPANS = [
  { unit: 'd', ms: 86_400_000, least: 2 },
  { unit: 'h', ms: 3_600_000, least: 1 },
  { unit: 'min', ms: 60_000, least: 2 },
  { unit: 's', ms: 1_000, least: 0 },
] as const;

/** A time that people set, such as `90s`, `45min`, `1.5h`, `30d`. */
export function formatSpan(spanMs: number): string {
  const { unit, ms } = SPANS.find((span) => spanMs >= span.least * span.ms)!;
  return `${threeDigits(spanMs / ms)}${unit}`;
}

/** Such as `0`, `0.25`, `1.5`, `42`, `1.2k`, `3.4M`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size * 0.9995) return `${threeDigits(value / size)}${unit}`;
  }
  return threeDigits(value);
}

/** A whole number: exact up to 99,999, then as `formatNumber`. */
export function formatCount(value: number): string {
  return value < 100_000 ? String(Math.round(value)) : formatNumber(value);
}

/** Such as `1 call` or `42 calls`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Such as `640 B`, `1.2 KiB`, `3.4 MiB`. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${threeDigits(bytes / size)} ${unit}`;
  }
  return `${Math.round(bytes)} B`;
}

/** Such as `+1.2 MiB` and `−640 B`. */
export function signedBytes(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}`;
}

function threeDigits(value: number): string {
  if (value === 0) return '0';
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(digits).replace(/\.0+$|(\.\d*[1-9])0+$/, '$1');
}
