import { SOURCES_INTERVAL_MS } from '../memory/allocations/options.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { formatDurationShort } from '../render/units.ts';
import { type Controls, createMenu } from './desk/menu.ts';
import { pauseText } from './memory/pause.ts';
import { shareText, sourceEntries, sourcesDrawn } from './memory/sources-page.ts';
import { refreshButtons } from './pages/turning.ts';
import { WATCH_OPTION } from './pages/watch-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const MS_PER_S = 1_000;
const INTERVAL_S = {
  min: SOURCES_INTERVAL_MS.min / MS_PER_S,
  max: SOURCES_INTERVAL_MS.max / MS_PER_S,
  default: SOURCES_INTERVAL_MS.default / MS_PER_S,
};
const MAX = { min: 1, max: 30, default: 5 } as const;
/** A select menu has no more entries. */
const MOST_ENTRIES = 25;

const INITIAL = {
  isAsking: false,
  intervalS: INTERVAL_S.default as number,
  max: MAX.default as number,
  picked: 0,
};
type State = typeof INITIAL;
type ActionName = 'ask' | 'start' | 'stop' | 'look' | 'pick';

const menu = createMenu<State, ActionName>('heap sources', {
  initial: INITIAL,
  actions: {
    ask: (state, [isAsking]) => ({ to: { ...state, isAsking: isAsking === '1' } }),
    start: async (state, _, { profiler }) => {
      await profiler.memory.allocations.startSources({ intervalMs: secondsOf(state) * MS_PER_S });
      return { to: { ...state, isAsking: false, picked: 0 } };
    },
    stop: (state, _, { profiler }) => {
      profiler.memory.allocations.stopSources();
      return { to: state };
    },
    look: async (state, _, { profiler }) => {
      await profiler.memory.allocations.lookAtSources();
      return { to: { ...state, picked: 0 } };
    },
    pick: (state, [picked]) => ({ to: { ...state, picked: Number(picked) } }),
  },
  page(controls, { profiler, isLive }) {
    const { state } = controls;
    if (state.isAsking) return askPage(profiler, controls);
    return profiler.memory.allocations.sources() === undefined
      ? notStarted(controls)
      : sourcesPage(profiler, controls, isLive);
  },
});

export const sources: Subcommand = {
  group: 'heap',
  name: 'sources',
  description: 'Show which lines of which cogs leave new objects behind, interval after interval',
  options: [
    WATCH_OPTION,
    {
      type: OPTION.integer,
      name: 'interval',
      description: `Seconds from one look to the next, from ${INTERVAL_S.min} to ${INTERVAL_S.max} (default: ${INTERVAL_S.default})`,
      min_value: INTERVAL_S.min,
      max_value: INTERVAL_S.max,
    },
    {
      type: OPTION.integer,
      name: 'max',
      description: `How many sources are shown, up to ${MAX.max} (default: ${MAX.default})`,
      min_value: MAX.min,
      max_value: MAX.max,
    },
  ],
  menu,
  run({ profiler, options }) {
    const { allocations } = profiler.memory;
    const action = options.get('action');
    if (action === 'stop') allocations.stopSources();
    const isAsking = action === 'start' && allocations.sources()?.isRunning !== true;
    const intervalS = Number(options.get('interval') ?? INTERVAL_S.default);
    const max = Number(options.get('max') ?? MAX.default);
    const notice = action === 'start' && !isAsking ? 'It is watched already.' : undefined;
    return { to: menu.stateWith({ isAsking, intervalS, max }), ...(notice !== undefined && { notice }) };
  },
};

function askPage(profiler: Profiler, { state, button }: Controls<State, ActionName>): Page {
  const pause = profiler.memory.allocations.expectedPause({ intervalBytes: 2 ** 19 });
  return {
    title: 'Watch where new objects come from?',
    text: [
      'V8 goes on sampling what stays in memory, which costs some percent at most. At each look it collects all garbage, and writes out what it has.',
      `${pauseText(pause)} ${shareText(pause.atMostMs, secondsOf(state) * MS_PER_S)}`,
      'It goes on until you stop it, or the bot ends.',
    ].join('\n\n'),
    tone: 'warning',
    rows: [
      [
        button('start', `Watch, each look up to ${formatDurationShort(pause.atMostMs)}`, { style: 'danger' }),
        button('ask', 'Cancel', { argument: '0' }),
      ],
    ],
  };
}

function notStarted({ button }: Controls<State, ActionName>): Page {
  return {
    title: 'Where new objects come from is not watched',
    text: 'Once it is, each look tells which lines leave new objects behind. After three of them, what was only filled once stands out no more.',
    rows: [[button('ask', 'Watch…', { style: 'primary', argument: '1' })]],
  };
}

function sourcesPage(
  profiler: Profiler,
  { state, button, select }: Controls<State, ActionName>,
  isLive: boolean,
): Page {
  const { allocations } = profiler.memory;
  const report = allocations.sources()!;
  const max = Math.max(MAX.min, Math.min(MAX.max, state.max));
  const entries = sourceEntries(report, Math.min(max, MOST_ENTRIES), profiler.rootDir);
  const { atMostMs } = allocations.expectedPause({ intervalBytes: report.intervalBytes });
  return {
    ...sourcesDrawn(report, max, state.picked, profiler.rootDir),
    rows: [
      ...(entries.length > 1
        ? [[select('pick', entries, String(state.picked), { placeholder: 'Stack of…' })]]
        : []),
      [
        ...refreshButtons({ button }, isLive),
        ...(report.isRunning
          ? [
              button('look', `Look now, up to ${formatDurationShort(atMostMs)}`),
              button('stop', 'Stop', { style: 'danger' }),
            ]
          : [button('ask', 'Watch anew…', { style: 'primary', argument: '1' })]),
      ],
    ],
  };
}

/** What was typed may be of another version. */
function secondsOf({ intervalS }: State): number {
  return Math.max(INTERVAL_S.min, Math.min(INTERVAL_S.max, intervalS));
}
