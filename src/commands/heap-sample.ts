import { ProfilerError } from '../errors.ts';
import { ALLOCATION_FORMATS, type AllocationFormatName } from '../memory/allocations/formats/index.ts';
import type { AllocationReport } from '../memory/allocations/report.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { cut, plain, sentence } from '../render/text.ts';
import { formatBytes } from '../render/units.ts';
import { type Controls, createMenu, type Outcome } from './desk/menu.ts';
import { holdUpLabel } from './memory/pause.ts';
import { SAMPLE_TABS, sampleProgress, sampleQuestion, sampleReport } from './memory/sample-pages.ts';
import { decodeSample, encodeSample, SAMPLE_OPTIONS, sampleOptions } from './memory/sample-plan.ts';
import { profileFilePage } from './pages/profile-file.ts';
import { targetChoices } from './pages/target-option.ts';
import { turning, turningButtons } from './pages/turning.ts';
import type { Request, Subcommand } from './subcommand.ts';

const PROGRESS_EVERY_MS = 5_000;
const LONGEST_LABEL = 100;

/** Where the way to a sample stands. */
const STAGES = { ask: 'ask', begin: 'begin', run: 'run', show: 'show' } as const;

const INITIAL = {
  stage: STAGES.show as string,
  id: '',
  tab: SAMPLE_TABS[0].name as string,
  page: 0,
  plan: '',
};
type State = typeof INITIAL;
type ActionName =
  | 'ask'
  | 'begin'
  | 'stop'
  | 'cancel'
  | 'tab'
  | 'open'
  | 'export'
  | 'remove'
  | 'clear'
  | 'turn'
  | 'jump';

const menu = createMenu<State, ActionName>('heap sample', {
  initial: INITIAL,
  actions: {
    ...turning(),
    ask: (_, [plan]) => ({ to: { ...INITIAL, stage: STAGES.ask, plan: plan || encodeSample({}) } }),
    begin: (state) => ({ to: { ...state, stage: STAGES.begin } }),
    stop: (state, _, { profiler }) => {
      // What there is then is shown by `goingOn`.
      void profiler.memory.allocations.latestRun?.stop();
      return { to: state };
    },
    cancel: (state, _, { profiler }) => {
      if (state.stage === STAGES.run) profiler.memory.allocations.latestRun?.cancel();
      return { to: INITIAL, notice: 'Nothing was sampled.' };
    },
    tab: (state, [tab = '']) => ({ to: { ...state, tab, page: 0 } }),
    open: (state, [id = '']) => ({ to: { ...INITIAL, id, tab: state.tab } }),
    export: (state, [name = ''], request) => exported(state.id, name, request),
    remove: (state, _, { profiler }) => {
      const report = reportOf(profiler, state.id);
      if (report !== undefined) profiler.memory.allocations.remove(report.id);
      return { to: INITIAL };
    },
    clear: (_, __, { profiler }) => {
      profiler.memory.allocations.clear();
      return { to: INITIAL, notice: '✓ All samples are forgotten.' };
    },
  },
  goingOn(state, { profiler, user }) {
    const { allocations } = profiler.memory;
    if (state.stage === STAGES.begin) {
      const begun = async () => {
        await allocations.start({ ...decodeSample(state.plan, profiler), startedBy: user.username });
        return { to: { ...INITIAL, stage: STAGES.run } };
      };
      return { over: begun().catch(problemAbove) };
    }
    const run = allocations.latestRun;
    if (state.stage !== STAGES.run || run === undefined) return undefined;
    const over = run.done.then(({ id }) => ({ to: { ...INITIAL, id } }));
    return { everyMs: PROGRESS_EVERY_MS, over: over.catch(problemAbove) };
  },
  page(controls, { profiler }) {
    const { state, button } = controls;
    const { allocations } = profiler.memory;
    if (state.stage === STAGES.ask || state.stage === STAGES.begin) return planPage(profiler, controls);
    const run = allocations.latestRun;
    if (state.stage === STAGES.run && run !== undefined) {
      return {
        ...sampleProgress(run),
        rows: [
          [button('stop', 'Stop now', { style: 'primary' }), button('cancel', 'Cancel', { style: 'danger' })],
        ],
      };
    }
    const report = reportOf(profiler, state.id);
    return report === undefined ? emptyPage(controls) : reportPage(report, profiler, controls);
  },
});

