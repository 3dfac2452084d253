import { formatBytes, formatNumber } from '../render/units.ts';
import type { Counter, Profile } from './profile.ts';

/** A counter in short. */
export interface CounterSummary {
  /** With its shard, where there are several. */
  readonly name: string;
  readonly unit: string;
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
  /** As read, in the order of time. */
  readonly values: readonly number[];
}

export function counterSummaries({ counters }: Pick<Profile, 'counters'>): CounterSummary[] {
  const isOneShard = new Set(counters.map(({ shard }) => shard)).size < 2;
  return counters
    .filter(({ value }) => value.length > 0)
    .map(({ name, unit, shard, value }) => {
      const sum = value.reduce((all, one) => all + one, 0);
      return {
        name: isOneShard ? name : `${name} (shard ${shard})`,
        unit,
        mean: sum / value.length,
        least: value.reduce((least, one) => Math.min(least, one)),
        greatest: value.reduce((greatest, one) => Math.max(greatest, one)),
        values: [...value],
      };
    });
}

/** Such as `12.3 %`, `45.6 MiB`, `7 events/s`. */
export function formatCounter(value: number, { unit }: Pick<Counter, 'unit'>): string {
  return unit === 'bytes' ? formatBytes(value) : `${formatNumber(value)} ${unit}`.trim();
}
