import { TARGET_KINDS } from '../cog/target.ts';
import type { Profiler, SummaryOptions } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { type Column, table } from '../render/table.ts';
import { codeBlock, cut, cutMiddle } from '../render/text.ts';
import { formatCount, formatDuration, formatNumber } from '../render/units.ts';
import { GROUPINGS, type Grouping, type Summary, type SummaryRow } from '../store/summary.ts';
import { attachButton } from './attach.ts';
import { componentId } from './component-id.ts';
import type { ComponentRequest, Subcommand } from './subcommand.ts';
import { targetsOf } from './target-option.ts';
import { button, select } from './widgets.ts';

const ROWS_PER_PAGE = 10;
const MS_PER_MINUTE = 60_000;
const SHORTEST_COG = 3;
const MOST_SHARDS_NAMED = 10;

export const view: Subcommand = {
  name: 'view',
  description: 'Show what is slow: durations, calls, errors and impact of all that is timed',
  run: ({ profiler }) => viewPage(profiler, FIRST_STATE),
  component: (request) => viewPage(request.profiler, nextState(request)),
};

const WINDOWS = [
  { value: 'all', label: 'All that is kept', window: {} },
  { value: '5m', label: 'The last 5 minutes', window: { windowMs: 5 * MS_PER_MINUTE } },
  { value: '1h', label: 'The last hour', window: { windowMs: 60 * MS_PER_MINUTE } },
  { value: '1d', label: 'The last 24 hours', window: { windowMs: 24 * 60 * MS_PER_MINUTE } },
  { value: 'start', label: 'Since the bot started', window: { since: 'start' } },
  { value: 'reload', label: 'Since each cog was reloaded', window: { since: 'reload' } },
] as const satisfies readonly { value: string; label: string; window: SummaryOptions }[];

const SORTS = [
  { value: 'impact', label: 'Impact', of: (row: SummaryRow) => row.impact },
  { value: 'p50', label: 'p50 (median)', of: (row: SummaryRow) => row.p50Ms },
  { value: 'p95', label: 'p95', of: (row: SummaryRow) => row.p95Ms },
  { value: 'p99', label: 'p99', of: (row: SummaryRow) => row.p99Ms },
  { value: 'max', label: 'Slowest call', of: (row: SummaryRow) => row.maxMs },
  { value: 'mean', label: 'Mean', of: (row: SummaryRow) => row.meanMs },
  { value: 'calls', label: 'Calls', of: (row: SummaryRow) => row.count },
  { value: 'errors', label: 'Errors', of: (row: SummaryRow) => row.errors },
  { value: 'name', label: 'Name', of: (row: SummaryRow) => `${row.cog} ${row.name}` },
] as const;

/** Names on one side, figures on the other: the first is the one that is sorted upwards when chosen. */
const ASCENDING_BY_NATURE: readonly string[] = ['name'];

/** A phone shows 40 characters of a fixed-width font in one line. */
const NARROW: readonly Column<SummaryRow>[] = [
  { head: 'target', width: 16, align: 'left', text: label },
  { head: 'p95', width: 6, align: 'right', text: (row) => formatDuration(row.p95Ms) },
  { head: 'calls', width: 5, align: 'right', text: (row) => formatCount(row.count) },
  { head: 'err', width: 3, align: 'right', text: (row) => formatNumber(row.errors) },
  { head: 'impact', width: 6, align: 'right', text: (row) => formatNumber(row.impact) },
];

