import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { sentence } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import { type Controls, createMenu, type MenuRequest, type Outcome } from '../desk/menu.ts';
import { turning, turningButtons } from '../pages/turning.ts';
import type { Request } from '../subcommand.ts';
import { cpuServiceOf } from './adapter.ts';
import { differenceFile, FORMAT_ENTRIES, recordingFile } from './files.ts';
import { DURATION_S, decodePlan, encodePlan } from './plan.ts';
import { recordingList } from './recordings-tab.ts';
import { announcement, progress, question } from './run-pages.ts';
import type { CpuOptions, CpuRecording, CpuRun, CpuService } from './service.ts';
import { TABS, type Tab } from './tabs.ts';
import { keyOfRecording, labelOf, recordingLine } from './words.ts';

export const PATH = 'cpu';
/** A pause of so many ms is asked about. */
const LONGEST_UNASKED_PAUSE_MS = 500;
const PROGRESS_EVERY_MS = 5_000;
const MS_PER_S = 1_000;

/** In place of a plan: one more was asked for than there can be. */
const BUSY = 'busy';

/** What a page shows that shows no recording: where the way to one stands. */
const STAGES = { ask: 'ask', begin: 'begin', run: 'run' } as const;

const INITIAL = {
  id: '',
  tab: 'overview' as string,
  page: 0,
  sort: '',
  pick: -1,
  other: '',
  chart: true,
  plan: '',
};
type State = typeof INITIAL;
type ActionName =
  | 'begin'
  | 'stop'
  | 'cancel'
  | 'tab'
  | 'turn'
  | 'jump'
  | 'sort'
  | 'pick'
  | 'open'
  | 'compare'
  | 'merge'
  | 'chart'
  | 'export'
  | 'difference'
  | 'legend'
  | 'again';

export const cpuMenu = createMenu<State, ActionName>(PATH, {
  initial: INITIAL,
  actions: {
    ...turning(),
    begin: (state) => ({ to: { ...state, tab: STAGES.begin } }),
    stop: (state, _, { profiler }) => {
      cpuServiceOf(profiler).running?.stop();
      return { to: state };
    },
    cancel: (state, _, { profiler }) => {
      const { running } = cpuServiceOf(profiler);
      running?.cancel();
      const isLost = running !== undefined && state.tab === STAGES.run;
      return {
        to: { ...INITIAL, tab: 'recordings' },
        notice: isLost ? '✓ Cancelled: what was recorded is thrown away.' : 'Nothing was recorded.',
      };
    },
    tab: (state, [tab = '']) => ({ to: { ...state, tab, page: 0 } }),
    sort: (state, [sort = '']) => ({ to: { ...state, sort, page: 0 } }),
    pick: (state, [frame = '']) => ({ to: { ...state, tab: 'relatives', pick: Number(frame) } }),
    open: (state, [id = '']) => ({ to: { ...INITIAL, id, chart: state.chart } }),
    compare: (state, [other = '']) => ({ to: { ...state, tab: 'compare', other } }),
    merge: async (state, keys, { profiler }) => {
      const service = cpuServiceOf(profiler);
      const wanted = new Set([state.id, ...keys]);
      const found = service.recordings.filter((one) => wanted.has(keyOfRecording(one)));
      if (found.length < 2) return { to: state, notice: '⚠ The others are not kept any more.' };
      const merged = await service.merge(found.map(({ id }) => id));
      const notice = `✓ Put together: ${plural(found.length, 'recording')}.`;
      return { to: { ...INITIAL, id: keyOfRecording(merged) }, notice };
    },
    chart: (state) => ({ to: { ...state, chart: !state.chart, page: 0 } }),
    export: async (state, [name = ''], request) => {
      const service = cpuServiceOf(request.profiler);
      const recording = recordingOf(service, state.id);
      return recording === undefined ? { to: state } : recordingFile(service, recording, name, request);
    },
    difference: (state, _, request) => {
      const service = cpuServiceOf(request.profiler);
      const [one, other] = [recordingOf(service, state.id), recordingOf(service, state.other)];
      if (one === undefined || other === undefined) return { to: state };
      return differenceFile(service, [one, other], request);
    },
    legend: () => LEGEND,
    again: (state, _, { profiler }) => {
      const service = cpuServiceOf(profiler);
      const recording = recordingOf(service, state.id);
      const plan = encodePlan(likeBefore(recording, profiler));
      return { to: { ...INITIAL, ...firstStage(service, profiler, plan) } };
    },
  },
  goingOn(state, { profiler, user }) {
    const service = cpuServiceOf(profiler);
    if (state.tab === STAGES.begin) {
      const begun = async () => {
        await service.start(decodePlan(state.plan, profiler), user.username);
        return { to: { ...INITIAL, tab: STAGES.run } };
      };
      return { over: begun().catch(problemAbove) };
    }
    const { latest } = service;
    if (state.tab !== STAGES.run || latest === undefined) return undefined;
    // It may be over by now: its end is shown all the same.
    const over = latest.done.then((recording) => ({ to: { ...INITIAL, id: keyOfRecording(recording) } }));
    return { everyMs: PROGRESS_EVERY_MS, over: over.catch(problemAbove) };
  },
  page(controls, request) {
    const { state } = controls;
    const service = cpuServiceOf(request.profiler);
    if (state.tab === STAGES.ask || state.tab === STAGES.begin) return planPage(service, controls, request);
    if (state.tab === STAGES.run && service.latest !== undefined) return runPage(service.latest, controls);
    const recording = recordingOf(service, state.id);
    if (recording === undefined) return listPage(service, controls);
    return recordingPage(service, recording, controls, request);
  },
});

