import { ProfilerError } from '../errors.ts';
import type { SnapshotAnalysis } from '../memory/taking/run.ts';
import type { SnapshotInfo } from '../memory/taking/snapshots.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code, moment, sentence } from '../render/text.ts';
import { formatBytes, formatDurationShort, plural } from '../render/units.ts';
import { type Controls, createMenu, type Outcome } from './desk/menu.ts';
import { HOLDS_SECRETS, planWords, progressWords } from './heap/plan-pages.ts';
import { packed } from './heap/upload.ts';
import { changesDrawn, cogDrawn, VIEWS } from './heap/views.ts';
import { turning, turningButtons } from './pages/turning.ts';
import type { Subcommand } from './subcommand.ts';

export const PATH = 'heap snapshot';
/** Time to change one's mind, and for the page to be seen before the bot stands still. */
const BEGINS_AFTER_MS = 5_000;
const PROGRESS_EVERY_MS = 2_000;
const MOST_LISTED = 10;
const DEVTOOLS = 'https://developer.chrome.com/docs/devtools/memory-problems/heap-snapshots';

const INITIAL = { view: 'list', id: '', other: '', page: 0, pick: -1 };
type State = typeof INITIAL;
type ActionName =
  | 'turn'
  | 'jump'
  | 'list'
  | 'go'
  | 'ask'
  | 'take'
  | 'cancel'
  | 'open'
  | 'cog'
  | 'compare'
  | 'upload'
  | 'remove';

const menu = createMenu<State, ActionName>(PATH, {
  initial: INITIAL,
  actions: {
    ...turning(),
    list: () => ({ to: INITIAL }),
    go: (state, [view = '']) => ({ to: { ...state, view, page: 0, pick: -1 } }),
    ask: () => ({ to: { ...INITIAL, view: 'ask' } }),
    take: (_, __, { profiler }) => {
      profiler.memory.snapshots.start({ delayMs: BEGINS_AFTER_MS });
      return { to: { ...INITIAL, view: 'run' } };
    },
    cancel: (_, __, { profiler }) => {
      profiler.memory.snapshots.running?.cancel();
      return { to: INITIAL };
    },
    open: (_, [id = ''], { profiler: { memory } }) => {
      if (memory.snapshots.analysis(id) !== undefined) return { to: { ...INITIAL, view: 'overview', id } };
      memory.snapshots.analyse(id);
      return { to: { ...INITIAL, view: 'run' } };
    },
    cog: (state, [pick = '']) => ({ to: { ...state, view: 'cog', pick: Number(pick) } }),
    compare: (state, [other = '']) => ({ to: { ...state, view: 'compare', other, page: 0 } }),
    upload: async (state, _, { profiler, fileLimitBytes }) => {
      const file = await fileOf(profiler, state.id);
      const upload = await packed(file, fileLimitBytes);
      if (upload === undefined)
        return { to: state, notice: '⚠ It is too large for Discord, packed too. It stays where it is.' };
      return { title: 'The heap snapshot', text: HOLDS_SECRETS, tone: 'warning', files: [upload] };
    },
    remove: async (state, _, { profiler }) => {
      await profiler.memory.snapshots.remove(state.id);
      return { to: INITIAL, notice: '✓ Deleted.' };
    },
  },
  goingOn(state, { profiler: { memory } }) {
    const { running } = memory.snapshots;
    if (state.view !== 'run' || running === undefined) return undefined;
    const over = running.done.then(({ id }) => ({ to: { ...INITIAL, view: 'overview', id } }));
    return { everyMs: PROGRESS_EVERY_MS, over: over.catch(problemAbove) };
  },
  async page(controls, { profiler }) {
    const { state, button } = controls;
    const { snapshots } = profiler.memory;
    if (state.view === 'ask') {
      const plan = await snapshots.plan();
      const label = `Hold up the bot, up to ${formatDurationShort(plan.pause.atMostMs)}`;
      const take = plan.lacks === undefined ? [button('take', label, { style: 'danger' })] : [];
      return { ...planWords(plan), rows: [[...take, button('list', 'Cancel')]] };
    }
    if (state.view === 'run' && snapshots.running !== undefined) {
      const { progress } = snapshots.running;
      const isEarly = progress.stage === 'waiting';
      return {
        ...progressWords(progress, (await snapshots.plan()).pause),
        rows: [[button('cancel', isEarly ? 'Cancel' : 'Do not look at it'), button('show', '↻')]],
      };
    }
    const analysis = snapshots.analysis(state.id) ?? (state.view === 'run' ? snapshots.latest : undefined);
    if (analysis !== undefined) return analysisPage(analysis, controls, profiler);
    return listPage(await snapshots.list(), controls);
  },
});

export const snapshot: Subcommand = {
  group: 'heap',
  name: 'snapshot',
  description:
    'Take a heap snapshot, after a question: what is in memory, which cog holds it, and through what',
  menu,
  run: ({ profiler: { memory } }) => ({
    to: menu.stateWith({ view: memory.snapshots.running === undefined ? 'list' : 'run' }),
  }),
};

/** Where there is none, and why. */
function problemAbove(error: unknown): Outcome<State> {
  if (!(error instanceof ProfilerError)) throw error;
  return { to: INITIAL, notice: `⚠ ${sentence(error.message)}` };
}