const WIDE: readonly Column<SummaryRow>[] = [
  { head: 'target', width: 32, align: 'left', text: label },
  { head: 'calls', width: 6, align: 'right', text: (row) => formatCount(row.count) },
  { head: '/min', width: 5, align: 'right', text: (row) => formatNumber(row.callsPerMinute) },
  { head: 'err', width: 5, align: 'right', text: (row) => formatCount(row.errors) },
  { head: 'min', width: 6, align: 'right', text: (row) => formatDuration(row.minMs) },
  { head: 'mean', width: 6, align: 'right', text: (row) => formatDuration(row.meanMs) },
  { head: 'p50', width: 6, align: 'right', text: (row) => formatDuration(row.p50Ms) },
  { head: 'p95', width: 6, align: 'right', text: (row) => formatDuration(row.p95Ms) },
  { head: 'p99', width: 6, align: 'right', text: (row) => formatDuration(row.p99Ms) },
  { head: 'max', width: 6, align: 'right', text: (row) => formatDuration(row.maxMs) },
  { head: 'impact', width: 6, align: 'right', text: (row) => formatNumber(row.impact) },
];

const ESTIMATED = '≈';

/** The mark of the kind, the cog and the name. Where that is too long, the cog is shortened first. */
function label({ cog, kind, name, timed, count }: SummaryRow, width: number): string {
  const kindMark = TARGET_KINDS.find((candidate) => candidate.name === kind)?.mark ?? '';
  const mark = timed < count ? `${ESTIMATED}${kindMark}` : kindMark;
  if (kind === undefined) return `${mark}${cog}`;
  const room = Math.max(SHORTEST_COG, width - mark.length - 1 - name.length);
  const shortCog = cog.slice(0, room);
  // Subcommands of one command differ at the end.
  const cutName = name.includes(' ') ? cutMiddle : cut;
  return `${mark}${shortCog}·${cutName(name, width - mark.length - 1 - shortCog.length)}`;
}

interface ViewState {
  page: number;
  sort: string;
  descending: boolean;
  by: Grouping;
  window: string;
  wide: boolean;
}

const FIRST_STATE: ViewState = {
  page: 0,
  sort: 'impact',
  descending: true,
  by: 'target',
  window: 'all',
  wide: false,
};

/** As it stands in custom ids, after the action of the component: such as `3.p95.1.target.5m.0`. */
function encode({ page, sort, descending, by, window, wide }: ViewState): string {
  return [page, sort, Number(descending), by, window, Number(wide)].join('.');
}

function decode(encoded: string): ViewState {
  const [page, sort, descending, by, window, wide] = encoded.split('.');
  return {
    page: Number.parseInt(page ?? '', 10) || 0,
    sort: sort ?? FIRST_STATE.sort,
    descending: descending !== '0',
    by: GROUPINGS.find((grouping) => grouping === by) ?? FIRST_STATE.by,
    window: window ?? FIRST_STATE.window,
    wide: wide === '1',
  };
}

const TITLES: Readonly<Record<Grouping, string>> = { target: 'Targets', cog: 'Cogs', shard: 'Shards' };

function nextGrouping(by: Grouping): Grouping {
  return GROUPINGS[(GROUPINGS.indexOf(by) + 1) % GROUPINGS.length]!;
}

/** What each component changes in the state that its custom id carries. */
const ACTIONS: Record<string, (state: ViewState, chosen: string) => Partial<ViewState>> = {
  show: () => ({}),
  back: ({ page }) => ({ page: page - 1 }),
  on: ({ page }) => ({ page: page + 1 }),
  sort: (_, sort) => ({ sort, page: 0, descending: !ASCENDING_BY_NATURE.includes(sort) }),
  reverse: ({ descending }) => ({ descending: !descending, page: 0 }),
  window: (_, window) => ({ window, page: 0 }),
  by: ({ by }) => ({ by: nextGrouping(by), page: 0 }),
  wide: ({ wide }) => ({ wide: !wide }),
};

function nextState({ state: customState, values }: ComponentRequest): ViewState {
  const [action = '', encoded = ''] = customState.split('/');
  const state = encoded === '' ? FIRST_STATE : decode(encoded);
  return { ...state, ...ACTIONS[action]?.(state, values[0] ?? '') };
}

