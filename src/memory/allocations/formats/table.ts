import { formatBytes, formatDuration, plural, signedBytes } from '../../../render/units.ts';
import { functionName, functionPlace, inLine, percent } from '../../../sampling/formats/lines.ts';
import type { AllocationFacts } from '../data.ts';
import { type AllocatedBytes, type AllocationPlace, tablesOf } from '../tables.ts';
import type { AllocationFormat } from './format.ts';

const MOST_ROWS = 200;
const LEGEND = [
  'bytes     what was allocated, estimated from the objects that were sampled',
  '±         how far that may lie from the truth, 19 times of 20',
  'samples   objects that were sampled; how many there were, V8 does not tell',
  'total     of a function, with what it has called; recursion counts once',
  'place     where the function begins: V8 does not tell the line within it',
  'type      not available: V8 does not record what is allocated, only where',
];

/** What was allocated where, as text. */
export const table = {
  name: 'table',
  label: 'Table',
  extension: 'txt',
  viewers: ['any text editor'],
  encode(data) {
    const { all, cogs, functions, lines } = tablesOf(data);
    const share = ({ bytes }: AllocatedBytes) => percent(bytes, all.bytes);
    const cogRows = cogs.map((row) => [...figures(row), share(row), inLine(row.name)]);
    const placeRows = (rows: readonly AllocationPlace[]) =>
      rows
        .slice(0, MOST_ROWS)
        .map((row) => [...figures(row), share(row), formatBytes(row.totalBytes), nameOf(row)]);
    return `${[
      ...factsOf(data.facts, all),
      '',
      ...section('By cog: that of the innermost function of the bot on the stack', FIGURES, cogRows, cogs),
      ...section(
        'By line of the bot, with what it called for it',
        [...FIGURES, 'total'],
        placeRows(lines),
        lines,
      ),
      ...section('By function that allocated', [...FIGURES, 'total'], placeRows(functions), functions),
      ...LEGEND,
    ].join('\n')}\n`;
  },
} as const satisfies AllocationFormat;

const FIGURES = ['bytes', '±', 'samples', 'share'];

function figures({ bytes, uncertaintyBytes, samples }: AllocatedBytes): string[] {
  return [formatBytes(bytes), formatBytes(uncertaintyBytes), String(samples)];
}

function nameOf(row: AllocationPlace): string {
  const place = functionPlace(row);
  return place === '' ? functionName(row) : `${place} (${functionName(row)})`;
}

function factsOf(facts: AllocationFacts, all: AllocatedBytes): string[] {
  const { name, startedAtEpochMs, nodeVersion, durationMs, intervalBytes, churn, pauseMs } = facts;
  const which = churn ? 'all that was allocated, garbage too' : 'what was allocated and is alive at the end';
  return [
    `${inLine(name)}, ${new Date(startedAtEpochMs).toISOString()}, Node ${inLine(nodeVersion)}`,
    `${which}: ${formatBytes(all.bytes)} ± ${formatBytes(all.uncertaintyBytes)} in ${formatDuration(durationMs)}`,
    `${plural(all.samples, 'sample')}, one object each ${formatBytes(intervalBytes)}; the end held the bot up for ${formatDuration(pauseMs)}`,
    `Not in it: external memory ${signedBytes(facts.externalBytes)}, of that buffers ${signedBytes(facts.arrayBuffersBytes)}`,
    ...facts.notes.map(inLine),
  ];
}

function section(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  all: readonly unknown[],
): string[] {
  const lines = [[...heads, ''], ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((row) => row[column]!.length)));
  const more = all.length - rows.length;
  return [
    title,
    ...lines.map((row) =>
      row
        .map((cell, column) => cell.padStart(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
    '',
  ];
}
