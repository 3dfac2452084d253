import { flameGraphPage } from '../../../sampling/viewers/flame-graph.ts';
import { toProfile } from '../data.ts';
import type { AllocationFormat } from './format.ts';

/** The page that recordings of the CPU have, with bytes in place of time. */
export const flameGraph = {
  name: 'flamegraph',
  label: 'Flame graph',
  extension: 'html',
  viewers: ['any browser'],
  encode: (data) => flameGraphPage(toProfile(data)),
} as const satisfies AllocationFormat;
