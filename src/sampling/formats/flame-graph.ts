import { flameGraphPage } from '../viewers/flame-graph.ts';
import type { ProfileFormat } from './format.ts';

export const flameGraph = {
  name: 'flamegraph',
  label: 'Flame graph',
  extension: 'html',
  mediaType: 'text/html',
  viewers: ['any browser'],
  takes: ['includeSource'],
  encode: (profile, { includeSource }) => flameGraphPage(profile, { includeSource }),
} as const satisfies ProfileFormat;
