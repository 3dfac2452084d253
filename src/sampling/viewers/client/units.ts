/** How figures are written on the pages: at most three significant digits. */

const UNITS = [
  { unit: 'min', us: 60e6 },
  { unit: 's', us: 1e6 },
  { unit: 'ms', us: 1e3 },
] as const;

/** Such as `87 µs`, `4.21 ms`, `1.2 s`. */
export function duration(us: number): string {
  const of = Math.abs(us);
  const { unit, us: perUnit } = UNITS.find((known) => of >= known.us * 0.9995) ?? { unit: 'µs', us: 1 };
  return `${digits(us / perUnit)} ${unit}`;
}

const BYTES = [
  { unit: 'GiB', bytes: 2 ** 30 },
  { unit: 'MiB', bytes: 2 ** 20 },
  { unit: 'KiB', bytes: 2 ** 10 },
] as const;

/** Such as `640 B`, `4.21 MiB`. */
export function byteSize(bytes: number): string {
  const of = Math.abs(bytes);
  const { unit, bytes: perUnit } = BYTES.find((known) => of >= known.bytes * 0.9995) ?? {
    unit: 'B',
    bytes: 1,
  };
  return `${digits(bytes / perUnit)} ${unit}`;
}

/** Such as `42 %`, `1.3 %`, `0.04 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const value = share * 100;
  if (value > 0 && value < 0.01) return '< 0.01 %';
  return `${digits(value)} %`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** Such as `1 call` and `2 calls`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function digits(value: number): string {
  const of = Math.abs(value);
  if (of === 0) return '0';
  const decimals = of >= 99.95 ? 0 : of >= 9.995 ? 1 : 2;
  return value.toFixed(decimals).replace(/\.0+$|(\.\d*[1-9])0+$/, '$1');
}

/** The quantile of the normal distribution that 95 % lie within. */
const WITHIN_95 = 1.96;

/**
 * A share and what sampling leaves open of it, such as `26.8 ± 2.6 %`: in each direction, with 95 % confidence, from
 * the standard error of a binomial proportion. It takes samples for independent, which those of one long call are not.
 */
export function withError(share: number, samples: number, ofSamples: number): string {
  if (ofSamples === 0) return percent(share);
  const sampled = samples / ofSamples;
  const error = WITHIN_95 * Math.sqrt((sampled * (1 - sampled)) / ofSamples);
  return `${digits(share * 100)} ± ${Number((error * 100).toPrecision(2))} %`;
}
