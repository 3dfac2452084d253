import { availableParallelism, cpus } from 'node:os';
import type { Benchmark, Row, Unit } from './benchmark.ts';

/** How a value is written for people: one entry a unit. */
const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  ns: (ns) => (ns < 1e4 ? `${ns.toFixed(ns < 10 ? 1 : 0)} ns` : `${(ns / 1e3).toFixed(ns < 1e5 ? 1 : 0)} µs`),
  ms: (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`,
  percent: (percent) => `${percent.toFixed(2)} %`,
  bytes: (bytes) => {
    const size = Math.abs(bytes);
    if (size < 1e3) return `${bytes.toFixed(0)} B`;
    return size < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(2)} MB`;
  },
};

/** One line a row, with the same keys in each: null where there is nothing to compare with. */
export function toJson({ name }: Benchmark, row: Row): string {
  const { case: circumstances, subject, value, unit, ratioTo = null, ratio = null } = row;
  return JSON.stringify({ bench: name, case: circumstances, subject, value, unit, ratioTo, ratio });
}

/** What the figures of this run may be compared with: those of the same machine. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  return `node ${process.version} · ${process.platform} ${process.arch} · ${availableParallelism()} × ${model}`;
}

/** Cases across, subjects down: first the values, with their targets beneath, then the ratios. */
export function toTable({ name, title, method }: Benchmark, rows: readonly Row[]): string {
  const cases = distinct(rows.map((row) => row.case));
  const values = rows.filter((row) => row.ratioTo === undefined);
  const lines: string[][] = [['', ...cases]];
  const addLine = (label: string, found: readonly Row[], cell: (row: Row) => string) => {
    const cells = cases.map((circumstances) => {
      const row = found.find((candidate) => candidate.case === circumstances);
      return row === undefined ? '–' : cell(row);
    });
    lines.push([label, ...cells]);
  };
  for (const subject of distinct(values.map((row) => row.subject))) {
    const own = values.filter((row) => row.subject === subject);
    addLine(subject, own, ({ value, unit }) => FORMATS[unit](value));
    const aimed = own.filter((row) => row.atMost !== undefined);
    if (aimed.length === 0) continue;
    addLine(
      '  target',
      aimed,
      ({ value, unit, atMost = 0 }) => `≤ ${FORMATS[unit](atMost)} ${mark(value, atMost)}`,
    );
  }
  const ratios = rows.filter((row) => row.ratioTo !== undefined);
  if (ratios.length > 0) lines.push([]);
  for (const label of distinct(ratios.map(ratioLabel))) {
    const own = ratios.filter((row) => ratioLabel(row) === label);
    addLine(label, own, ({ ratio = Number.NaN, atMost }) => `${ratio.toFixed(3)} ${mark(ratio, atMost)}`);
  }
  return `${name}: ${title}\n${method.replaceAll(/^/gm, '  ')}\n\n${align(lines)}\n`;
}

function ratioLabel({ subject, ratioTo, atMost }: Row): string {
  const target = atMost === undefined ? '' : `, target ≤ ${atMost.toFixed(2)}`;
  return `${subject} ÷ ${ratioTo}${target}`;
}

function mark(value: number, atMost: number | undefined): string {
  if (atMost === undefined) return ' ';
  return value <= atMost ? '✓' : '✗';
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** The first column to the left, the others to the right. */
function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('   '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
