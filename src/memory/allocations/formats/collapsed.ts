import { collapsed as ofProfiles } from '../../../sampling/formats/collapsed.ts';
import { optionsFor } from '../../../sampling/formats/options.ts';
import { toProfile } from '../data.ts';
import type { AllocationFormat } from './format.ts';

/** Stacks as lines, as flame graph scripts read them: the cog, the functions from the outermost on, and the bytes. */
export const collapsed = {
  name: 'collapsed',
  label: 'Collapsed stacks',
  extension: 'collapsed.txt',
  viewers: ['speedscope', 'flamegraph.pl (--countname bytes)', 'inferno'],
  encode: (data) => ofProfiles.encode(toProfile(data), optionsFor(ofProfiles, { group: ['cog'] })),
} as const satisfies AllocationFormat;