async function viewPage(profiler: Profiler, wanted: ViewState): Promise<Page> {
  const window = WINDOWS.find(({ value }) => value === wanted.window) ?? WINDOWS[0];
  const sort = SORTS.find(({ value }) => value === wanted.sort) ?? SORTS[0];
  const summary = await profiler.summary({ by: wanted.by, ...window.window });
  if (summary.rows.length === 0 && profiler.tracked.size === 0) return nothingAttached(profiler);
  const rows = sorted(summary.rows, sort.of, wanted.descending);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_PER_PAGE));
  const page = Math.min(Math.max(wanted.page, 0), pages - 1);
  const state: ViewState = { ...wanted, page, sort: sort.value, window: window.value };
  const shown = rows.slice(page * ROWS_PER_PAGE, (page + 1) * ROWS_PER_PAGE);
  const figures = codeBlock(table(wanted.wide ? WIDE : NARROW, shown));
  return {
    title: TITLES[wanted.by],
    // An embed is never wider than 60 characters, a message is as wide as the window.
    ...(wanted.wide && { content: figures }),
    text: wanted.wide ? measured(summary) : `${measured(summary)}\n${figures}`,
    footer: `Page ${page + 1}/${pages} · by ${sort.label.toLowerCase()} ${wanted.descending ? '↓' : '↑'} · ${legend(shown)}`,
    rows: controls(state, pages),
  };
}

function nothingAttached(profiler: Profiler): Page {
  return {
    title: 'Nothing is timed yet',
    text: [
      `I found ${targetsOf(profiler.targets.size)} in this bot.`,
      'Choose some with `/profiler attach`, or start with all of them; then come back here.',
    ].join(' '),
    rows: [[attachButton('all', 'Attach all')]],
  };
}

/** NaN, the figure of what was never called, goes last in both directions. */
function sorted(
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

/** What was measured, and over which time; and what is missing of it. */
function measured({ rows, missingShards, problem }: Summary): string {
  const calls = rows.reduce((sum, { count }) => sum + count, 0);
  const coveredMs = Math.max(0, ...rows.map((row) => row.coveredMs));
  return [
    `${formatCount(calls)} calls in ${formatDuration(coveredMs)} that were measured.`,
    ...(missingShards.length > 0 ? [`⚠ Without what did not answer: ${shardList(missingShards)}.`] : []),
    ...(problem === undefined ? [] : ['⚠ The store does not answer: only what is in memory.']),
  ].join('\n');
}

function shardList(shards: readonly number[]): string {
  const shown = shards.slice(0, MOST_SHARDS_NAMED).join(', ');
  const more = shards.length - MOST_SHARDS_NAMED;
  return `${shards.length === 1 ? 'shard' : 'shards'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What the marks before the names stand for, of those that are shown. */
function legend(rows: readonly SummaryRow[]): string {
  const shown = new Set(rows.map(({ kind }) => kind));
  const marks = TARGET_KINDS.filter(({ name }) => shown.has(name)).map(
    ({ mark, label }) => `${mark} ${label}`,
  );
  if (rows.some(({ timed, count }) => timed < count)) {
    marks.push(`${ESTIMATED} estimated from some of the calls, to keep the profiler's cost down`);
  }
  return [...marks, 'impact = calls/min × (mean + deviation), in ms'].join(' · ');
}

function controls(state: ViewState, pages: number) {
  const id = (action: keyof typeof ACTIONS) => componentId(view.name, `${action}/${encode(state)}`);
  return [
    [
      select(
        id('sort'),
        SORTS.map(({ value, label }) => ({ value, label: `Sort by ${label}` })),
        state.sort,
      ),
    ],
    [
      select(
        id('window'),
        WINDOWS.map(({ value, label }) => ({ value, label })),
        state.window,
      ),
    ],
    [
      button(id('back'), '◀ Back', 'secondary', state.page === 0),
      button(id('on'), 'Next ▶', 'secondary', state.page >= pages - 1),
      button(id('show'), 'Refresh', 'primary'),
    ],
    [
      button(id('reverse'), 'Reverse'),
      button(id('by'), `By ${nextGrouping(state.by)}`),
      button(id('wide'), state.wide ? 'Narrow table' : 'Wide table'),
    ],
  ];
}