/** Where there is no recording, and why: not where the next click would begin one more. */
function problemAbove(error: unknown): Outcome<State> {
  if (!(error instanceof ProfilerError)) throw error;
  return { to: { ...INITIAL, tab: 'recordings' }, notice: `⚠ ${sentence(error.message)}` };
}

/**
 * Where a recording is to begin: at once, or with a question.
 * @param plan as `encodePlan` has it
 */
export function firstStage(
  service: CpuService,
  profiler: Profiler,
  plan: string,
): Pick<State, 'tab' | 'plan'> {
  if (service.running !== undefined) return { tab: STAGES.run, plan: BUSY };
  const isLong = service.expectedPauseMs(decodePlan(plan, profiler)) > LONGEST_UNASKED_PAUSE_MS;
  return { tab: isLong ? STAGES.ask : STAGES.begin, plan };
}

/** The options that make a recording which can be compared with one that is there. */
function likeBefore(recording: CpuRecording | undefined, { tracked }: Profiler): CpuOptions {
  if (recording === undefined) return { durationMs: DURATION_S.default * MS_PER_S };
  const { durationMs, intervalUs, target } = recording;
  const seconds = Math.min(DURATION_S.max, Math.max(DURATION_S.min, Math.round(durationMs / MS_PER_S)));
  const isTracked = target !== undefined && tracked.has(target);
  return { durationMs: seconds * MS_PER_S, interval: `${intervalUs}us`, ...(isTracked && { target }) };
}

/** The recording of a key; undefined where it is not kept. */
function recordingOf({ recordings }: CpuService, key: string): CpuRecording | undefined {
  return recordings.find((recording) => keyOfRecording(recording) === key);
}

function planPage(
  service: CpuService,
  { state, button }: Controls<State, ActionName>,
  { profiler }: Request,
): Page {
  const options = decodePlan(state.plan, profiler);
  const pauseMs = service.expectedPauseMs(options);
  if (state.tab === STAGES.begin) {
    // Where they stand they will stand when they can be pressed.
    const rows = [
      [button('stop', 'Stop now', { disabled: true }), button('cancel', 'Cancel', { disabled: true })],
    ];
    return { ...announcement(options, pauseMs), rows };
  }
  return {
    ...question(options, pauseMs),
    rows: [[button('begin', 'Record', { style: 'danger' }), button('cancel', 'Cancel')]],
  };
}

function runPage(run: CpuRun, { state, button }: Controls<State, ActionName>): Page {
  const words = progress(run);
  const refusal = 'One recording at a time: this one was not started by you just now.';
  return {
    ...words,
    text: state.plan === BUSY ? `${refusal}\n${words.text}` : words.text,
    rows: [
      [button('stop', 'Stop now', { style: 'primary' }), button('cancel', 'Cancel', { style: 'danger' })],
    ],
  };
}

/** All recordings, where none is looked at, or the one that was is gone. */
function listPage(service: CpuService, { state, button, select }: Controls<State, ActionName>): Page {
  const { text, choices = [] } = recordingList(service.recordings);
  const isGone = state.id !== '';
  return {
    title: isGone ? 'This recording is not there any more' : 'CPU recordings',
    text: [
      ...(isGone
        ? ['They are in memory: the bot was restarted since, or newer ones took its place.', '']
        : []),
      text,
    ].join('\n'),
    tone: isGone ? 'warning' : 'plain',
    rows: [
      ...choices.map(({ action, entries, chosen, look }) => [select(action, entries, chosen, look)]),
      [button('again', 'Record', { style: 'primary' }), button('show', '↻')],
    ],
  };
}

async function recordingPage(
  service: CpuService,
  recording: CpuRecording,
  { state, button, select }: Controls<State, ActionName>,
  request: MenuRequest,
): Promise<Page> {
  const tab: Tab = TABS.find(({ name }) => name === state.tab) ?? TABS[0];
  const { rootDir } = request.profiler;
  const drawn = await tab.draw({ service, recording, state, request, rootDir });
  const { text, image, page = 0, pages = 1, choices = [], hasChart = false, tools = [] } = drawn;
  const offered = TABS.filter((other: Tab) => other.isOffered !== false || other.name === tab.name);
  return {
    title: `${tab.label} · recording ${labelOf(recording)}`,
    text,
    image,
    footer: [recordingLine(recording), ...(pages > 1 ? [`page ${page + 1}/${pages}`] : [])].join(' · '),
    rows: [
      [
        select(
          'tab',
          offered.map(({ name, label }) => ({ value: name, label })),
          tab.name,
          { placeholder: 'Page' },
        ),
      ],
      ...choices.map(({ action, entries, chosen, look }) => [select(action, entries, chosen, look)]),
      ...(choices.length < 3 ? [[select('export', FORMAT_ENTRIES, '', { placeholder: 'Export…' })]] : []),
      [
        ...turningButtons({ button }, { page, pages }),
        ...(hasChart ? [button('chart', state.chart ? 'Table' : 'Chart')] : []),
        ...tools.map((tool) => button(tool, TOOL_LABELS[tool])),
        ...(pages > 1 ? [] : [button('again', 'Record again')]),
      ],
    ],
  };
}

const TOOL_LABELS = { legend: '?', difference: 'Flame graph of the difference' } as const;

const LEGEND: Page = {
  title: 'How to read it',
  text: [
    '**%** of the samples in which something of the bot ran. **±**: how far that may lie from the truth, in 19 of 20 recordings.',
    '**Own** time is what a function ran itself; **with what it called** adds all that ran below it. Recursion counts once.',
    'A function is told with the file and line in which it begins: as seen from the folder of the bot, and where there is a source map, in the source.',
    'Samples are no calls: what runs often and what runs long look alike. `/profiler view` counts calls.',
  ].join('\n\n'),
};
