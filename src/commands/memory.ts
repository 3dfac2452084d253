import { ProfilerError } from '../errors.ts';
import type { ClassCensus, ClassCount } from '../memory/classes/census.ts';
import { nearest } from '../memory/nearest.ts';
import type { ReloadLeaks } from '../memory/reloads/report.ts';
import type { Profiler } from '../profiler.ts';
import { type Page, PHONE_WIDTH } from '../render/page.ts';
import { type Column, table } from '../render/table.ts';
import { code, codeBlock, moment } from '../render/text.ts';
import { formatCount, formatDuration, plural } from '../render/units.ts';
import { type Controls, createMenu, menuButton } from './desk/menu.ts';
import { byCogText, sampledByCogText } from './heap/by-cog.ts';
import { PATH as SNAPSHOT_PATH } from './heap-snapshot.ts';
import { holdUpLabel, pauseText } from './memory/pause.ts';
import { processPage } from './memory/process-page.ts';
import { reloadsDrawn, reloadsHint } from './memory/reloads-page.ts';
import { partOf } from './pages/paged.ts';
import { DRAWN_ANEW, refreshButtons, turning, turningButtons } from './pages/turning.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const DEFAULT_LIMIT = 15;
const MOST_CLASSES = 50;
const LONGEST_NAME = 100;

/** What is shown: the process, the question whether the bot may be held up, the classes, what cogs hold, or reloads left. */
type View = 'process' | 'ask' | 'types' | 'cogs' | 'reloads';
type State = { readonly view: View | string; readonly limit: number; readonly page: number };
type ActionName = 'go' | 'census' | 'find' | 'turn' | 'jump';

const menu = createMenu<State, ActionName>('memory', {
  initial: { view: 'process', limit: DEFAULT_LIMIT, page: 0 },
  actions: {
    ...turning(),
    go: (state, [view = 'process']) => ({ to: { ...state, view, page: 0 } }),
    census: (state, _, { profiler }) => {
      const { pauseMs } = profiler.memory.census();
      const notice = `The bot was held up for ${formatDuration(pauseMs)}.`;
      return { to: { ...state, view: 'types', page: 0 }, notice };
    },
    find: {
      form: () => ({
        title: 'Find a class',
        fields: [
          { name: 'name', label: 'Class', placeholder: 'Message', required: true, longest: LONGEST_NAME },
        ],
      }),
      submit: (state, answers, { profiler }) => ({
        to: state,
        notice: found(profiler.memory.lastCensus, (answers.get('name') ?? '').trim()),
      }),
    },
  },
  async page(controls, { profiler, draw, isLive }) {
    const { state, button } = controls;
    const { memory } = profiler;
    if (state.view === 'ask') return askPage(profiler, controls);
    if (state.view === 'cogs') return cogsPage(profiler, controls);
    if (state.view === 'types' && memory.lastCensus !== undefined)
      return typesPage(memory.lastCensus, controls);
    const reloads = await memory.reloadLeaks();
    if (state.view === 'reloads') return reloadsPage(reloads, controls, isLive);
    const page = await processPage(await memory.now(), memory.trend(), draw);
    return {
      ...page,
      text: [reloadsHint(reloads) ?? [], page.text].flat().join('\n'),
      footer: [...(isLive ? [DRAWN_ANEW] : []), 'shares: of the heap limit, and of what stands above'].join(
        ' · ',
      ),
      rows: [
        [
          ...refreshButtons({ button }, isLive),
          button('go', 'By class…', { argument: memory.lastCensus === undefined ? 'ask' : 'types' }),
          button('go', 'By cog', { argument: 'cogs' }),
          button('go', 'Reloads', { argument: 'reloads' }),
        ],
      ],
    };
  },
});

export const memory: Subcommand = {
  name: 'memory',
  description: 'Show what the memory of the bot goes to, how it went, and which objects there are most of',
  options: [
    {
      type: OPTION.integer,
      name: 'limit',
      description: `Classes on a page, up to ${MOST_CLASSES} (default: ${DEFAULT_LIMIT})`,
      min_value: 1,
      max_value: MOST_CLASSES,
    },
    {
      type: OPTION.string,
      name: 'by',
      description: 'What the memory is told by (default: the process as a whole)',
      choices: [{ name: 'cog', value: 'cog' }],
    },
  ],
  menu,
  run: ({ options }) => ({
    to: menu.stateWith({
      limit: Number(options.get('limit') ?? DEFAULT_LIMIT),
      view: options.get('by') === 'cog' ? 'cogs' : 'process',
    }),
  }),
};

