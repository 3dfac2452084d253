import type { ClassRow } from '../../memory/snapshot/classes.ts';
import type { ClassSize, CogMemory, CogsReport } from '../../memory/snapshot/cogs.ts';
import type { ObjectRow } from '../../memory/snapshot/describe.ts';
import type { CogClassChange, SnapshotChanges } from '../../memory/taking/changes.ts';
import type { SnapshotAnalysis } from '../../memory/taking/run.ts';
import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, cut, cutMiddle } from '../../render/text.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../../render/units.ts';
import { partOf } from '../pages/paged.ts';
import { byCogText } from './by-cog.ts';

const WIDTH = PHONE_WIDTH.content;
const BYTES_WIDTH = 9;
const COUNT_WIDTH = 7;
const TABLE_ROWS = 15;
const DETAIL_ROWS = 5;
const LONGEST_PATH = 160;
const MOST_CHANGED_COGS = 6;

/** What a view shows: above the embed and in it, and of how many pages it is one. */
interface Drawn {
  readonly content?: string;
  readonly text: string;
  readonly page?: number;
  readonly pages?: number;
}

interface View {
  readonly name: string;
  readonly label: string;
  draw(analysis: SnapshotAnalysis, page: number): Drawn;
}

/** What is shown of a snapshot, in the order of the menu. */
export const VIEWS: readonly View[] = [
  { name: 'overview', label: 'Overview', draw: overview },
  {
    name: 'cogs',
    label: 'By cog',
    draw: ({ cogs }) => (cogs === undefined ? { text: NO_COGS } : byCogText(cogs)),
  },
  {
    name: 'classes',
    label: 'Classes, by what they keep alive',
    draw: ({ report }, page) => classes(report.classes, page, RETAINED),
  },
  {
    name: 'counts',
    label: 'Classes, each object counts 1',
    draw: ({ report }, page) => classes(report.mostNumerous, page, SHALLOW),
  },
  { name: 'largest', label: 'Largest objects, and what holds them', draw: largest },
  { name: 'strings', label: 'Equal strings', draw: strings },
  { name: 'closures', label: 'Closures that hold a scope alone', draw: closures },
];

const NO_COGS =
  'This snapshot says nothing of cogs: it was taken by other means, or the bot has no code that belongs to a cog.';

function overview({ report, cogs, pauseMs, analysisMs, usage, sizeBytes }: SnapshotAnalysis): Drawn {
  const { totalBytes, objects, references, duplicates } = report;
  const line = (label: string, bytes: number) => ({ label, bytes, share: bytes / totalBytes });
  const beside = usage && usage.rssBytes - usage.heapTotalBytes - usage.externalBytes;
  return {
    content: codeBlock(
      table(PART_COLUMNS, [
        ...(cogs === undefined ? [] : partsOf(cogs).map(([label, bytes]) => line(label, bytes))),
        line('all objects', totalBytes),
      ]),
    ),
    text: [
      `${plural(objects, 'object')} with ${plural(references, 'reference')}, of ${plural(report.classCount, 'kind')}.`,
      `Equal strings waste ${formatBytes(duplicates.wastedBytes)}.`,
      ...(beside === undefined || beside <= 0
        ? []
        : [
            `Not in it: ${formatBytes(beside)} of native code and stacks (RSS ${formatBytes(usage!.rssBytes)}, less the heap and what is external).`,
          ]),
      '',
      `${pauseMs === undefined ? '' : `The bot was held up for ${formatDuration(pauseMs)}. `}The file has ${formatBytes(sizeBytes)}; to look at it took ${formatDuration(analysisMs)}, beside the bot.`,
    ].join('\n'),
  };
}

function partsOf({ cogs, sharedBytes, restBytes }: CogsReport): [label: string, bytes: number][] {
  return [
    ['cogs, each alone', cogs.reduce((sum, { bytes }) => sum + bytes, 0)],
    ['shared by cogs', sharedBytes],
    ['there without cogs', restBytes],
  ];
}

function classes(rows: readonly ClassRow[], wanted: number, last: Column<ClassRow>): Drawn {
  const { items, page, pages } = partOf(rows, wanted, TABLE_ROWS);
  return {
    content: codeBlock(table([CLASS_COLUMN, COUNT_COLUMN, last], items)),
    text: 'Classes of one name are one row. What one object of a class keeps for another of it counts once.',
    page,
    pages,
  };
}

function largest({ report }: SnapshotAnalysis, wanted: number): Drawn {
  const { items, page, pages } = partOf(report.largest, wanted, DETAIL_ROWS);
  return {
    text: [
      ...items.map(objectLines),
      '-# `.name` is a property, `[3]` an element, `(name)` a variable of a function, `{name}` V8’s own.',
    ].join('\n'),
    page,
    pages,
  };
}

function objectLines({ name, retainedBytes, path }: ObjectRow): string {
  const where = path === '' ? 'nothing leads to it' : code(cutMiddle(path, LONGEST_PATH));
  return `**${formatBytes(retainedBytes)}** ${code(cut(name, WIDTH))}\n${where}\n`;
}

