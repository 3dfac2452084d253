import { ProfilerError } from '../../../errors.ts';
import { collapsed } from './collapsed.ts';
import { flameGraph } from './flame-graph.ts';
import type { AllocationFormat } from './format.ts';
import { heapProfile } from './heap-profile.ts';
import { table } from './table.ts';

/** Every kind of file that a sample of allocations can be written as, in the order in which they are offered. */
export const ALLOCATION_FORMATS = [
  flameGraph,
  table,
  collapsed,
  heapProfile,
] as const satisfies readonly AllocationFormat[];

export type AllocationFormatName = (typeof ALLOCATION_FORMATS)[number]['name'];

/** @throws ProfilerError INVALID_OPTION */
export function allocationFormat(name: string): AllocationFormat {
  const found = ALLOCATION_FORMATS.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = ALLOCATION_FORMATS.map((format) => `\`${format.name}\``).join(', ');
  throw new ProfilerError('INVALID_OPTION', 'format', `must be one of ${names}`);
}
