import { type Census, type Comparison, censusOf, compare } from '../../memory/snapshot/compare.ts';
import { type Heap, openHeap } from '../../memory/snapshot/heap.ts';
import { largestOfClass } from '../../memory/snapshot/largest.ts';
import type { AnalysisStep, ProgressListener } from '../../memory/snapshot/progress.ts';
import { reportOf } from '../../memory/snapshot/report.ts';
import { defineCommand, type Terminal, UsageError } from '../command.ts';
import { comparisonText, instancesText, reportText } from '../heap-text.ts';

const MOST_ROWS = 1_000;
/** What is said while it is done. */
const STATUS: Readonly<Record<AnalysisStep, string>> = {
  read: 'Reading',
  sizes: 'Adding up sizes',
  dominators: 'Finding what keeps what alive',
  paths: 'Finding the ways there',
  cogs: 'Finding what cogs hold',
  tables: 'Putting tables together',
};

/** What is in a heap snapshot, and what keeps it there. */
export const heap = defineCommand({
  name: 'heap',
  arguments: ['FILE'],
  summary: 'Tells what is in a .heapsnapshot file (or .gz), and what keeps it in memory.',
  options: {
    compare: {
      type: 'string',
      value: 'FILE',
      help: 'an earlier snapshot of the same process: what came and went since',
    },
    class: {
      type: 'string',
      value: 'NAME',
      help: 'the largest objects of one class, and how each is reached',
    },
    limit: { type: 'string', value: 'ROWS', help: 'rows of each table', default: '15' },
    json: { type: 'boolean', help: 'print JSON, with sizes in bytes' },
  },
  async run({ arguments: [file], options }, terminal) {
    const limit = limitOf(options.limit!);
    if (options.compare !== undefined && options.class !== undefined)
      throw new UsageError('`--compare` and `--class` do not go together.');
    const before = options.compare === undefined ? undefined : await census(options.compare, terminal);
    const now = await open(file!, terminal);
    let answer: { readonly data: unknown; readonly text: (width: number) => string };
    if (before !== undefined) {
      const comparison = atMost(compare(before, censusOf(now)), limit);
      answer = { data: comparison, text: (width) => comparisonText(comparison, width) };
    } else if (options.class !== undefined) {
      const name = options.class;
      const rows = largestOfClass(now, name, limit);
      answer = { data: rows, text: (width) => instancesText(name, rows, width) };
    } else {
      const report = reportOf(now, limit);
      answer = { data: report, text: (width) => reportText(report, width) };
    }
    terminal.status('');
    terminal.print(options.json ? JSON.stringify(answer.data) : answer.text(terminal.width));
  },
});

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) return limit;
  throw new UsageError(`\`--limit\` is a number from 1 to ${MOST_ROWS}.`);
}

function open(file: string, terminal: Terminal): Promise<Heap> {
  let shown = '';
  const onProgress: ProgressListener = (step, share) => {
    const text = `${STATUS[step]}${step === 'read' ? ` ${Math.floor(share * 100)} %` : ' …'}`;
    if (text !== shown) terminal.status(text);
    shown = text;
  };
  return openHeap(file, { onProgress });
}

/** Of the earlier snapshot only what is compared stays in memory. */
async function census(file: string, terminal: Terminal): Promise<Census> {
  return censusOf(await open(file, terminal));
}

/** The classes that grew the most, and, where there is room, those that shrank the most. */
function atMost(comparison: Comparison, limit: number): Comparison {
  const { rows } = comparison;
  const grown = rows.filter(({ bytesDelta }) => bytesDelta >= 0).slice(0, limit);
  const shrunk = rows.filter(({ bytesDelta }) => bytesDelta < 0).slice(grown.length - limit || rows.length);
  return { ...comparison, rows: [...grown, ...shrunk] };
}
