import { DEADLINE_MS, NEAR_MISS_MS, PHASES, type Phase } from '../../deadline/phases.ts';
import type { DeadlineRow, Deadlines } from '../../deadline/report.ts';
import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, moment, someOf } from '../../render/text.ts';
import { formatCount, formatDuration, formatDurationShort, plural } from '../../render/units.ts';
import { missing } from '../pages/missing.ts';
import { partOf } from '../pages/paged.ts';
import { kindLabel } from '../pages/target-option.ts';
import { markOf, shortName } from './columns.ts';
import { type Drawn, inMemoryPage } from './in-memory.ts';

const ROWS_PER_PAGE = 10;
const MOST_SENTENCES = 4;
const MOST_NAMED = 3;
const MOST_MISSES = 6;
const MS_PER_S = 1_000;

/** Whose share of the wait for the loop is so large, what it waited for is named by it. */
const MOST_OF_IT = 0.5;

/** What is said of each phase where it is to blame; one entry a phase. */
const BLAME: Readonly<Record<Phase, (row: DeadlineRow) => string>> = {
  gateway: () => 'passes before it reaches the bot',
  loop: ({ blockedBy: [first] }) => `passes before its handler runs, as ${blockage(first)}`,
  handler: () => 'passes in its handler, before that acknowledges',
  rest: () => 'passes until Discord has responded to the acknowledgement',
};

function blockage(blocker: DeadlineRow['blockedBy'][number] | undefined): string {
  if (blocker === undefined) return 'the loop is busy';
  const { targetId, share } = blocker;
  if (share >= MOST_OF_IT) return `${code(targetId)} blocks the loop`;
  return `the loop is busy, ${Math.round(share * 100)} % of that with ${code(targetId)}`;
}

/** What went wrong beside being slow, and how it is said; one entry a count. */
const TROUBLES = [
  { of: 'late', text: 'acknowledged too late, which Discord refused (10062)' },
  { of: 'unanswered', text: 'not acknowledged by this bot within 3 s, as far as can be seen from here' },
  { of: 'failed', text: 'not acknowledged, as the attempt failed with another error' },
  { of: 'elsewhere', text: 'acknowledged by another process of the bot, or in a way that is not seen' },
  { of: 'doubles', text: 'acknowledged once more, which Discord refused (40060)' },
  { of: 'expired', text: 'followed by a request more than 15 minutes later, which Discord refused' },
] as const;

/** The page of the menu about acknowledgements. */
export const acksPage = inMemoryPage({
  read: (profiler, window) => profiler.deadlines(window),
  draw: acksDrawn,
  legend: ['from when Discord made it to its response', 'why: where most of the time of slow ones went'],
});

/** Which commands are at risk to miss Discord's deadline, and why: a part of the list, and what is said of all. */
export function acksDrawn(deadlines: Deadlines, wantedPage: number): Drawn {
  const { rows } = deadlines;
  const { items: shown, page, pages } = partOf(rows, wantedPage, ROWS_PER_PAGE);
  const sentences = rows.filter(isAtRisk).map(sentenceOf);
  return {
    title: 'How soon interactions are acknowledged',
    tone: rows.some(({ misses }) => misses > 0) ? 'bad' : sentences.length > 0 ? 'warning' : 'good',
    content: [...firstOf(sentences), ...(shown.length === 0 ? [] : [codeBlock(table(COLUMNS, shown))])].join(
      '\n',
    ),
    text: [...totals(deadlines), ...troubles(rows), ...latestMisses(rows)].join('\n'),
    page,
    pages,
  };
}

function isAtRisk({ misses, nearMisses }: DeadlineRow): boolean {
  return misses > 0 || nearMisses > 0;
}

