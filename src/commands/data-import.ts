import { plural } from '../render/units.ts';
import { download, linesOf } from './pages/import-file.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const FILE_OPTION = 'file';

export const importData: Subcommand = {
  group: 'data',
  name: 'import',
  description: 'Take in a file from data export; its figures are added to those that are there',
  options: [
    {
      type: OPTION.attachment,
      name: FILE_OPTION,
      description: 'A file .jsonl or .jsonl.gz, of up to 64 MiB',
      required: true,
    },
  ],
  async run({ profiler, files }) {
    const file = files.get(FILE_OPTION)!;
    const rows = await profiler.importData(linesOf(file.name, await download(file)));
    return {
      title: `Took in a file of ${plural(rows, 'row')}`,
      text: [
        'They are added to the figures that are there: a file that is taken in twice counts twice.',
        'What is older than figures are kept for was left out; `/profiler delta` changes that.',
      ].join('\n'),
      tone: 'good',
    };
  },
};
