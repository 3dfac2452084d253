import { keyOf } from '../cog/select.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { formatDuration } from '../render/units.ts';
import { GROUPINGS, type Grouping, type SummaryRow } from '../store/summary.ts';
import { type Controls, createMenu } from './desk/menu.ts';
import { inspectMenu, shortKey } from './inspect.ts';
import { acksPage } from './pages/acks-page.ts';
import { attachButton } from './pages/attach-pages.ts';
import { BY_NAME, FIGURES, LAYOUTS, legend } from './pages/columns.ts';
import { partOf } from './pages/paged.ts';
import { FILTER_SYNTAX, rowFilter } from './pages/row-filter.ts';
import { plural } from './pages/sizes.ts';
import { kindLabel, targetsOf } from './pages/target-option.ts';
import { trackedMenu } from './pages/tracked.ts';
import { turningButtons } from './pages/turning.ts';
import { figuresOf, headline, measured, sorted, worst } from './pages/view-parts.ts';
import { WINDOWS_OF_ACKS, windowOf, windowOfAcks, windowsWithin } from './pages/windows.ts';
import type { Subcommand } from './subcommand.ts';

const ROWS_PER_PAGE = 10;
/** Custom ids have no room for more. */
const LONGEST_FILTER = 40;

const SORTS = [...FIGURES, BY_NAME];

/** The page about acknowledgements, which is none of the groupings. */
const ACKS = 'acks';
/** What the button for it leads through, and how it is called there. */
const VIEWS = [...GROUPINGS, ACKS] as const;
const VIEW_LABELS = {
  target: 'By target',
  cog: 'By cog',
  shard: 'By shard',
  [ACKS]: 'Acks',
} as const satisfies Record<(typeof VIEWS)[number], string>;

const INITIAL = {
  page: 0,
  sort: FIGURES[0].name as string,
  descending: true,
  by: 'target' as string,
  window: 'all',
  layout: LAYOUTS[0].name as string,
  filter: '',
};
type State = typeof INITIAL;

type ActionName =
  | 'turn'
  | 'jump'
  | 'sort'
  | 'reverse'
  | 'window'
  | 'by'
  | 'layout'
  | 'filter'
  | 'open'
  | 'tracked';

type Buttons = Omit<Controls<State, ActionName>, 'state'>;

const menu = createMenu<State, ActionName>('view', {
  initial: INITIAL,
  actions: {
    turn: (state, [step]) => ({ to: { ...state, page: state.page + Number(step) } }),
    jump: {
      form: () => ({
        title: 'Which page?',
        fields: [{ name: 'page', label: 'Page', required: true, longest: 5 }],
      }),
      submit: (state, answers) => {
        const page = Number(answers.get('page'));
        const isPage = Number.isInteger(page) && page > 0;
        return isPage
          ? { to: { ...state, page: page - 1 } }
          : { to: state, notice: '⚠ A page is a number, such as 2.' };
      },
    },
    sort: (state, [sort = '']) => ({
      to: { ...state, page: 0, sort, descending: sort !== BY_NAME.name },
    }),
    reverse: (state) => ({ to: { ...state, page: 0, descending: !state.descending } }),
    window: (state, [window = '']) => ({ to: { ...state, page: 0, window } }),
    by: (state, [by]) => ({ to: { ...state, page: 0, by: by ?? after(VIEWS, state.by) } }),
    layout: (state) => ({
      to: {
        ...state,
        layout: after(
          LAYOUTS.map(({ name }) => name),
          state.layout,
        ),
      },
    }),
    filter: {
      form: ({ filter }) => ({
        title: 'Filter',
        fields: [
          {
            name: 'filter',
            label: 'Show only (empty: everything)',
            value: filter,
            placeholder: FILTER_SYNTAX,
            longest: LONGEST_FILTER,
          },
        ],
      }),
      submit: (state, answers) => ({ to: { ...state, page: 0, filter: answers.get('filter') ?? '' } }),
    },
    open: (state, [key = '']) =>
      state.by === 'cog'
        ? { to: { ...state, page: 0, by: 'target', filter: filterOfCog(key) } }
        : { open: inspectMenu, at: inspectMenu.stateWith({ key: shortKey(key), window: state.window }) },
    tracked: () => ({ open: trackedMenu, at: '' }),
  },
  page: ({ state, ...controls }, { profiler, isLive }) => viewPage(profiler, state, controls, isLive),
});

/** Where the page about acknowledgements is. */
export const ACKS_STATE = menu.stateWith({ by: ACKS });

export const view: Subcommand = {
  name: 'view',
  description: 'Show what is slow: durations, calls, errors and impact of all that is timed',
  menu,
  run: () => ({ to: '' }),
};

