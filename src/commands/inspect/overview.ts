import { relative } from 'node:path';
import type { Client } from 'discord.js';
import { ORIGINS, type Origin } from '../../cog/origins.ts';
import type { TargetDetails } from '../../details.ts';
import { type PageFile, PHONE_WIDTH } from '../../render/page.ts';
import { bars, sparkline } from '../../render/sparkline.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, moment } from '../../render/text.ts';
import {
  formatCount,
  formatDuration,
  formatDurationShort,
  formatNumber,
  formatSpan,
} from '../../render/units.ts';
import type { DurationClass } from '../../store/distribution.ts';
import type { SummaryRow } from '../../store/summary.ts';
import { severityOf } from '../pages/severity.ts';
import { kindLabel } from '../pages/target-option.ts';
import type { Request } from '../subcommand.ts';
import type { Inspected, TabPage, TabState } from './tabs.ts';
import { verdictLine } from './waterfalls.ts';

const WIDTH = PHONE_WIDTH.embed;
const MOST_CLASSES = 8;
const MOST_CALLERS = 3;
const MOST_KINDS = 3;
const MOST_HITTERS = 5;
const MOST_SHARDS = 8;
/** A first call is worth a word that took so long, and so many times as long as half of at least so many calls. */
const UNUSUAL_MS = 5;
const UNUSUAL = 3;
const FEWEST_CALLS = 10;

/** The figures of a target, how its durations are spread, how they went over time, and what is known beside. */
export async function overview(details: Inspected, _: TabState, request: Request): Promise<TabPage> {
  const { row, distribution } = details;
  if (row.count === 0) {
    return {
      text: [...whereabouts(details, request), 'It was not called in this window of time.'].join('\n'),
    };
  }
  const chart = await drawHistory(details, request);
  return {
    text: [
      ...whereabouts(details, request),
      ...verdictLine(details),
      `Half of its calls take over **${formatDuration(row.p50Ms)}**, one in twenty over **${formatDuration(row.p95Ms)}**.`,
      ...firstCall(details),
      codeBlock(figures(details)),
      codeBlock(bars(classesOf(distribution), WIDTH)),
      ...byShard(details),
      ...errors(details),
      ...callers(details),
      ...heaviest(details, request),
      `-# Timed since ${moment(details.firstSeenEpochMs, 'R')}${details.lastSeenEpochMs === undefined ? '' : `, last called ${moment(details.lastSeenEpochMs, 'R')}`}.`,
      ...(chart.image === undefined ? [codeBlock(chart.fallback)] : []),
    ].join('\n'),
    image: chart.image,
  };
}

function whereabouts({ row, location }: TargetDetails, { profiler }: Request): string[] {
  const place = location && ` in ${code(`${relative(profiler.rootDir, location.file)}:${location.line}`)}`;
  return [`${severityOf(row).icon} ${kindLabel(row.kind!)} of ${code(row.cog)}${place ?? ''}`];
}

/** What is done once only, such as loading, must not be looked for in the other calls. */
function firstCall({ first: [first], row }: TargetDetails): string[] {
  if (first === undefined || first.durationMs < UNUSUAL_MS) return [];
  if (row.timed < FEWEST_CALLS || first.durationMs < UNUSUAL * row.p50Ms) return [];
  return [`The first one took ${formatDuration(first.durationMs)}: what is done once only is in it.`];
}

/** Two figures a line. */
function figures({ row }: TargetDetails): string {
  const cells = [
    ['calls', formatCount(row.count)],
    ['a minute', formatNumber(row.callsPerMinute)],
    ['errors', formatCount(row.errors)],
    ['aborted', formatCount(row.aborted)],
    ['p50', formatDuration(row.p50Ms)],
    ['p95', formatDuration(row.p95Ms)],
    ['p99', formatDuration(row.p99Ms)],
    ['max', formatDuration(row.maxMs)],
    ['mean', formatDuration(row.meanMs)],
    ['deviation', formatDuration(row.deviationMs)],
    ['in all', formatDuration(row.totalMs)],
    ['impact', formatNumber(row.impact)],
  ] as const;
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += 2) {
    const [left, right] = [cells[at]!, cells[at + 1]!];
    lines.push(`${left[0].padEnd(7)}${left[1].padStart(9)}  ${right[0].padEnd(9)}${right[1].padStart(9)}`);
  }
  lines.push(`measured over ${formatSpan(row.coveredMs)}`);
  if (row.timed < row.count) lines.push(`${formatCount(row.timed)} calls timed, the rest estimated`);
  return lines.join('\n');
}

/** The durations from the shortest to the longest, in few enough lines for a phone. */
function classesOf(distribution: readonly DurationClass[]): { label: string; count: number }[] {
  const together = Math.ceil(distribution.length / MOST_CLASSES);
  const classes = [];
  for (let at = 0; at < distribution.length; at += together) {
    const parts = distribution.slice(at, at + together);
    classes.push({
      label: `≤ ${formatDurationShort(parts.at(-1)!.toMs)}`,
      count: parts.reduce((sum, { count }) => sum + count, 0),
    });
  }
  return classes;
}