/** @throws ProfilerError UNKNOWN_SNAPSHOT */
async function fileOf(profiler: Profiler, id: string): Promise<SnapshotInfo> {
  const found = (await profiler.memory.snapshots.list()).find((file) => file.id === id);
  if (found === undefined) throw new ProfilerError('UNKNOWN_SNAPSHOT', id);
  return found;
}

function labelOf({ takenAtEpochMs, sizeBytes }: SnapshotInfo): string {
  const [day, time] = new Date(takenAtEpochMs).toISOString().slice(0, 19).split('T');
  return `${day} ${time} UTC · ${formatBytes(sizeBytes)}`;
}

function entryOf(file: SnapshotInfo) {
  const about = file.analysis === undefined ? 'Look at it: the bot goes on meanwhile' : 'Was looked at';
  return { value: file.id, label: labelOf(file), description: about };
}

function listPage(
  files: readonly SnapshotInfo[],
  { button, select, state }: Controls<State, ActionName>,
): Page {
  const shown = files.slice(0, MOST_LISTED);
  const isGone = state.id !== '';
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    title: isGone
      ? 'What was found is not in memory any more'
      : files.length === 0
        ? 'No heap snapshots'
        : `${plural(files.length, 'heap snapshot')}, ${formatBytes(bytes)}`,
    text: [
      'A heap snapshot has every object of this process and what holds it: how much each class and each cog keeps in memory, and through what. **To take one holds up the bot**; the next page says for how long.',
      ...(shown.length === 0
        ? []
        : [
            '',
            ...shown.map((file) => `- ${moment(file.takenAtEpochMs, 'F')}, ${formatBytes(file.sizeBytes)}`),
          ]),
    ].join('\n'),
    rows: [
      ...(shown.length === 0 ? [] : [[select('open', shown.map(entryOf), '', { placeholder: 'Open…' })]]),
      [button('ask', 'Take a snapshot…', { style: 'primary' })],
    ],
  };
}

async function analysisPage(
  analysis: SnapshotAnalysis,
  controls: Controls<State, ActionName>,
  profiler: Profiler,
): Promise<Page> {
  const { state, button, select } = controls;
  const files = await profiler.memory.snapshots.list();
  const others = files.filter((file) => file.id !== analysis.id && file.analysis?.cogs !== undefined);
  const { label, content, text, page = 0, pages = 1 } = await draw(analysis, state, profiler);
  const cogs = analysis.cogs?.cogs ?? [];
  const isOfCogs = state.view === 'cogs' || state.view === 'cog';
  const named = VIEWS.map(({ name, label }) => ({ value: name, label }));
  return {
    title: label,
    ...(content !== undefined && { content }),
    text,
    footer: [
      `snapshot of ${labelOf({ ...analysis, analysis })}`,
      ...(pages > 1 ? [`page ${page + 1}/${pages}`] : []),
    ].join(' · '),
    rows: [
      [select('go', named, state.view === 'run' ? 'overview' : state.view, { placeholder: 'View' })],
      ...(isOfCogs && cogs.length > 0
        ? [
            [
              select(
                'cog',
                cogs.map(({ cog, bytes }, index) => ({
                  value: String(index),
                  label: cog,
                  description: formatBytes(bytes),
                })),
                String(state.pick),
                { placeholder: 'Look at a cog…' },
              ),
            ],
          ]
        : []),
      ...(others.length > 0 && analysis.cogs !== undefined
        ? [[select('compare', others.map(entryOf), state.other, { placeholder: 'What grew since…' })]]
        : []),
      [
        ...turningButtons({ button }, { page, pages }),
        button('go', 'File…', { argument: 'file' }),
        button('list', 'All snapshots'),
      ],
      ...(state.view === 'file'
        ? [
            [
              button('upload', 'Upload it all the same', { style: 'danger' }),
              button('remove', 'Delete the file', { style: 'danger' }),
            ],
          ]
        : []),
    ],
  };
}

interface Shown {
  readonly label: string;
  readonly content?: string;
  readonly text: string;
  readonly page?: number;
  readonly pages?: number;
}

async function draw(analysis: SnapshotAnalysis, state: State, { memory }: Profiler): Promise<Shown> {
  if (state.view === 'file') return { label: 'The file of the snapshot', text: fileText(analysis) };
  const cog = state.view === 'cog' ? analysis.cogs?.cogs[state.pick] : undefined;
  if (cog !== undefined) return { label: `What ${cog.cog} holds`, ...cogDrawn(cog) };
  if (state.view === 'compare') {
    const [before, after] = [state.other, analysis.id].sort();
    const changes = await memory.snapshots.compare(before!, after!);
    const since = memory.snapshots.analysis(before!)!.takenAtEpochMs;
    const drawn = changesDrawn(changes, state.page);
    return { label: 'What grew', ...drawn, text: `Since ${moment(since, 'F')}.\n${drawn.text}` };
  }
  const view = VIEWS.find(({ name }) => name === state.view) ?? VIEWS[0]!;
  return { label: view.label, ...view.draw(analysis, state.page) };
}

function fileText({ path, sizeBytes }: SnapshotAnalysis): string {
  return [
    `${code(path)}, ${formatBytes(sizeBytes)}`,
    '',
    `[Chrome's DevTools](${DEVTOOLS}) open it (Memory, Load), and ${code('npx cogscope heap FILE')} tells what is in it on any machine.`,
    '',
    `${HOLDS_SECRETS} What Discord is given, Discord keeps.`,
  ].join('\n');
}
