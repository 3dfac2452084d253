import type { Page } from '../../render/page.ts';
import { table } from '../../render/table.ts';
import { code, codeBlock, someOf } from '../../render/text.ts';
import { formatDuration, formatSpan, plural } from '../../render/units.ts';
import type { Grouping, Summary, SummaryRow } from '../../store/summary.ts';
import { missing } from '../pages/missing.ts';
import { SEVERITIES, severityOf } from '../pages/severity.ts';
import { columnsOf, type Layout } from './columns.ts';

const MOST_NAMED = 3;

/** The culprit, at a glance. */
export function headline(rows: readonly SummaryRow[], by: Grouping): string[] {
  const all = rows.reduce((sum, { impact }) => sum + impact, 0);
  const first = rows.reduce<SummaryRow | undefined>(
    (most, row) => (row.impact > (most?.impact ?? 0) ? row : most),
    undefined,
  );
  if (first === undefined) return [];
  const name = by === 'target' ? `${code(first.name)} of ${code(first.cog)}` : code(first.name);
  const share = Math.round((first.impact / all) * 100);
  const others = rows.filter((row) => row !== first && severityOf(row).name === 'bad');
  return [
    `${severityOf(first).icon} ${name} has **${share} %** of the impact: half of its calls take over **${formatDuration(first.p50Ms)}**, one in twenty over **${formatDuration(first.p95Ms)}**.`,
    ...(others.length === 0
      ? []
      : [
          `${SEVERITIES[0].icon} Slow or failing too: ${someOf(
            others.map(({ name }) => code(name)),
            MOST_NAMED,
          )}.`,
        ]),
  ];
}

/** What was measured, and over which time; and what is missing of it. */
export function measured(summary: Summary, rows: readonly SummaryRow[]): string[] {
  const calls = rows.reduce((sum, { count }) => sum + count, 0);
  const errors = rows.reduce((sum, row) => sum + row.errors, 0);
  const coveredMs = Math.max(0, ...rows.map((row) => row.coveredMs));
  return [
    `${plural(calls, 'call')}, ${plural(errors, 'error')}; measured over ${formatSpan(coveredMs)}.`,
    ...missing(summary),
  ];
}

export function worst(rows: readonly SummaryRow[]): NonNullable<Page['tone']> {
  const names = new Set<string>(rows.map((row) => severityOf(row).name));
  return SEVERITIES.find(({ name }) => names.has(name))?.name ?? 'plain';
}

/** The table; in colour where it is wide, as phones know no colours in code. */
export function figuresOf(rows: readonly SummaryRow[], layout: Layout, sortedBy: string): string {
  const text = table(columnsOf(layout, sortedBy), rows);
  if (!layout.isWide) return codeBlock(text);
  const [head, ...lines] = text.split('\n');
  const coloured = lines.map((line, index) => {
    const { ansi } = severityOf(rows[index]!);
    return ansi === undefined ? line : `\u001b[${ansi}m${line}\u001b[0m`;
  });
  return codeBlock([head, ...coloured].join('\n'), 'ansi');
}

/** NaN, the figure of what was never called, goes last in both directions. */
export function sorted(
  rows: readonly SummaryRow[],
  of: (row: SummaryRow) => number | string,
  descending: boolean,
): SummaryRow[] {
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = of(a);
    const right = of(b);
    if (typeof left === 'string' || typeof right === 'string') {
      return direction * String(left).localeCompare(String(right));
    }
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return direction * (left - right);
  });
}