function strings({ report: { duplicates } }: SnapshotAnalysis, wanted: number): Drawn {
  const { items, page, pages } = partOf(duplicates.rows, wanted, DETAIL_ROWS);
  return {
    text: [
      `${plural(duplicates.texts, 'text')} several times: ${formatBytes(duplicates.wastedBytes)} wasted.`,
      ...items.map(
        ({ text, count, wastedBytes, path }) =>
          `**${formatBytes(wastedBytes)}** ${formatCount(count)} × ${code(cut(text, WIDTH))}\none of them: ${code(cutMiddle(path, LONGEST_PATH))}\n`,
      ),
    ].join('\n'),
    page,
    pages,
  };
}

function closures({ report }: SnapshotAnalysis, wanted: number): Drawn {
  const { items, page, pages } = partOf(report.closures, wanted, DETAIL_ROWS);
  return {
    text: [
      ...(items.length === 0 ? ['None.'] : []),
      ...items.map(
        ({ name, place, count, retainedBytes, variables }) =>
          `**${formatBytes(retainedBytes)}** ${formatCount(count)} × ${code(name)}${variables.length === 0 ? '' : `, in ${variables.map(code).join(', ')}`}\n${code(cutMiddle(place, LONGEST_PATH))}\n`,
      ),
      '-# Many of one place: a handler that is registered again and again, and never removed.',
    ].join('\n'),
    page,
    pages,
  };
}

/** One cog: its classes, and what of it is the largest. */
export function cogDrawn({ bytes, objects, sharedBytes, ...cog }: CogMemory): Drawn {
  return {
    content: codeBlock(table([CLASS_COLUMN, COUNT_COLUMN, OWN_SIZE], cog.classes.slice(0, TABLE_ROWS))),
    text: [
      `**${formatBytes(bytes)}** in ${plural(objects, 'object')} that only it keeps alive, and ${formatBytes(sharedBytes)} that it shares with other cogs.`,
      ...(cog.largest.length === 0 ? [] : ['', '**Largest**', ...cog.largest.map(objectLines)]),
    ].join('\n'),
  };
}

/** What of which cog and class grew. */
export function changesDrawn({ cogs, classes }: SnapshotChanges, wanted: number): Drawn {
  const { items, page, pages } = partOf(classes, wanted, TABLE_ROWS);
  return {
    content: items.length === 0 ? '' : codeBlock(table(CHANGE_COLUMNS, items)),
    text: [
      ...(cogs.length === 0 ? ['Nothing has changed.'] : []),
      ...cogs.slice(0, MOST_CHANGED_COGS).map(({ cog, bytesDelta, objectsDelta }) => {
        const by = `${signed(bytesDelta, formatBytes)}, ${signed(objectsDelta, formatCount)} objects`;
        return `${cog === undefined ? 'what is no single cog’s' : code(cog)}: ${by}`;
      }),
      '-# By size and count, as V8 gives objects new numbers now and then.',
    ].join('\n'),
    page,
    pages,
  };
}

function signed(value: number, format: (value: number) => string): string {
  return `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
}

interface Part {
  readonly label: string;
  readonly bytes: number;
  readonly share: number;
}

const SHARE_WIDTH = 5;
const PART_COLUMNS: readonly Column<Part>[] = [
  { head: 'heap', width: WIDTH - BYTES_WIDTH - SHARE_WIDTH - 2, align: 'left', text: ({ label }) => label },
  { head: 'bytes', width: BYTES_WIDTH, align: 'right', text: ({ bytes }) => formatBytes(bytes) },
  { head: 'share', width: SHARE_WIDTH, align: 'right', text: ({ share }) => `${Math.round(share * 100)}%` },
];

const CLASS_WIDTH = WIDTH - COUNT_WIDTH - BYTES_WIDTH - 2;
const CLASS_COLUMN: Column<{ readonly name: string }> = {
  head: 'class',
  width: CLASS_WIDTH,
  align: 'left',
  text: ({ name }, width) => cutMiddle(name, width),
};
const COUNT_COLUMN: Column<{ readonly count: number }> = {
  head: 'objects',
  width: COUNT_WIDTH,
  align: 'right',
  text: ({ count }) => formatCount(count),
};
const RETAINED: Column<ClassRow> = {
  head: 'keep',
  width: BYTES_WIDTH,
  align: 'right',
  text: ({ retainedBytes }) => formatBytes(retainedBytes),
};
const SHALLOW: Column<ClassRow> = {
  head: 'size',
  width: BYTES_WIDTH,
  align: 'right',
  text: ({ shallowBytes }) => formatBytes(shallowBytes),
};
const OWN_SIZE: Column<ClassSize> = {
  head: 'size',
  width: BYTES_WIDTH,
  align: 'right',
  text: ({ bytes }) => formatBytes(bytes),
};

const COG_WIDTH = 9;
const CHANGE_COLUMNS: readonly Column<CogClassChange>[] = [
  { head: 'cog', width: COG_WIDTH, align: 'left', text: ({ cog }) => cog ?? '–' },
  {
    head: 'class',
    width: WIDTH - COG_WIDTH - COUNT_WIDTH - BYTES_WIDTH - 4,
    align: 'left',
    text: ({ name }, width) => cutMiddle(name, width),
  },
  {
    head: 'objects',
    width: COUNT_WIDTH,
    align: 'right',
    text: ({ countDelta }) => signed(countDelta, formatCount),
  },
  {
    head: 'size',
    width: BYTES_WIDTH + 1,
    align: 'right',
    text: ({ bytesDelta }) => signed(bytesDelta, formatBytes),
  },
];
