import { identityFrom } from '../cog/identify.ts';
import { keyOf } from '../cog/select.ts';
import type { InFlightTarget } from '../inflight/calls.ts';
import type { InFlight } from '../inflight/report.ts';
import type { Profiler } from '../profiler.ts';
import { type Page, PHONE_WIDTH } from '../render/page.ts';
import { type Column, table } from '../render/table.ts';
import { code, codeBlock, someOf } from '../render/text.ts';
import { formatCount, formatDuration, formatDurationShort, plural } from '../render/units.ts';
import { type Controls, createMenu, type MenuRequest } from './desk/menu.ts';
import { callLine, isSharded, pingText, waitLine } from './inflight/lines.ts';
import { inspectMenu, shortKey } from './inspect.ts';
import { attachButton } from './pages/attach-pages.ts';
import { missing } from './pages/missing.ts';
import { partOf } from './pages/paged.ts';
import { DRAWN_ANEW, refreshButtons, turning, turningButtons } from './pages/turning.ts';
import type { Subcommand } from './subcommand.ts';
import { markOf, targetLabel } from './view/columns.ts';

const TARGETS_PER_PAGE = 8;
const CALLS_PER_PAGE = 8;
const MOST_CALLS = 200;
const MOST_NAMED = 3;
const FIGURE_WIDTH = 5;

type State = { readonly page: number };
type ActionName = 'turn' | 'jump' | 'open';

const menu = createMenu<State, ActionName>('inflight', {
  initial: { page: 0 },
  actions: {
    ...turning(),
    open: (_, [key = '']) => ({ open: inspectMenu, at: inspectMenu.stateWith({ key: shortKey(key) }) }),
  },
  async page(controls, request) {
    const { profiler } = request;
    const inFlight = await profiler.inFlight({ limit: MOST_CALLS });
    if (inFlight.count === 0 && profiler.tracked.size === 0) return nothingTimed();
    return inFlightPage(inFlight, profiler, controls, request);
  },
});

export const inflight: Subcommand = {
  name: 'inflight',
  description: 'Show the calls that have not ended: how old they are, what they wait for, which are stuck',
  menu,
  run: () => ({ to: '' }),
};

function inFlightPage(
  inFlight: InFlight,
  { recorded }: Pick<Profiler, 'recorded'>,
  { state, button, select }: Controls<State, ActionName>,
  { isLive }: Pick<MenuRequest, 'isLive'>,
): Page {
  const rows = inFlight.targets.map((target) => ({
    ...target,
    ...(recorded.get(target.targetId) ?? identityFrom(target.targetId)),
  }));
  const { page, pages, shown, ...drawn } = inFlightDrawn(inFlight, rows, state.page);
  return {
    ...drawn,
    footer: [
      `Page ${page + 1}/${pages}`,
      ...(isLive ? [DRAWN_ANEW] : []),
      ...(inFlight.pings.length > 0 ? [pingText(inFlight.pings)] : []),
      'stuck: for 10 × its p99 and 10 s, or for a minute where few calls are known',
    ].join(' · '),
    rows: [
      ...(shown.length === 0 ? [] : [[select('open', shown.map(entryOf), '', { placeholder: 'Inspect…' })]]),
      [...turningButtons({ button }, { page, pages }), ...refreshButtons({ button }, isLive)],
    ],
  };
}

/** A target with what it is called. */
export type Row = InFlightTarget & Omit<ReturnType<typeof identityFrom>, 'id'>;

/** A part of what is in flight: targets, and single calls of any of them. */
export function inFlightDrawn(
  inFlight: Omit<InFlight, 'targets'>,
  rows: readonly Row[],
  wantedPage: number,
): Pick<Page, 'title' | 'tone' | 'content' | 'text'> & {
  page: number;
  pages: number;
  shown: readonly Row[];
} {
  const { count, stuck, calls } = inFlight;
  const most = Math.max(rows.length / TARGETS_PER_PAGE, calls.length / CALLS_PER_PAGE);
  const { page, pages } = partOf(Array.from({ length: Math.ceil(most) }), wantedPage, 1);
  const shown = rows.slice(page * TARGETS_PER_PAGE, (page + 1) * TARGETS_PER_PAGE);
  const own = calls.slice(page * CALLS_PER_PAGE, (page + 1) * CALLS_PER_PAGE);
  const lines = own.map((call) => callLine(call, isSharded(inFlight)));
  // Where each of its calls says it below, the target need not.
  const isTold = ({ targetId, count }: Row) =>
    own.filter((call) => call.targetId === targetId && call.waits !== undefined).length === count;
  const isAllKnown = own.every(({ waits }) => waits !== undefined);
  return {
    title: count === 0 ? 'Nothing is in flight' : `${plural(count, 'call')} in flight`,
    tone: stuck > 0 ? 'bad' : 'good',
    content: [
      headline(inFlight, rows),
      ...(shown.length === 0 ? [] : [codeBlock(table(COLUMNS, shown))]),
    ].join('\n'),
    text: [
      ...(count === 0 ? ['Each call of what is timed that has begun has ended.'] : []),
      ...missing(inFlight),
      ...shown.flatMap((row) => (isTold(row) ? [] : (waitLine(row) ?? []))),
      ...(lines.length === 0 ? [] : [heading(inFlight), ...lines]),
      ...(isAllKnown
        ? []
        : ['', 'Where it is not said, what a call waits for is not known: `verbose` tells.']),
    ].join('\n'),
    page,
    pages,
    shown,
  };
}

/** What is wrong, at a glance; empty where nothing is there. */
function headline({ count, stuck }: Pick<InFlight, 'count' | 'stuck'>, rows: readonly Row[]): string {
  if (count === 0) return '';
  if (stuck === 0) return '🟢 None of them takes far longer than usual.';
  const names = rows.filter((row) => row.stuck > 0).map(({ targetId }) => code(targetId));
  return `🔴 **${plural(stuck, 'call')}** ${stuck === 1 ? 'is' : 'are'} stuck: ${someOf(names, MOST_NAMED)}.`;
}

function heading({ count, calls }: Pick<InFlight, 'count' | 'calls'>): string {
  return calls.length === count
    ? '**The oldest first**'
    : `**The oldest first: ${formatCount(calls.length)} of ${formatCount(count)}**`;
}

function nothingTimed(): Page {
  return {
    title: 'Nothing is timed yet',
    text: 'Only calls of what is timed are seen. Choose what is with `/profiler attach`; then come back here.',
    rows: [[attachButton('all', 'Attach all')]],
  };
}

function entryOf({ targetId, cog, name, count, oldestMs }: Row) {
  return {
    value: keyOf(targetId),
    label: `${cog} › ${name}`,
    description: `${plural(count, 'call')}, the oldest ${formatDuration(oldestMs)}`,
  };
}

function figure(head: string, text: (row: Row) => string): Column<Row> {
  return { head, width: FIGURE_WIDTH, align: 'right', text };
}

const FIGURES = [
  figure('calls', ({ count, isPartial }) => `${isPartial ? '≥' : ''}${formatCount(count)}`),
  figure('stuck', ({ stuck }) => (stuck === 0 ? '–' : formatCount(stuck))),
  figure('old', ({ oldestMs }) => formatDurationShort(oldestMs)),
];

const COLUMNS: readonly Column<Row>[] = [
  {
    head: ' target',
    width: PHONE_WIDTH.content - FIGURES.length * (FIGURE_WIDTH + 1),
    align: 'left',
    text: (row, width) => targetLabel(`${row.stuck > 0 ? '!' : ' '}${markOf(row.kind)}`, row, width),
  },
  ...FIGURES,
];
