import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, moment, someOf } from '../../render/text.ts';
import { formatCount, formatDuration, formatDurationShort, plural } from '../../render/units.ts';
import type { RestPhase } from '../../rest/call.ts';
import type { LiveBucket } from '../../rest/live.ts';
import type { RestOwnerRow, RestReport, RestRouteRow } from '../../rest/report.ts';
import { missing } from '../pages/missing.ts';
import { partOf } from '../pages/paged.ts';
import { shortRoute } from '../pages/routes.ts';
import { kindLabel } from '../pages/target-option.ts';
import { type Drawn, inMemoryPage } from './in-memory.ts';

const ROWS_PER_PAGE = 10;
const MOST_SENTENCES = 4;
const MOST_LISTED = 5;
const MOST_ERRORS = 3;
/** From these shares of its time on a route is said to wait for limits, or for others of its bucket. */
const LIMIT_SHARE = 0.1;
const QUEUE_SHARE = 0.5;
/** What others of the bucket take is not worth a sentence below this, on average. */
const LEAST_QUEUE_MS = 100;
/** From these shares of the invalid requests that Discord allows on it is said, and bad. */
const INVALID_SHARE = 0.1;
const BAD_INVALID_SHARE = 0.5;

/** What the time went to, as it is said of all; one entry a phase. */
const SPENT: Readonly<Record<RestPhase, string>> = {
  queue: 'for earlier requests of the same bucket',
  limit: 'for rate limits',
  backoff: 'between attempts',
  network: 'for Discord and the network',
};

/** Whose limit a 429 was for; one entry a count. */
const LIMITS = [
  { of: 'userLimits', text: 'the bot on that route' },
  { of: 'sharedLimits', text: 'what it shares with others' },
  { of: 'globalLimits', text: 'the bot as a whole' },
] as const;

/** The page of the menu about requests. */
export const restPage = inMemoryPage({
  read: (profiler, window) => profiler.rest(window),
  draw: restDrawn,
  legend: ['from the call to its response', 'mostly: where most of the time went'],
});

/** What the bot's requests wait for: a part of the list of routes, and what is said of all. */
export function restDrawn(report: RestReport, wantedPage: number): Drawn {
  const { routes, owners, live } = report;
  const { items: shown, page, pages } = partOf(routes, wantedPage, ROWS_PER_PAGE);
  const invalid = invalidShare(report);
  const sentences = [...invalidRequests(report), ...limited(routes), ...queued(routes)];
  return {
    title: 'What requests to Discord wait for',
    tone: invalid >= BAD_INVALID_SHARE ? 'bad' : sentences.length > 0 ? 'warning' : 'good',
    content: [
      ...sentences.slice(0, MOST_SENTENCES),
      ...(shown.length === 0 ? [] : [codeBlock(table(COLUMNS, shown))]),
    ].join('\n'),
    text: [
      ...totals(report),
      ...refusals(routes),
      ...failures(routes),
      ...waiting(live),
      ...slowest(owners),
    ].join('\n'),
    page,
    pages,
  };
}

/** That of all processes, as they may share an address. */
function invalidCount({ invalid }: RestReport): number {
  return invalid.processes.reduce((sum, { count }) => sum + count, 0);
}

function invalidShare(report: RestReport): number {
  return invalidCount(report) / report.invalid.limit;
}

function invalidRequests(report: RestReport): string[] {
  const share = invalidShare(report);
  if (share < INVALID_SHARE) return [];
  const { limit, processes } = report.invalid;
  const count = invalidCount(report);
  const left = formatCount(Math.max(0, limit - count));
  return [
    [
      `${share >= BAD_INVALID_SHARE ? '🔴' : '🟡'} ${formatCount(count)} requests of the last 10 minutes were invalid (401, 403, 429).`,
      `Discord blocks an address at ${formatCount(limit)}: **${left}** are left.`,
      ...(processes.length > 1 ? ['That is if all processes have the same.'] : []),
    ].join(' '),
  ];
}

function limited(routes: readonly RestRouteRow[]): string[] {
  return routes
    .filter(({ limited, phases, totalMs }) => limited > 0 && phases.limit >= LIMIT_SHARE * totalMs)
    .sort((a, b) => b.phases.limit - a.phases.limit)
    .map(({ route, limited, count, phases, totalMs }) => {
      const share = percent(phases.limit / totalMs);
      const each = formatDuration(phases.limit / limited);
      return `🟡 ${code(route)} waits for rate limits **${share}** of its time: ${each} each in ${limited} of ${plural(count, 'request')}.`;
    });
}

