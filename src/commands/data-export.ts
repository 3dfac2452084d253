import { plural } from '../render/units.ts';
import { exportToFile } from './pages/export-file.ts';
import type { Subcommand } from './subcommand.ts';

export const exportData: Subcommand = {
  group: 'data',
  name: 'export',
  description: 'All figures that are kept, as a file of JSON lines',
  async run({ profiler, fileLimitBytes }) {
    const { rows, sentence, files } = await exportToFile(profiler, fileLimitBytes);
    return {
      title: rows === 0 ? 'There are no figures yet' : `Exported ${plural(rows, 'row')}`,
      text: [
        sentence,
        '',
        'A row is what one target did in one minute, hour or day. `/profiler data import` takes the file in again.',
      ].join('\n'),
      files,
      tone: rows === 0 ? 'plain' : 'good',
    };
  },
};
