import { keyOf, select } from '../cog/select.ts';
import type { Target } from '../cog/target.ts';
import type { TargetDetails } from '../details.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code, escaped, plain } from '../render/text.ts';
import { formatDuration } from '../render/units.ts';
import { type Controls, createMenu, LIVE, type MenuRequest } from './desk/menu.ts';
import { stackFile } from './inspect/errors.ts';
import { TABS } from './inspect/tabs.ts';
import { attachPage } from './pages/attach-pages.ts';
import { detachPage } from './pages/detach-pages.ts';
import { severityOf } from './pages/severity.ts';
import { plural } from './pages/sizes.ts';
import { kindLabel, TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { windowOf, windowsWithin } from './pages/windows.ts';
import type { Subcommand } from './subcommand.ts';

/** Custom ids have no room for more. */
const LONGEST_KEY = 48;
const MOST_CHOICES = 25;
const ERRORS_TAB = 'errors';
const HOUR_MS = 3_600_000;

/** `key` is what `keyOf` gives, or a query that names targets to choose from. */
const INITIAL = {
  key: '',
  window: 'all',
  tab: TABS[0].name as string,
  page: 0,
  leastMs: 0,
};
type State = typeof INITIAL;
type ActionName = 'target' | 'tab' | 'window' | 'turn' | 'least' | 'stacks' | 'attach' | 'detach';

export const inspectMenu = createMenu<State, ActionName>('inspect', {
  initial: INITIAL,
  actions: {
    target: (state, [key = '']) => ({ to: { ...state, key: shortKey(key) } }),
    tab: (state, [tab = '']) => ({ to: { ...state, tab, page: 0 } }),
    window: (state, [window = '']) => ({ to: { ...state, window, page: 0 } }),
    turn: (state, [step]) => ({ to: { ...state, page: state.page + Number(step) } }),
    least: {
      form: ({ leastMs }) => ({
        title: 'Single calls',
        fields: [
          {
            name: 'ms',
            label: 'Show those of at least so many ms',
            value: leastMs === 0 ? '' : String(leastMs),
            placeholder: 'empty shows all',
            longest: 7,
          },
        ],
      }),
      submit: (state, answers) => {
        const leastMs = Number(answers.get('ms') || 0);
        return leastMs >= 0 && leastMs <= HOUR_MS
          ? { to: { ...state, page: 0, leastMs: Math.round(leastMs) } }
          : { to: state, notice: '⚠ That is a number of milliseconds, such as 250.' };
      },
    },
    stacks: async (state, _, { profiler }) => {
      const details = await detailsOf(profiler, state);
      return details === undefined ? { to: state } : stackFile(details);
    },
    attach: async (state, _, { profiler }) =>
      attachPage(profiler, `target:${await idOf(profiler, state.key)}`),
    detach: async (state, _, { profiler }) =>
      detachPage(profiler, `target:${await idOf(profiler, state.key)}`, false),
  },
  async page(controls, request) {
    const { state } = controls;
    const id = await idOf(request.profiler, state.key);
    if (id === undefined) return choicePage(request.profiler, controls);
    const details = await request.profiler.details(id, windowOf(state.window).window);
    return details === undefined ? nothingKnown(id, controls) : detailsPage(details, controls, request);
  },
});

export const inspect: Subcommand = {
  name: 'inspect',
  description: 'Show one target: percentiles, a chart over time, slow and failed calls, errors, callers',
  options: [targetOption('A command, listener, task or method that is timed (default: choose)', false)],
  menu: inspectMenu,
  run: ({ options }) => ({
    to: inspectMenu.stateWith({ key: shortKey(String(options.get(TARGET_OPTION) ?? '')) }),
  }),
  autocomplete: (typed, profiler) =>
    targetChoices(typed, profiler.recorded).filter(
      ({ value }) => value.includes('/') || value.startsWith('#'),
    ),
};

/** What the menu keeps of what was chosen. */
export function shortKey(key: string): string {
  return keyOf(key, LONGEST_KEY);
}

/** Everything that has figures: what is tracked, and what was. */
async function knownTargets(profiler: Profiler): Promise<Map<string, Target>> {
  const { rows } = await profiler.summary();
  return new Map([...rows.map((row) => [row.id, row as object as Target] as const), ...profiler.recorded]);
}

/**
 * The target that a key or a query names; undefined where that is none, or several.
 * @throws ProfilerError UNKNOWN_TARGET, with the nearest names
 */
async function idOf(profiler: Profiler, key: string): Promise<string | undefined> {
  if (profiler.recorded.has(key)) return key;
  if (key === '') return undefined;
  const known = await knownTargets(profiler);
  const exact = [...known.keys()].find((id) => shortKey(id) === key);
  if (exact !== undefined) return exact;
  const { targets } = select(key, known, 'members');
  return targets.length === 1 ? targets[0]!.id : undefined;
}

async function detailsOf(profiler: Profiler, { key, window }: State): Promise<TargetDetails | undefined> {
  const id = await idOf(profiler, key);
  return id === undefined ? undefined : profiler.details(id, windowOf(window).window);
}

/** Of what is meant, those with the greatest impact. */
async function choicePage(
  profiler: Profiler,
  { state, select: menu }: Controls<State, ActionName>,
): Promise<Page> {
  const { rows } = await profiler.summary();
  const meant =
    state.key === ''
      ? undefined
      : new Set(select(state.key, await knownTargets(profiler), 'members').targets.map(({ id }) => id));
  const shown = rows.filter(({ id }) => meant?.has(id) ?? true).slice(0, MOST_CHOICES);
  if (shown.length === 0) {
    return {
      title: 'Nothing is timed yet',
      text: 'Choose what is with `/profiler attach`; then come back here.',
    };
  }
  return {
    title: 'Which one?',
    text: `${plural(meant?.size ?? rows.length, 'target')} to choose from${shown.length < (meant?.size ?? rows.length) ? `; these are the ${shown.length} with the greatest impact` : ''}.`,
    rows: [
      [
        menu(
          'target',
          shown.map((row) => ({
            value: keyOf(row.id),
            label: plain(`${row.cog} › ${row.name}`),
            description: `${kindLabel(row.kind!)}, p95 ${formatDuration(row.p95Ms)}, ${plural(row.count, 'call')}`,
          })),
          '',
          { placeholder: 'Inspect…' },
        ),
      ],
    ],
  };
}

function nothingKnown(id: string, { button }: Controls<State, ActionName>): Page {
  return {
    title: escaped(id),
    text: 'Nothing was measured of it in this window of time.',
    rows: [[button('attach', 'Attach', { style: 'primary' }), button('show', 'Refresh')]],
  };
}

async function detailsPage(
  details: TargetDetails,
  { state, button, select }: Controls<State, ActionName>,
  request: MenuRequest,
): Promise<Page> {
  const { row, isTracked } = details;
  const tab = TABS.find(({ name }) => name === state.tab) ?? TABS[0];
  const { text, image, pages = 1, page = 0 } = await tab.draw(details, state, request);
  return {
    title: escaped(`${row.name} · ${row.cog}`),
    text: [...problems(details), text].join('\n'),
    tone: severityOf(row).name,
    image,
    footer: [
      tab.label(details),
      ...(pages > 1 ? [`page ${page + 1}/${pages}`] : []),
      ...(isTracked ? [] : ['not timed any more']),
      ...(request.isLive ? ['drawn anew every 10 s'] : []),
    ].join(' · '),
    rows: [
      [
        select(
          'tab',
          TABS.map((other) => ({ value: other.name, label: other.label(details) })),
          tab.name,
          { placeholder: 'Page' },
        ),
      ],
      [
        select('window', windowsWithin(request.profiler.retentionMs), windowOf(state.window).value, {
          placeholder: 'Window',
        }),
      ],
      [
        ...(pages > 1
          ? [button('turn', '‹', { argument: '-1' }), button('turn', '›', { argument: '1' })]
          : []),
        button('show', 'Refresh', { style: 'primary' }),
        button(LIVE, request.isLive ? 'Stop live' : 'Live', {
          style: request.isLive ? 'success' : 'secondary',
        }),
      ],
      [
        ...(tab.hasCalls
          ? [button('least', state.leastMs === 0 ? 'At least…' : `≥ ${formatDuration(state.leastMs)}`)]
          : []),
        ...(tab.name === ERRORS_TAB && details.errorGroups.length > 0
          ? [button('stacks', 'Stacks as a file')]
          : []),
        isTracked ? button('detach', 'Detach') : button('attach', 'Attach'),
      ],
    ],
  };
}

/** What is missing of the figures. */
function problems({ summary }: TargetDetails): string[] {
  const { missingShards, shardsWithoutCalls, problem } = summary;
  return [
    ...(missingShards.length > 0
      ? [`⚠ Without what did not answer: shards ${missingShards.join(', ')}.`]
      : []),
    ...(shardsWithoutCalls.length > 0
      ? [
          `⚠ Without single calls of shards ${shardsWithoutCalls.join(', ')}: only their figures are known here.`,
        ]
      : []),
    ...(problem === undefined
      ? []
      : [`⚠ The store does not answer (${code(problem)}): only what is in memory.`]),
  ];
}