async function viewPage(
  profiler: Profiler,
  wanted: State,
  controls: Buttons,
  isLive: boolean,
): Promise<Page> {
  if (wanted.by === ACKS) return drawAcks(profiler, wanted, controls, isLive);
  const by = GROUPINGS.find((grouping) => grouping === wanted.by) ?? GROUPINGS[0];
  const sort = SORTS.find(({ name }) => name === wanted.sort) ?? FIGURES[0];
  const layout = LAYOUTS.find(({ name }) => name === wanted.layout) ?? LAYOUTS[0];
  const summary = await profiler.summary({ by, ...windowOf(wanted.window).window });
  if (summary.rows.length === 0 && profiler.tracked.size === 0) return nothingAttached(profiler, controls);
  // What filters look for, shards do not have.
  const filter = by === 'shard' ? '' : wanted.filter;
  const passing = summary.rows.filter(rowFilter(filter));
  const rows = sorted(passing, sort.of, wanted.descending);
  const { items: shown, page, pages } = partOf(rows, wanted.page, ROWS_PER_PAGE);
  return {
    title: TITLES[by],
    tone: worst(passing),
    // Above the embed there is more room, on phones and on desktops.
    content: [...headline(passing, by), figuresOf(shown, layout, sort.name)].join('\n'),
    text: [
      ...measured(summary, passing),
      ...(filter === '' ? [] : [`Only ${code(filter)}: ${rows.length} of ${summary.rows.length}.`]),
    ].join('\n'),
    footer: [
      `Page ${page + 1}/${pages}`,
      `by ${sort.label.toLowerCase()} ${wanted.descending ? '↓' : '↑'}`,
      ...(isLive ? ['drawn anew every 10 s'] : []),
      legend(shown),
      'impact: ms a minute, calls × (mean + deviation)',
    ]
      .filter(Boolean)
      .join(' · '),
    rows: rowsOf(
      profiler,
      { ...wanted, page, sort: sort.name, layout: layout.name },
      controls,
      by,
      pages,
      shown,
      isLive,
    ),
  };
}

const TITLES: Readonly<Record<Grouping, string>> = {
  target: 'What takes the time, by target',
  cog: 'What takes the time, by cog',
  shard: 'What takes the time, by shard',
};

function nothingAttached(profiler: Profiler, { button }: Buttons): Page {
  return {
    title: 'Nothing is timed yet',
    text: [
      `I found ${targetsOf(profiler.targets.size)} in this bot.`,
      'Choose some with `/profiler attach`, or start with all of them; then come back here.',
    ].join(' '),
    rows: [[attachButton('all', 'Attach all'), button('by', VIEW_LABELS[ACKS], { argument: ACKS })]],
  };
}

async function drawAcks(
  profiler: Profiler,
  state: State,
  { button, select }: Buttons,
  isLive: boolean,
): Promise<Page> {
  const chosen = windowOfAcks(state.window);
  const { page, pages, ...drawn } = acksPage(await profiler.deadlines(chosen.window), state.page);
  return {
    ...drawn,
    rows: [
      [select('window', WINDOWS_OF_ACKS, chosen.value, { placeholder: 'Window' })],
      turningButtons({ button }, { page, pages, isLive }),
      [button('by', VIEW_LABELS[after(VIEWS, ACKS)])],
    ],
  };
}

function rowsOf(
  { retentionMs }: Profiler,
  state: State,
  { button, select }: Buttons,
  by: Grouping,
  pages: number,
  shown: readonly SummaryRow[],
  isLive: boolean,
) {
  const opened = shown.map((row) => ({
    value: keyOf(row.id),
    label: row.kind === undefined ? row.name : `${row.cog} › ${row.name}`,
    description: `${row.kind === undefined ? '' : `${kindLabel(row.kind)}, `}p95 ${formatDuration(row.p95Ms)}, ${plural(row.count, 'call')}`,
  }));
  return [
    ...(opened.length > 0 && by !== 'shard'
      ? [[select('open', opened, '', { placeholder: by === 'cog' ? 'Show the targets of…' : 'Inspect…' })]]
      : []),
    [
      select(
        'sort',
        SORTS.map(({ name, label }) => ({ value: name, label: `Sort by ${label}` })),
        state.sort,
        { placeholder: 'Sort' },
      ),
    ],
    [select('window', windowsWithin(retentionMs), windowOf(state.window).value, { placeholder: 'Window' })],
    turningButtons({ button }, { page: state.page, pages, isLive }),
    [
      button('filter', state.filter === '' ? 'Filter' : 'Filter ✓'),
      button('reverse', state.descending ? 'Sort ↑' : 'Sort ↓'),
      button('by', VIEW_LABELS[after(VIEWS, by)]),
      button(
        'layout',
        LAYOUTS.find(
          ({ name }) =>
            name ===
            after(
              LAYOUTS.map(({ name }) => name),
              state.layout,
            ),
        )!.label,
      ),
      button('tracked', 'Attach…'),
    ],
  ];
}

/** The one behind it, or the first. */
function after<Name extends string>(names: readonly Name[], name: string): Name {
  return names[(names.indexOf(name as Name) + 1) % names.length]!;
}

function filterOfCog(cog: string): string {
  return `cog:${cog.split(/\s/)[0]}`.slice(0, LONGEST_FILTER);
}