function firstOf(sentences: readonly string[]): string[] {
  const more = sentences.length - MOST_SENTENCES;
  return [
    ...sentences.slice(0, MOST_SENTENCES),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'is' : 'are'} at risk: see below.`] : []),
  ];
}

/** Such as: `/play` needs 2.1s or more of Discord's 3 s in 1 of 20 cases: 1.6s of it passes … */
function sentenceOf(row: DeadlineRow): string {
  const { blamed, misses, nearMisses, count, whole } = row;
  const limit = `Discord's ${DEADLINE_MS / MS_PER_S} s`;
  const { phase, share } = blamed!;
  const part = `${Math.round(share * 100)} % of that time ${BLAME[phase](row)}.`;
  if (misses > 0) return `🔴 ${nameOf(row)} missed ${limit} in ${misses} of ${count} cases: ${part}`;
  if (whole.p95Ms > NEAR_MISS_MS) {
    const partMs = share * whole.p95Ms;
    return `🟡 ${nameOf(row)} needs ${formatDuration(whole.p95Ms)} or more of ${limit} in 1 of 20 cases: ${formatDuration(partMs)} of it ${BLAME[phase](row)}.`;
  }
  const near = `over ${NEAR_MISS_MS / MS_PER_S} s of ${limit}`;
  return `🟡 ${nameOf(row)} needed ${near} in ${nearMisses} of ${count} cases: ${part}`;
}

function nameOf({ kind, name }: DeadlineRow): string {
  return kind === 'command' ? code(`/${name}`) : `${code(name)} (${kindLabel(kind)})`;
}

const COLUMNS: readonly Column<DeadlineRow>[] = [
  { head: ' command', width: PHONE_WIDTH.content - 26, align: 'left', text: label },
  { head: 'p95', width: 5, align: 'right', text: ({ whole }) => formatDurationShort(whole.p95Ms) },
  { head: 'max', width: 5, align: 'right', text: ({ whole }) => formatDurationShort(whole.maxMs) },
  { head: 'miss', width: 5, align: 'right', text: ({ misses }) => formatCount(misses) },
  { head: 'why', width: 7, align: 'right', text: ({ blamed }) => blamed?.phase ?? '–' },
];

function label({ kind, name, misses }: DeadlineRow, width: number): string {
  const mark = `${misses > 0 ? '!' : ' '}${markOf(kind)}`;
  return `${mark}${shortName(name, width - mark.length)}`;
}

function totals({ rows, fromEpochMs, missingShards }: Deadlines): string[] {
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  const misses = rows.reduce((sum, row) => sum + row.misses, 0);
  const near = rows.reduce((sum, { nearMisses }) => sum + nearMisses, 0);
  return [
    `${plural(all, 'interaction')} since ${moment(fromEpochMs, 'R')}: ${misses} missed the 3 s, ${near} more took over 2 s.`,
    ...missing({ missingShards }),
  ];
}

function troubles(rows: readonly DeadlineRow[]): string[] {
  return TROUBLES.flatMap(({ of, text }) => {
    const own = rows.filter((row) => row[of] > 0).sort((a, b) => b[of] - a[of]);
    if (own.length === 0) return [];
    const sum = own.reduce((total, row) => total + row[of], 0);
    return [`- **${formatCount(sum)}** ${text}: ${someOf(own.map(nameOf), MOST_NAMED)}`];
  });
}

function latestMisses(rows: readonly DeadlineRow[]): string[] {
  const misses = rows
    .flatMap((row) => row.latestMisses.map((miss) => ({ row, miss })))
    .sort((a, b) => b.miss.atEpochMs - a.miss.atEpochMs)
    .slice(0, MOST_MISSES);
  if (misses.length === 0) return [];
  const lines = misses.map(({ row, miss: { atEpochMs, kind, times, blockedBy, error } }) => {
    const parts = PHASES.map((phase, at) => {
      const duration = `${phase} ${formatDuration(times[at]!)}`;
      if (phase !== 'loop' || blockedBy === undefined) return duration;
      return `${duration} (${formatDuration(blockedBy.ms)} of it in ${code(blockedBy.targetId)})`;
    }).join(', ');
    const what = error === undefined ? kind : `${kind}, ${code(error)}`;
    return `${moment(atEpochMs, 'T')} ${nameOf(row)} ${what}: ${parts}`;
  });
  return ['', '**Missed last**', ...lines];
}
