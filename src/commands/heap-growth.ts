import type { GrowthReport, GrowthRow } from '../memory/growth/report.ts';
import type { CounterUnit } from '../memory/growth/series.ts';
import type { Slope } from '../memory/growth/slope.ts';
import { type Page, PHONE_WIDTH } from '../render/page.ts';
import { type Column, table } from '../render/table.ts';
import { code, codeBlock, moment, someOf } from '../render/text.ts';
import { formatBytes, formatNumber, formatSpan, plural } from '../render/units.ts';
import { type Controls, createMenu } from './desk/menu.ts';
import { holdUpLabel, pauseText } from './memory/pause.ts';
import { reloadsHint } from './memory/reloads-page.ts';
import { partOf } from './pages/paged.ts';
import { refreshButtons, turning, turningButtons } from './pages/turning.ts';
import { WATCH_OPTION } from './pages/watch-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const ROWS_PER_PAGE = 10;
const MOST_SENTENCES = 5;
const MOST_RELOADS = 3;
const MS_PER_S = 1_000;
const LEAST_SAMPLES = 4;

type State = { readonly page: number; readonly isAsking: boolean };
type ActionName = 'start' | 'stop' | 'count' | 'ask' | 'census' | 'turn' | 'jump';

const menu = createMenu<State, ActionName>('heap growth', {
  initial: { page: 0, isAsking: false },
  actions: {
    ...turning(),
    start: (state, _, { profiler }) => {
      profiler.memory.startGrowth();
      return { to: { ...state, page: 0 } };
    },
    stop: async (state, _, { profiler }) => {
      await profiler.memory.stopGrowth();
      return { to: state };
    },
    count: async (state, _, { profiler }) => {
      await profiler.memory.countGrowth();
      return { to: state };
    },
    ask: (state, [isAsking]) => ({ to: { ...state, isAsking: isAsking === '1' } }),
    census: (state, _, { profiler }) => {
      profiler.memory.census();
      return { to: { ...state, isAsking: false } };
    },
  },
  async page(controls, { profiler: { memory }, isLive }) {
    const { state, button } = controls;
    if (state.isAsking) {
      const pause = memory.expectedPause();
      return {
        title: 'Count all objects by class?',
        text: `${pauseText(pause)}\n\nAfter the second time it is known of which classes there are more.`,
        tone: 'warning',
        rows: [
          [
            button('census', holdUpLabel(pause), { style: 'danger' }),
            button('ask', 'Cancel', { argument: '0' }),
          ],
        ],
      };
    }
    const report = memory.growth();
    if (report === undefined) return notStarted(controls);
    const page = growthPage(report, controls, isLive);
    const hint = reloadsHint(await memory.reloadLeaks());
    return hint === undefined ? page : { ...page, text: `${hint}\n${page.text}` };
  },
});

export const growth: Subcommand = {
  group: 'heap',
  name: 'growth',
  description: 'Show what grows: caches, listeners, timers, sockets, calls; and since which reload',
  options: [
    WATCH_OPTION,
    {
      type: OPTION.number,
      name: 'interval',
      description: 'Seconds from one count to the next, from 5 to 3600 (default: 30)',
      min_value: 5,
      max_value: 3_600,
    },
  ],
  menu,
  async run({ profiler: { memory }, options }) {
    const intervalS = options.get('interval');
    const action = options.get('action');
    if (action === 'start')
      memory.startGrowth(intervalS === undefined ? {} : { intervalMs: Number(intervalS) * MS_PER_S });
    if (action === 'stop') await memory.stopGrowth();
    return { to: '' };
  },
};

function notStarted({ button }: Controls<State, ActionName>): Page {
  return {
    title: 'What grows is not watched',
    text: 'Start it, and come back after some minutes: slow leaks take hours. It costs a thousandth of the time at most, and ends with the bot.',
    rows: [[button('start', 'Start', { style: 'primary' })]],
  };
}

/** What grew, and how fast. */
function growthPage(
  report: GrowthReport,
  { state, button }: Controls<State, ActionName>,
  isLive: boolean,
): Page {
  const drawn = growthDrawn(report, state.page);
  const { page, pages, ...shown } = drawn;
  return {
    ...shown,
    footer: [`Page ${page + 1}/${pages}`, 'this process', ABOUT_UNCERTAINTY].join(' · '),
    rows: [
      [...refreshButtons({ button }, isLive), ...turningButtons({ button }, { page, pages })],
      report.isRunning
        ? [
            button('count', 'Count now'),
            button('ask', 'Count classes…', { argument: '1' }),
            button('stop', 'Stop', { style: 'danger' }),
          ]
        : [button('start', 'Start anew', { style: 'primary' })],
    ],
  };
}