/** What each cog holds, as the latest heap snapshot says; and what it has allocated, while that is sampled. */
function cogsPage({ memory }: Profiler, { button }: Controls<State, ActionName>): Page {
  const { latest } = memory.snapshots;
  const live = memory.allocations.liveByCog();
  const held = latest?.cogs && byCogText(latest.cogs);
  const sampled = live && sampledByCogText(live);
  const isKnown = held !== undefined || sampled !== undefined;
  return {
    title: isKnown ? 'Live memory by cog' : 'What each cog holds is not known yet',
    ...(isKnown && { content: [held?.content ?? [], sampled?.content ?? []].flat().join('\n') }),
    text: [
      held === undefined
        ? 'A heap snapshot tells what each cog holds: `/profiler heap snapshot` takes one, after it has said for how long that holds up the bot.'
        : `By the heap snapshot of ${moment(latest!.takenAtEpochMs, 'R')}.\n${held.text}`,
      sampled?.text ?? '`/profiler heap sources` samples what each cog allocates from now on.',
    ].join('\n\n'),
    rows: [
      [
        menuButton(SNAPSHOT_PATH, 'Heap snapshots…'),
        menuButton('heap sources', 'Sources…'),
        button('go', 'Process', { argument: 'process' }),
      ],
    ],
  };
}

function askPage({ memory }: Profiler, { button }: Controls<State, ActionName>): Page {
  const pause = memory.expectedPause();
  return {
    title: 'Count all objects by class?',
    text: [
      pauseText(pause),
      '',
      'It says how many objects of each class there are, not how large they are. `/profiler heap snapshot` says that too, and takes longer.',
    ].join('\n'),
    tone: 'warning',
    rows: [
      [
        button('census', holdUpLabel(pause), { style: 'danger' }),
        button('go', 'Cancel', { argument: 'process' }),
      ],
    ],
  };
}

function typesPage(
  { classes, objects, atEpochMs, pauseMs }: ClassCensus,
  { state, button }: Controls<State, ActionName>,
): Page {
  const limit = Math.max(1, Math.min(MOST_CLASSES, state.limit));
  const { items, page, pages } = partOf(classes, state.page, limit);
  return {
    title: `${plural(objects, 'object')} of ${plural(classes.length, 'name')}`,
    text: [
      codeBlock(table(COLUMNS, items)),
      `Counted ${moment(atEpochMs, 'R')}; the bot was held up for ${formatDuration(pauseMs)}.`,
    ].join('\n'),
    footer: `Page ${page + 1}/${pages} · without garbage, and without what has no prototype`,
    rows: [
      [
        ...turningButtons({ button }, { page, pages }),
        button('find', 'Find…'),
        button('go', 'Count again…', { argument: 'ask' }),
      ],
      [button('go', 'Process', { argument: 'process' })],
    ],
  };
}

function reloadsPage(
  report: ReloadLeaks,
  { state, button }: Controls<State, ActionName>,
  isLive: boolean,
): Page {
  const { page, pages, ...drawn } = reloadsDrawn(report, state.page);
  return {
    ...drawn,
    footer: `Page ${page + 1}/${pages} · this process`,
    rows: [
      [...refreshButtons({ button }, isLive), ...turningButtons({ button }, { page, pages })],
      [button('go', 'Process', { argument: 'process' })],
    ],
  };
}

/** @throws ProfilerError UNKNOWN_CLASS, with the nearest names */
function found(census: ClassCensus | undefined, name: string): string {
  const classes = census?.classes ?? [];
  const one = classes.find((known) => known.name === name);
  if (one !== undefined) return `${code(one.name)}: ${plural(one.count, 'object')}.`;
  const names = classes.map((known) => known.name);
  throw new ProfilerError('UNKNOWN_CLASS', name, nearest(name, names));
}

const COUNT_WIDTH = 8;
const COLUMNS: readonly Column<ClassCount>[] = [
  { head: 'class', width: PHONE_WIDTH.embed - COUNT_WIDTH - 1, align: 'left', text: ({ name }) => name },
  { head: 'objects', width: COUNT_WIDTH, align: 'right', text: ({ count }) => formatCount(count) },
];
