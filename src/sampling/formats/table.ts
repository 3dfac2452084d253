import { mainOwners } from '../flat.ts';
import { functionWeights } from '../functions.ts';
import { weightOf } from '../nodes.ts';
import type { Profile } from '../profile.ts';
import { remarksOf } from '../remarks.ts';
import { marginOf } from '../uncertainty.ts';
import type { FormatOptions, ProfileFormat } from './format.ts';
import { factLines, functionName, functionPlace, inLine, percent } from './lines.ts';

/** A function that has samples. */
interface Row {
  /** Such as `cogs/music.js:12(play)`. */
  readonly name: string;
  readonly owner: string;
  /** False for what runs by itself, such as `(idle)`. */
  readonly isFunction: boolean;
  readonly self: number;
  readonly selfUs: number;
  readonly total: number;
  readonly totalUs: number;
}

/** What rows are sorted by, the greatest first; names the other way round. */
const SORTS: Record<string, (a: Row, b: Row) => number> = {
  nsamples: (a, b) => b.self - a.self,
  tottime: (a, b) => b.selfUs - a.selfUs,
  cumtime: (a, b) => b.totalUs - a.totalUs,
  'sample-pct': (a, b) => b.self - a.self,
  'cumul-pct': (a, b) => b.total - a.total,
  'nsamples-cumul': (a, b) => b.total - a.total,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
};

const UNITS = [
  { unit: 's', us: 1_000_000 },
  { unit: 'ms', us: 1_000 },
  { unit: 'µs', us: 1 },
] as const;

const LEGEND = [
  'nsamples   samples in which the function itself was running',
  'sample%    those, of all samples',
  '±          how far that may lie from the truth, in 19 of 20 recordings, in points',
  'tottime    the time that those samples stand for',
  'cumul      samples in which it was running or waited for what it had called; recursion counts once',
  'cumul%     those, of all samples',
  'cumtime    the time that those samples stand for',
  'owner      whom most of its samples belong to',
];

/** A table of functions as Python's pstats prints it. */
export const table: ProfileFormat = {
  name: 'table',
  label: 'Table of functions',
  extension: 'txt',
  mediaType: 'text/plain',
  viewers: ['any text editor'],
  takes: ['sort', 'limit', 'summary', 'width'],
  sorts: Object.keys(SORTS),
  encode(profile, options) {
    const rows = rowsOf(profile);
    const sorted = rows.sort(
      (a, b) => SORTS[options.sort]!(a, b) || b.total - a.total || SORTS['name']!(a, b),
    );
    const lines = [
      ...factLines(profile),
      '',
      ...tableLines(sorted.slice(0, options.limit), weightOf(profile), options),
      ...(sorted.length > options.limit ? [`… and ${sorted.length - options.limit} more`] : []),
      '',
      ...LEGEND,
      ...(options.summary ? summaryLines(rows, weightOf(profile).count) : []),
    ];
    return `${lines.join('\n')}\n`;
  },
};

function rowsOf(profile: Profile): Row[] {
  const { selfCount, selfUs, totalCount, totalUs } = functionWeights(profile);
  const owners = mainOwners(profile);
  return profile.frames.flatMap((frame, index) => {
    if (totalCount[index] === 0) return [];
    const place = functionPlace(frame);
    return {
      name: place === '' ? functionName(frame) : `${place}(${functionName(frame)})`,
      owner: inLine(owners[index]!),
      isFunction: frame.kind !== 'idle' && frame.kind !== 'gc' && frame.kind !== 'awaiting',
      self: selfCount[index]!,
      selfUs: selfUs[index]!,
      total: totalCount[index]!,
      totalUs: totalUs[index]!,
    };
  });
}

/** Figures to the right, names to the left, and nothing wider than asked for. */
function tableLines(
  rows: readonly Row[],
  all: { readonly count: number; readonly us: number },
  { width }: FormatOptions,
): string[] {
  const longestUs = rows.reduce((most, { totalUs }) => Math.max(most, totalUs), 0);
  const { unit, us } = UNITS.find((one) => longestUs >= one.us) ?? UNITS[2];
  const time = (valueUs: number) => (valueUs / us).toFixed(unit === 'µs' ? 0 : 3);
  const cells = [
    [
      'nsamples',
      'sample%',
      '±',
      `tottime (${unit})`,
      'cumul',
      'cumul%',
      `cumtime (${unit})`,
      'filename:lineno(function)',
      'owner',
    ],
    ...rows.map(({ name, owner, self, selfUs, total, totalUs }) => [
      String(self),
      percent(self, all.count),
      (100 * marginOf(self, all.count)).toFixed(1),
      time(selfUs),
      String(total),
      percent(total, all.count),
      time(totalUs),
      name,
      owner,
    ]),
  ];
  const widths = cells[0]!.map((_, column) =>
    cells.reduce((most, row) => Math.max(most, row[column]!.length), 0),
  );
  const firstName = widths.length - 2;
  return cells.map((row) => {
    const line = row.map((cell, column) =>
      column < firstName ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    return clipped(line.join('  ').trimEnd(), width);
  });
}

function summaryLines(rows: readonly Row[], all: number): string[] {
  return remarksOf(rows, all).flatMap(({ head, rows: told }) => [
    '',
    head,
    ...told.map(({ row, text }) => `  ${row.name}: ${text} (${row.self}/${row.total})`),
  ]);
}

function clipped(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1).toWellFormed()}…`;
}