const ABOUT_UNCERTAINTY =
  '±: 95 %, if it is a straight line with noise that fades; what wanders is less certain';

/** Exported for its test. */
export function growthDrawn(
  report: GrowthReport,
  wantedPage: number,
): Pick<Page, 'title' | 'tone' | 'content' | 'text'> & { page: number; pages: number } {
  const { rows, samples, counters, isRunning, startedAtEpochMs, toEpochMs, intervalMs, reloads } = report;
  const { items, page, pages } = partOf(rows, wantedPage, ROWS_PER_PAGE);
  const growing = rows.filter(({ isGrowing }) => isGrowing);
  const isEarly = samples < LEAST_SAMPLES;
  return {
    title: titleOf(growing.length, rows.length, isEarly),
    tone: growing.length > 0 ? 'warning' : isEarly ? 'plain' : 'good',
    content: items.length === 0 ? '' : codeBlock(table(COLUMNS, items)),
    text: [
      ...items
        .filter(({ isGrowing, before }) => isGrowing || before !== undefined)
        .slice(0, MOST_SENTENCES)
        .map(sentenceOf),
      ...(items.length === 0 && !isEarly
        ? ['Nothing exceeds what it was in the first half of the time.']
        : []),
      ...(reloads.length > 0
        ? [
            `Reloaded meanwhile: ${someOf(
              [...reloads].reverse().map(({ cog }) => code(cog)),
              MOST_RELOADS,
            )}.`,
          ]
        : []),
      `-# ${plural(counters, 'counter')}, counted ${samples === 1 ? 'once' : `${samples} times`}${
        isRunning ? `, each ${formatSpan(intervalMs)},` : ''
      } since ${moment(startedAtEpochMs, 'F')}${isRunning ? '' : `, until ${moment(toEpochMs, 'F')}; it was stopped`}.`,
    ].join('\n'),
    page,
    pages,
  };
}

function titleOf(growing: number, risen: number, isEarly: boolean): string {
  if (isEarly) return 'Too early to say what grows';
  if (growing > 0) return growing === 1 ? '1 counter grows' : `${growing} counters grow`;
  return risen > 0 ? 'Nothing grows for sure' : 'Nothing grows';
}

/** Such as `channel.messages cache` grows 41/h ± 3 since the reload of `music`; before that, 2/h ± 1. */
function sentenceOf({ name, unit, slope, since, before, isGrowing }: GrowthRow): string {
  const when = since === undefined ? '' : ` since the reload of ${code(since.cog)}`;
  const then = before === undefined ? '' : `; before that ${slopeText(before, unit)}`;
  const how = slope === undefined ? '' : ` ${slopeText(slope, unit)}`;
  return `${isGrowing ? '📈' : '▫'} ${code(name)} ${isGrowing ? 'grows' : 'went'}${how}${when}${then}.`;
}

function slopeText({ perHour, uncertaintyPerHour }: Slope, unit: CounterUnit): string {
  const give = Number.isFinite(uncertaintyPerHour) ? `± ${amount(uncertaintyPerHour, unit)}` : 'or so';
  return `${signed(perHour, unit)}/h ${give}`;
}

function amount(value: number, unit: CounterUnit): string {
  return unit === 'bytes' ? formatBytes(value) : formatNumber(value);
}

function signed(value: number, unit: CounterUnit): string {
  return `${value < 0 ? '−' : ''}${amount(Math.abs(value), unit)}`;
}

/** In six characters. */
function short(value: number, unit: CounterUnit): string {
  return unit === 'bytes' ? formatNumber(value).replace(/^(\d+\.\d)\d/, '$1') : formatNumber(value);
}

const FIGURE_WIDTH = 6;
const FIGURES = 3;

function figure(head: string, text: (row: GrowthRow) => string): Column<GrowthRow> {
  return { head, width: FIGURE_WIDTH, align: 'right', text };
}

const COLUMNS: readonly Column<GrowthRow>[] = [
  {
    head: ' grew',
    width: PHONE_WIDTH.content - FIGURES * (FIGURE_WIDTH + 1),
    align: 'left',
    text: ({ name, isGrowing }) =>
      `${isGrowing ? '!' : '·'}${name.replace(/ (cache|listeners|resources)$/, '')}`,
  },
  figure('now', ({ value, unit }) => short(value, unit)),
  figure('more', ({ peak, formerPeak, unit }) => `+${short(peak - formerPeak, unit)}`),
  figure('/h', ({ slope, unit }) =>
    slope === undefined ? '–' : `${slope.perHour < 0 ? '−' : ''}${short(Math.abs(slope.perHour), unit)}`,
  ),
];
