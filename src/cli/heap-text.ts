import type { ClassRow } from '../memory/snapshot/classes.ts';
import type { ClosureRow } from '../memory/snapshot/closures.ts';
import { type ClassChange, type Comparison, isOfOneProcess } from '../memory/snapshot/compare.ts';
import type { ObjectRow } from '../memory/snapshot/describe.ts';
import type { DuplicateRow } from '../memory/snapshot/duplicates.ts';
import type { HeapReport } from '../memory/snapshot/report.ts';
import { type Column, table } from '../render/table.ts';
import { cut, cutMiddle, plain } from '../render/text.ts';
import { formatBytes, formatCount, plural } from '../render/units.ts';

const BYTES_WIDTH = 10;
const COUNT_WIDTH = 8;
const NAME_WIDTH = 26;
const LEAST_WIDTH = 60;

/** What is in a heap, as text. */
export function reportText(report: HeapReport, width: number): string {
  const { classes, largest, duplicates, closures } = report;
  const size = formatBytes(report.totalBytes);
  const summary =
    `${size} in ${plural(report.objects, 'object')} with ${plural(report.references, 'reference')}, ` +
    `of ${report.classCount === 1 ? '1 class' : `${formatCount(report.classCount)} classes`}.`;
  const wasted = `${plural(duplicates.texts, 'text')}, ${formatBytes(duplicates.wastedBytes)} wasted`;
  return [
    summary,
    section('Classes, by what they keep alive', classColumns(width), classes, width),
    section('Largest objects, and how each is reached', objectColumns(width), largest, width),
    section(`Strings that are there several times: ${wasted}`, stringColumns(width), duplicates.rows, width),
    section('Closures that alone hold their scope', closureColumns(width), closures, width),
  ].join('\n\n');
}

/** The largest objects of a class, as text. */
export function instancesText(name: string, rows: readonly ObjectRow[], width: number): string {
  return section(`Largest objects of ${name}`, objectColumns(width), rows, width);
}

/** How a heap has changed, as text. */
export function comparisonText(comparison: Comparison, width: number): string {
  const { rows, bytesDelta, countDelta } = comparison;
  const lines = [`${signed(bytesDelta, formatBytes)}, ${signed(countDelta, formatCount)} objects.`];
  if (!isOfOneProcess(comparison)) {
    lines.push('These snapshots do not come from one process: which objects are new cannot be told.');
  }
  return [lines.join('\n'), section('Classes, by growth', changeColumns(width), rows, width)].join('\n\n');
}

function section<Row>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string {
  return [
    cut(plain(title), Math.max(width, LEAST_WIDTH)),
    rows.length === 0 ? 'none' : table(columns, rows),
  ].join('\n');
}

function bytes<Row>(head: string, of: (row: Row) => number): Column<Row> {
  return { head, width: BYTES_WIDTH, align: 'right', text: (row) => formatBytes(of(row)) };
}

function count<Row>(head: string, of: (row: Row) => number): Column<Row> {
  return { head, width: COUNT_WIDTH, align: 'right', text: (row) => formatCount(of(row)) };
}

function delta<Row>(head: string, width: number, text: (row: Row) => string): Column<Row> {
  return { head, width, align: 'right', text };
}

/** A text that takes what the others leave of the line. */
function rest<Row>(
  head: string,
  width: number,
  others: readonly Column<Row>[],
  text: Column<Row>['text'],
): Column<Row> {
  const taken = others.reduce((sum, column) => sum + column.width + 1, 0);
  return { head, width: Math.max(width, LEAST_WIDTH) - taken, align: 'left', text };
}

function classColumns(width: number): Column<ClassRow>[] {
  const others = [
    count<ClassRow>('count', (row) => row.count),
    bytes<ClassRow>('shallow', (row) => row.shallowBytes),
    bytes<ClassRow>('retained', (row) => row.retainedBytes),
  ];
  return [rest('class', width, others, ({ name }, most) => cutMiddle(name, most)), ...others];
}

function objectColumns(width: number): Column<ObjectRow>[] {
  const others: Column<ObjectRow>[] = [
    bytes('retained', (row) => row.retainedBytes),
    { head: 'object', width: NAME_WIDTH, align: 'left', text: ({ name, id }) => `${cut(name, 16)} @${id}` },
  ];
  return [...others, rest('path', width, others, ({ path }, most) => cutMiddle(path, most))];
}

function stringColumns(width: number): Column<DuplicateRow>[] {
  const others: Column<DuplicateRow>[] = [
    bytes('wasted', (row) => row.wastedBytes),
    count('count', (row) => row.count),
    { head: 'text', width: NAME_WIDTH, align: 'left', text: ({ text }) => JSON.stringify(text) },
  ];
  return [...others, rest('one of them', width, others, ({ path }, most) => cutMiddle(path, most))];
}

function closureColumns(width: number): Column<ClosureRow>[] {
  const others: Column<ClosureRow>[] = [
    bytes('retained', (row) => row.retainedBytes),
    count('count', (row) => row.count),
    { head: 'function', width: NAME_WIDTH, align: 'left', text: ({ name }) => name },
  ];
  return [...others, rest('where', width, others, ({ place }, most) => cutMiddle(place, most))];
}

function changeColumns(width: number): Column<ClassChange>[] {
  const others = [
    count<ClassChange>('new', (row) => row.newCount),
    count<ClassChange>('freed', (row) => row.freedCount),
    delta<ClassChange>('count', COUNT_WIDTH, (row) => signed(row.countDelta, formatCount)),
    delta<ClassChange>('size', BYTES_WIDTH + 1, (row) => signed(row.bytesDelta, formatBytes)),
  ];
  return [rest('class', width, others, ({ name }, most) => cutMiddle(name, most)), ...others];
}

function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return format(0);
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
