import type { Profiler } from '../../profiler.ts';
import { formatBytes, plural } from '../../render/units.ts';
import type { LevelSize } from '../../store/archive.ts';
import { LEVELS } from '../../store/levels.ts';
import type { StorageSize } from '../../store/storage.ts';
import { StoreError } from '../../store/store-error.ts';

export const DAY_MS = 86_400_000;
const FINEST = LEVELS[0];

/** Said under pages that count values. */
export const ABOUT_VALUES = 'A value holds the figures of one minute, hour or day.';

/** What is kept takes so much; undefined while the store does not answer. */
export async function measure(
  profiler: Profiler,
  options?: Parameters<Profiler['storageSize']>[0],
): Promise<StorageSize | undefined> {
  try {
    return await profiler.storageSize(options);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

/** Such as `45 values (43 minutes, 2 hours), 11.5 KiB`. */
export function packed(size: StorageSize | undefined): string {
  if (size === undefined) return 'not known while the store does not answer';
  const { levels } = size;
  const { values, bytes } = totalOf(levels);
  if (values === 0) return 'no values';
  const parts = levels.filter((part) => part.values > 0).map((part) => plural(part.values, part.level));
  return `${plural(values, 'value')} (${parts.join(', ')}), ${formatBytes(bytes)}`;
}

/** The same, with what the store takes where that is known. */
export function packedAndStored(size: StorageSize | undefined): string {
  return size?.storeBytes === undefined
    ? packed(size)
    : `${packed(size)}\n${formatBytes(size.storeBytes)} on disk, with all that is in it`;
}

export function totalOf(levels: readonly LevelSize[]): { values: number; bytes: number } {
  let values = 0;
  let bytes = 0;
  for (const level of levels) {
    values += level.values;
    bytes += level.chars;
  }
  return { values, bytes };
}

/**
 * What a day of figures takes: as much as one did, else 24 hours. Minutes say only what it takes at most, as an hour
 * takes far less than its minutes.
 */
export function perDay(levels: readonly LevelSize[]): string | undefined {
  for (const { name, ms } of [...LEVELS].reverse()) {
    const { values, chars } = levels.find(({ level }) => level === name) ?? { values: 0, chars: 0 };
    if (values === 0) continue;
    const bytes = (chars / values) * (DAY_MS / ms);
    return `${name === FINEST.name ? 'at most' : 'about'} ${formatBytes(bytes)} a day`;
  }
  return undefined;
}