function queued(routes: readonly RestRouteRow[]): string[] {
  return routes
    .filter(
      ({ phases, totalMs, count }) =>
        phases.queue >= QUEUE_SHARE * totalMs && phases.queue >= LEAST_QUEUE_MS * count,
    )
    .sort((a, b) => b.phases.queue - a.phases.queue)
    .map(
      ({ route, count, phases, totalMs }) =>
        `🟡 ${code(route)} waits for earlier requests of its bucket **${percent(phases.queue / totalMs)}** of its time: ${formatDuration(phases.queue / count)} each on average.`,
    );
}

const COLUMNS: readonly Column<RestRouteRow>[] = [
  {
    head: 'route',
    width: PHONE_WIDTH.content - 20,
    align: 'left',
    text: ({ route }, width) => shortRoute(route, width),
  },
  { head: 'calls', width: 5, align: 'right', text: ({ count }) => formatCount(count) },
  { head: 'p95', width: 5, align: 'right', text: ({ whole }) => formatDurationShort(whole.p95Ms) },
  { head: 'mostly', width: 7, align: 'right', text: ({ mostly }) => mostly.phase },
];

function totals({ routes, fromEpochMs, missingShards }: RestReport): string[] {
  const sumOf = (of: (row: RestRouteRow) => number) => routes.reduce((sum, row) => sum + of(row), 0);
  const totalMs = sumOf((row) => row.totalMs);
  const spent = Object.entries(SPENT)
    .map(([phase, text]) => ({ text, share: sumOf(({ phases }) => phases[phase as RestPhase]) / totalMs }))
    .filter(({ share }) => share >= 0.005)
    .sort((a, b) => b.share - a.share)
    .map(({ text, share }) => `${percent(share)} ${text}`);
  return [
    [
      `${plural(
        sumOf(({ count }) => count),
        'request',
      )} since ${moment(fromEpochMs, 'R')}:`,
      `${formatCount(sumOf(({ limited }) => limited))} waited for a rate limit,`,
      `${formatCount(sumOf(({ failed }) => failed))} failed,`,
      `${plural(
        sumOf(({ retries }) => retries),
        'attempt',
      )} beyond the first.`,
    ].join(' '),
    ...(spent.length === 0 ? [] : [`Of their time they waited ${spent.join(', ')}.`]),
    ...missing({ missingShards }),
  ];
}

function refusals(routes: readonly RestRouteRow[]): string[] {
  return LIMITS.flatMap(({ of, text }) => {
    const own = routes.filter((row) => row[of] > 0).sort((a, b) => b[of] - a[of]);
    if (own.length === 0) return [];
    const sum = own.reduce((total, row) => total + row[of], 0);
    const names = own.map(({ route }) => code(route));
    return [
      `- **${formatCount(sum)}** refused with 429, by a limit for ${text}: ${someOf(names, MOST_ERRORS)}`,
    ];
  });
}

function failures(routes: readonly RestRouteRow[]): string[] {
  const failing = routes.filter(({ failed }) => failed > 0).sort((a, b) => b.failed - a.failed);
  if (failing.length === 0) return [];
  const lines = failing.slice(0, MOST_LISTED).map(({ route, failed, count, errors }) => {
    const what = errors.map(([name, times]) => `${code(name)} × ${formatCount(times)}`);
    return `${code(route)} in ${failed} of ${count}: ${someOf(what, MOST_ERRORS)}`;
  });
  return ['', '**Failed**', ...lines];
}

function waiting(live: readonly LiveBucket[]): string[] {
  if (live.length === 0) return [];
  const lines = live.slice(0, MOST_LISTED).map(({ route, underWay, waiting, limitedForMs }) => {
    const limit =
      limitedForMs === undefined ? '' : `, for a limit that lasts ${formatDuration(limitedForMs)}`;
    return `${code(route)}: ${underWay} under way, ${waiting} waiting${limit}`;
  });
  const more = live.length - MOST_LISTED;
  return ['', '**Now**', ...lines, ...(more > 0 ? [`${plural(more, 'more bucket')} in use`] : [])];
}

function slowest(owners: readonly RestOwnerRow[]): string[] {
  if (owners.length === 0) return [];
  const lines = owners
    .slice(0, MOST_LISTED)
    .map(
      (row) =>
        `${nameOf(row)}: ${formatDuration(row.totalMs)} in ${plural(row.count, 'request')}, mostly ${row.mostly.phase}`,
    );
  return ['', '**Whose took the most time**', ...lines];
}

function nameOf({ owner }: RestOwnerRow): string {
  if (owner === undefined) return 'Not known';
  const { kind, name, cog } = owner;
  const of = cog === undefined ? '' : ` of ${code(cog)}`;
  return kind === 'command' ? `${code(`/${name}`)}${of}` : `${code(name)}${of} (${kindLabel(kind)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