export const sample: Subcommand = {
  group: 'heap',
  name: 'sample',
  description: 'Show which cogs, lines and functions allocate what stays in memory, or all of it',
  options: SAMPLE_OPTIONS,
  menu,
  run({ profiler, options }) {
    const { allocations } = profiler.memory;
    if (isRunning(profiler)) return { to: menu.stateWith({ stage: STAGES.run }), notice: BUSY };
    if (options.size === 0 && allocations.list.length > 0) return { to: '' };
    return {
      to: menu.stateWith({ stage: STAGES.ask, plan: encodeSample(sampleOptions(options, profiler)) }),
    };
  },
  autocomplete: (typed, { tracked }) => targetChoices(typed, tracked),
};

const BUSY = 'One sample at a time: this one was not started by you just now.';

function isRunning({ memory }: Profiler): boolean {
  const stage = memory.allocations.latestRun?.progress.stage;
  return stage !== undefined && stage !== 'over';
}

/** The latest where none is named; undefined where it is not kept. */
function reportOf({ memory }: Profiler, id: string): AllocationReport | undefined {
  const { list } = memory.allocations;
  return id === '' ? list[0] : list.find((one) => one.id === id);
}

/** Where there is no sample, and why. */
function problemAbove(error: unknown): Outcome<State> {
  if (!(error instanceof ProfilerError)) throw error;
  return { to: INITIAL, notice: `⚠ ${sentence(error.message)}` };
}

function planPage(profiler: Profiler, { state, button }: Controls<State, ActionName>): Page {
  const options = decodeSample(state.plan, profiler);
  const pause = profiler.memory.allocations.expectedPause(options);
  const isAsking = state.stage === STAGES.ask;
  return {
    ...sampleQuestion(options, pause),
    ...(isAsking ? {} : { title: 'The sample begins', tone: 'plain' }),
    rows: [
      [
        button('begin', holdUpLabel(pause), { style: 'danger', disabled: !isAsking }),
        button('cancel', 'Cancel', { disabled: !isAsking }),
      ],
    ],
  };
}

function emptyPage({ state, button }: Controls<State, ActionName>): Page {
  return {
    title: state.id === '' ? 'Allocations were not sampled' : 'This sample is not there any more',
    text: 'Samples are in memory: the latest 8 are kept until the bot ends.',
    rows: [[button('ask', 'Sample…', { style: 'primary' })]],
  };
}

function reportPage(
  report: AllocationReport,
  profiler: Profiler,
  { state, button, select }: Controls<State, ActionName>,
): Page {
  const tab = SAMPLE_TABS.find(({ name }) => name === state.tab) ?? SAMPLE_TABS[0];
  const { page, pages, ...words } = sampleReport(report, tab.name, state.page, profiler.rootDir);
  const { list } = profiler.memory.allocations;
  const { target, intervalBytes, churn } = report;
  const isTracked = target !== undefined && profiler.tracked.has(target);
  const again = encodeSample({ intervalBytes, churn, ...(isTracked && { target }) });
  return {
    ...words,
    rows: [
      [
        select(
          'tab',
          SAMPLE_TABS.map(({ name, label }) => ({ value: name, label })),
          tab.name,
          { placeholder: 'Page' },
        ),
      ],
      ...(list.length > 1
        ? [[select('open', list.map(entryOf), report.id, { placeholder: 'Samples' })]]
        : []),
      [
        select(
          'export',
          ALLOCATION_FORMATS.map(({ name, label, extension, viewers }) => ({
            value: name,
            label: `${label} (.${extension})`,
            description: `opens in ${viewers.join(', ')}`,
          })),
          '',
          { placeholder: 'Export…' },
        ),
      ],
      [
        ...turningButtons({ button }, { page, pages }),
        ...(pages > 1 ? [] : [button('remove', 'Remove')]),
        button('clear', 'Clear all'),
        button('ask', 'Sample again…', { argument: again }),
      ],
    ],
  };
}

function entryOf({ id, name, all, startedAtEpochMs }: AllocationReport) {
  const at = new Date(startedAtEpochMs).toISOString().slice(11, 19);
  return {
    value: id,
    label: cut(`${id} · ${plain(name)}`, LONGEST_LABEL),
    description: `${formatBytes(all.bytes)}, began at ${at} UTC`,
  };
}

async function exported(id: string, name: string, request: Request): Promise<Outcome<State>> {
  const report = reportOf(request.profiler, id);
  const format = ALLOCATION_FORMATS.find((one) => one.name === name);
  if (report === undefined || format === undefined) return { to: { ...INITIAL, id } };
  const { allocations } = request.profiler.memory;
  return profileFilePage(
    {
      what: `allocations_${report.id}_${format.name}`,
      title: `${format.label} of sample ${report.id}`,
      content: await allocations.export(report.id, format.name as AllocationFormatName),
      format,
    },
    request,
  );
}