function errors({ row }: TargetDetails): string[] {
  if (row.errorKinds.length === 0) return [];
  const kinds = row.errorKinds.slice(0, MOST_KINDS).map(([kind, times]) => `${times}× ${code(kind)}`);
  return [`**Errors** ${kinds.join(', ')}${row.errorKinds.length > MOST_KINDS ? ', …' : ''}`];
}

function callers({ callers: { known, others, unknown } }: TargetDetails): string[] {
  const counted = known.reduce((sum, { count }) => sum + count, 0) + others;
  if (counted === 0) return [];
  const named = known
    .slice(0, MOST_CALLERS)
    .map(({ targetId, count }) => `${code(targetId)} ${formatCount(count)}×`);
  return [
    `**Called by** ${named.join(', ')}${known.length > MOST_CALLERS || others > 0 ? ', …' : ''} (known of ${formatCount(counted)} of ${formatCount(counted + unknown)} calls: those before an \`await\`)`,
  ];
}

/** What each shard did, where there are several: those with the greatest impact. */
function byShard({ shards }: TargetDetails): string[] {
  if (shards.length === 0) return [];
  const columns: Column<SummaryRow>[] = [
    { head: 'shard', width: 9, align: 'left', text: ({ name }) => name },
    { head: 'p95', width: 7, align: 'right', text: ({ p95Ms }) => formatDuration(p95Ms) },
    { head: 'calls', width: 7, align: 'right', text: ({ count }) => formatCount(count) },
    { head: 'err', width: 6, align: 'right', text: ({ errors }) => formatCount(errors) },
  ];
  return [codeBlock(table(columns, shards.slice(0, MOST_SHARDS)))];
}

/** Whose calls took the most time, where the owner asks for it. */
function heaviest({ row }: TargetDetails, { profiler }: Request): string[] {
  return ORIGINS.flatMap(({ name }) => {
    const hitters = row.heaviest[name] ?? [];
    if (hitters.length === 0) return [];
    const named = hitters.slice(0, MOST_HITTERS).map(({ id, share }) => {
      const percent = Math.floor(share * 100);
      return `${code(NAMES[name](profiler.client, id) ?? id)} ${percent > 0 ? `${percent} %` : '< 1 %'}`;
    });
    return [`**By ${name}** ${named.join(', ')} of the time, or more`];
  });
}

/** As the bot's caches know them; without a mention, as there is nobody to mention where they are gone. */
const NAMES: Readonly<Record<Origin, (client: Client, id: string) => string | undefined>> = {
  guild: ({ guilds }, id) => guilds.cache.get(id)?.name,
  channel: ({ channels }, id) => {
    const channel = channels.cache.get(id);
    return channel && 'name' in channel && channel.name ? `#${channel.name}` : undefined;
  },
  user: ({ users }, id) => users.cache.get(id)?.username,
};

/** A picture, or lines of text where there can be none. */
async function drawHistory(
  { history: { points, resolutionMs }, summary }: TargetDetails,
  { draw }: Request,
): Promise<{ image?: PageFile; fallback: string }> {
  const fallback = [
    `p95   ${sparkline(
      points.map(({ p95Ms }) => p95Ms),
      WIDTH - 6,
    )}`,
    `calls ${sparkline(
      points.map(({ count }) => count),
      WIDTH - 6,
    )}`,
  ].join('\n');
  const line = (
    label: string,
    role: 'typical' | 'high' | 'worst',
    of: (point: (typeof points)[number]) => number,
  ) => ({
    label,
    role,
    style: 'line' as const,
    points: points.map((point) => [point.fromEpochMs, of(point)] as const),
  });
  const bar = (label: string, role: 'amount' | 'bad', of: (point: (typeof points)[number]) => number) => ({
    ...line(label, 'typical', of),
    role,
    style: 'bars' as const,
  });
  const content = await draw('timeline', {
    fromEpochMs: Math.max(summary.fromEpochMs, points[0]?.fromEpochMs ?? 0),
    toEpochMs: summary.toEpochMs,
    stepMs: resolutionMs,
    panels: [
      {
        label: 'duration of a call',
        unit: 'duration',
        series: [
          line('p50', 'typical', ({ p50Ms }) => p50Ms),
          line('p95', 'high', ({ p95Ms }) => p95Ms),
          line('max', 'worst', ({ maxMs }) => maxMs),
        ],
      },
      {
        label: 'calls',
        unit: 'count',
        series: [
          bar('without error', 'amount', ({ count, errors }) => count - errors),
          bar('errors', 'bad', ({ errors }) => errors),
        ],
      },
    ],
  });
  return content === undefined ? { fallback } : { image: { name: 'history.png', content }, fallback };
}
