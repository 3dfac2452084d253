import { heatmapPage } from '../viewers/heatmap.ts';
import type { ProfileFormat } from './format.ts';

export const heatmap = {
  name: 'heatmap',
  label: 'Heatmap of lines',
  extension: 'html',
  mediaType: 'text/html',
  viewers: ['any browser'],
  takes: ['includeSource'],
  encode: (profile, { includeSource }) => heatmapPage(profile, { includeSource }),
} as const satisfies ProfileFormat;
