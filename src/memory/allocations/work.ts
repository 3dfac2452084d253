import type { SourceMapPayload } from 'node:module';
import type { SourceLocation } from '../../cog/target.ts';
import { SourceMaps } from '../../frameworks/source-maps.ts';
import type { AllocationData } from './data.ts';
import { allocationFormat } from './formats/index.ts';
import { type AllocationTables, tablesOf } from './tables.ts';

/** All that takes long with what was sampled, by name; it runs in a thread of its own. */
export const WORK = {
  /** Where compiled code was written. */
  places({
    places,
    maps,
  }: {
    places: readonly SourceLocation[];
    maps: ReadonlyMap<string, SourceMapPayload>;
  }): SourceLocation[] {
    const found = new SourceMaps();
    for (const [file, payload] of maps) found.give(file, payload);
    return places.map((place) => found.resolve(place));
  },
  tables: (data: AllocationData): AllocationTables => tablesOf(data),
  encode({ data, format }: { data: AllocationData; format: string }): Uint8Array {
    const text = allocationFormat(format).encode(data);
    return typeof text === 'string' ? new TextEncoder().encode(text) : text;
  },
} as const;

export type Work = typeof WORK;
