import { TARGET_KINDS, type TargetKindName } from '../../cog/target.ts';
import { DESKTOP_WIDTH, PHONE_WIDTH } from '../../render/page.ts';
import type { Column } from '../../render/table.ts';
import { clip, cut, cutMiddle, plain } from '../../render/text.ts';
import { formatCount, formatDuration, formatDurationShort, formatNumber } from '../../render/units.ts';
import type { SummaryRow } from '../../store/summary.ts';
import { severityOf } from '../pages/severity.ts';

/** A figure of a row: what tables show, and what they are sorted by. */
export interface Figure {
  /** As it stands in custom ids. */
  readonly name: string;
  readonly head: string;
  /** Where five characters are all there is. */
  readonly shortHead?: string;
  /** As it stands in the menu of what to sort by. */
  readonly label: string;
  readonly of: (row: SummaryRow) => number | string;
  readonly text: (row: SummaryRow) => string;
  /** The same in at most five characters. */
  readonly short: (row: SummaryRow) => string;
}

/** Characters of a figure in a table, and of one that is shortened. */
const WIDTH = 6;
const SHORT_WIDTH = 5;
const SHORTEST_COG = 3;
const ESTIMATED = '≈';

function duration(name: string, label: string, of: (row: SummaryRow) => number): Figure {
  return {
    name,
    head: name,
    label,
    of,
    text: (row) => formatDuration(of(row)),
    short: (row) => formatDurationShort(of(row)),
  };
}

function amount(
  name: string,
  head: string,
  label: string,
  of: (row: SummaryRow) => number,
  text: (value: number) => string = formatNumber,
): Figure {
  return { name, head, label, of, text: (row) => text(of(row)), short: (row) => formatNumber(of(row)) };
}

/** Every figure of a row; the first is what is sorted by until another is chosen. */
export const FIGURES = [
  { ...amount('impact', 'impact', 'Impact', (row) => row.impact), shortHead: 'imp.' },
  duration('p50', 'p50 (median)', (row) => row.p50Ms),
  duration('p95', 'p95', (row) => row.p95Ms),
  duration('p99', 'p99', (row) => row.p99Ms),
  duration('max', 'Slowest call', (row) => row.maxMs),
  duration('min', 'Fastest call', (row) => row.minMs),
  duration('mean', 'Mean', (row) => row.meanMs),
  duration('total', 'Time in all', (row) => row.totalMs),
  amount('rate', '/min', 'Calls per minute', (row) => row.callsPerMinute),
  amount('calls', 'calls', 'Calls', (row) => row.count, formatCount),
  amount('errors', 'err', 'Errors', (row) => row.errors, formatCount),
  amount('aborted', 'abort', 'Aborted calls', (row) => row.aborted, formatCount),
] as const satisfies readonly Figure[];

/** Sorted by, beside the figures. */
export const BY_NAME = {
  name: 'name',
  label: 'Name',
  of: (row: SummaryRow) => `${row.cog} ${row.name}`,
} as const;

/** Which figures a table shows: those that are not wide fit on a phone. */
export const LAYOUTS = [
  { name: 'main', label: 'Overview', figures: ['p95', 'calls', 'errors', 'impact'], isWide: false },
  { name: 'times', label: 'Times', figures: ['p50', 'p95', 'p99', 'max'], isWide: false },
  { name: 'rates', label: 'Rates', figures: ['rate', 'calls', 'errors', 'total'], isWide: false },
  {
    name: 'all',
    label: 'All columns',
    figures: ['calls', 'rate', 'errors', 'mean', 'p50', 'p95', 'p99', 'max', 'impact'],
    isWide: true,
  },
] as const;

export type Layout = (typeof LAYOUTS)[number];

/**
 * The columns of a layout. A figure that was chosen to sort by is shown in place of the last one, where it would be
 * missing.
 */
export function columnsOf({ figures, isWide }: Layout, sortedBy: string): Column<SummaryRow>[] {
  const names: string[] = [...figures];
  const isChosen = FIGURES.some(({ name }) => name === sortedBy) && sortedBy !== FIGURES[0].name;
  if (isChosen && !names.includes(sortedBy)) names[names.length - 1] = sortedBy;
  const width = isWide ? WIDTH : SHORT_WIDTH;
  const columns = names.map((name): Column<SummaryRow> => {
    const { head, shortHead = head, text, short }: Figure = FIGURES.find((figure) => figure.name === name)!;
    return isWide
      ? { head, width, align: 'right', text }
      : { head: shortHead, width, align: 'right', text: short };
  });
  const targetWidth = (isWide ? DESKTOP_WIDTH : PHONE_WIDTH.content) - columns.length * (width + 1);
  return [{ head: ' target', width: targetWidth, align: 'left', text: label }, ...columns];
}

/** The marks of severity and kind, the cog and the name. */
function label(row: SummaryRow, width: number): string {
  const { cog, kind, name, timed, count } = row;
  const mark = `${severityOf(row).mark}${timed < count ? ESTIMATED : ''}${markOf(kind)}`;
  return kind === undefined ? `${mark}${cog}` : targetLabel(mark, { cog, name }, width);
}

/** The cog and the name of a target behind its marks. Where that is too long, the cog is shortened first. */
export function targetLabel(
  mark: string,
  { cog, name }: { readonly cog: string; readonly name: string },
  width: number,
): string {
  const room = Math.max(SHORTEST_COG, width - mark.length - 1 - name.length);
  const shortCog = clip(plain(cog), room);
  return `${mark}${shortCog}·${shortName(name, width - mark.length - 1 - shortCog.length)}`;
}

/** What stands for a kind in tables. */
export function markOf(kind: TargetKindName | undefined): string {
  return TARGET_KINDS.find(({ name }) => name === kind)?.mark ?? '';
}

/** A name in so many characters: subcommands of one command differ at the end. */
export function shortName(name: string, width: number): string {
  return name.includes(' ') ? cutMiddle(name, width) : cut(name, width);
}

/** What the marks before the names stand for, of those that are shown. */
export function legend(rows: readonly SummaryRow[]): string {
  const shown = new Set(rows.map(({ kind }) => kind));
  const marks = TARGET_KINDS.filter(({ name }) => shown.has(name)).map(
    ({ mark, label }) => `${mark} ${label}`,
  );
  if (rows.some((row) => severityOf(row).name === 'bad')) marks.push('! slow or failing');
  if (rows.some(({ timed, count }) => timed < count)) marks.push(`${ESTIMATED} estimated from some calls`);
  return marks.join(' · ');
}
