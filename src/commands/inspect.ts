import { keyOf, select } from '../cog/select.ts';
import type { TargetDetails } from '../details.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { escaped } from '../render/text.ts';
import { formatDuration, plural } from '../render/units.ts';
import { knownTargets } from '../reports.ts';
import type { SummaryRow } from '../store/summary.ts';
import { type Controls, createMenu, type MenuRequest } from './desk/menu.ts';
import type { ButtonLook } from './desk/widgets.ts';
import { stackFile } from './inspect/errors.ts';
import { type Inspected, TABS, type Tool, WATERFALLS } from './inspect/tabs.ts';
import { traceFile } from './inspect/trace-file.ts';
import { attachPage } from './pages/attach-pages.ts';
import { detachPage } from './pages/detach-pages.ts';
import { missing, shardList } from './pages/missing.ts';
import { severityOf } from './pages/severity.ts';
import { TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { DRAWN_ANEW, refreshButtons, turning, turningButtons } from './pages/turning.ts';
import { windowOf, windowsWithin } from './pages/windows.ts';
import type { Subcommand } from './subcommand.ts';
import { entryOf } from './view/figures.ts';

/** Custom ids have no room for more. */
const LONGEST_KEY = 36;
const MOST_CHOICES = 25;
const HOUR_MS = 3_600_000;

/** `key` is what `keyOf` gives, or a query that names targets to choose from. */
const INITIAL = {
  key: '',
  window: 'all',
  tab: TABS[0].name as string,
  page: 0,
  leastMs: 0,
  call: '',
};
type State = typeof INITIAL;
type ActionName =
  | 'target'
  | 'tab'
  | 'window'
  | 'turn'
  | 'jump'
  | 'call'
  | 'export'
  | Tool
  | 'attach'
  | 'detach';

export const inspectMenu = createMenu<State, ActionName>('inspect', {
  initial: INITIAL,
  actions: {
    target: (state, [key = '']) => ({ to: { ...state, key: shortKey(key), call: '' } }),
    tab: (state, [tab = '']) => ({ to: { ...state, tab, page: 0 } }),
    window: (state, [window = '']) => ({ to: { ...state, window, page: 0 } }),
    ...turning(),
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
      const details = await profiler.details(await idOf(profiler, state), windowOf(state.window).window);
      return details === undefined ? { to: state } : stackFile(details);
    },
    waterfalls: (state) => ({ to: { ...state, tab: WATERFALLS, page: 0 } }),
    call: (state, [call = '']) => ({ to: { ...state, call } }),
    export: async (state, [what = ''], request) => {
      const id = await idOf(request.profiler, state);
      const traces = await request.profiler.traces(id);
      return (await traceFile(id, traces, { call: state.call, what }, request)) ?? { to: state };
    },
    verbose: async (state, _, { profiler }) => {
      const id = await idOf(profiler, state);
      const on = !profiler.verbose.has(id);
      await profiler.setVerbose(`target:${id}`, on);
      return { to: state, notice: on ? '✓ Calls are kept from now on.' : '✓ No more calls are kept.' };
    },
    attach: async (state, _, { profiler }) => attachPage(profiler, `target:${await idOf(profiler, state)}`),
    detach: async (state, _, { profiler }) =>
      detachPage(profiler, `target:${await idOf(profiler, state)}`, false),
  },
  async page(controls, request) {
    const { key, window } = controls.state;
    const meant = await meantBy(request.profiler, key);
    if (typeof meant !== 'string') return choicePage(meant, controls);
    const [details, traces] = await Promise.all([
      request.profiler.details(meant, windowOf(window).window),
      request.profiler.traces(meant),
    ]);
    return details === undefined
      ? nothingKnown(meant, controls)
      : detailsPage({ ...details, traces }, controls, request);
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

/** Of a page that shows a target. */
async function idOf(profiler: Profiler, { key }: State): Promise<string> {
  const meant = await meantBy(profiler, key);
  return typeof meant === 'string' ? meant : key;
}

/** What the menu keeps of what was chosen. */
export function shortKey(key: string): string {
  return keyOf(key, LONGEST_KEY);
}

/**
 * The target that a key or a query names; or those among which is to be chosen, the greatest impact first.
 * @throws ProfilerError UNKNOWN_TARGET, with the nearest names
 */
async function meantBy(profiler: Profiler, key: string): Promise<string | readonly SummaryRow[]> {
  if (profiler.recorded.has(key)) return key;
  const { rows } = await profiler.summary();
  if (key === '') return rows;
  const known = knownTargets(rows, profiler.recorded);
  const exact = [...known.keys()].find((id) => shortKey(id) === key);
  if (exact !== undefined) return exact;
  const { targets } = select(key, known, 'members');
  if (targets.length === 1) return targets[0]!.id;
  const meant = new Set(targets.map(({ id }) => id));
  return rows.filter(({ id }) => meant.has(id));
}

function choicePage(rows: readonly SummaryRow[], controls: Controls<State, ActionName>): Page {
  if (rows.length === 0) {
    return {
      title: 'Nothing is timed yet',
      text: 'Choose what is with `/profiler attach`; then come back here.',
    };
  }
  const shown = rows.slice(0, MOST_CHOICES);
  const more = rows.length > shown.length ? `; these are the ${shown.length} with the greatest impact` : '';
  return {
    title: 'Which one?',
    text: `${plural(rows.length, 'target')} to choose from${more}.`,
    rows: [[controls.select('target', shown.map(entryOf), '', { placeholder: 'Inspect…' })]],
  };
}

function nothingKnown(id: string, { button }: Controls<State, ActionName>): Page {
  return {
    title: escaped(id),
    text: 'Nothing was measured of it in this window of time.',
    rows: [[button('attach', 'Attach', { style: 'primary' }), button('show', '↻')]],
  };
}

async function detailsPage(
  details: Inspected,
  { state, button, select }: Controls<State, ActionName>,
  request: MenuRequest,
): Promise<Page> {
  const { row, isTracked } = details;
  const tab = TABS.find(({ name }) => name === state.tab) ?? TABS[0];
  const { text, image, pages = 1, page = 0, choices } = await tab.draw(details, state, request);
  return {
    title: escaped(`${row.name} · ${row.cog}`),
    text: [...gaps(details), text].join('\n'),
    tone: severityOf(row).name,
    image,
    footer: [
      tab.label(details),
      ...(pages > 1 ? [`page ${page + 1}/${pages}`] : []),
      ...(isTracked ? [] : ['not timed any more']),
      ...(request.isLive ? [DRAWN_ANEW] : []),
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
      ...(choices === undefined
        ? [
            [
              select('window', windowsWithin(request.profiler.retentionMs), windowOf(state.window).value, {
                placeholder: 'Window',
              }),
            ],
          ]
        : choices.map(({ action, entries, chosen, placeholder }) => [
            select(action, entries, chosen, { placeholder }),
          ])),
      [...turningButtons({ button }, { page, pages }), ...refreshButtons({ button }, request.isLive)],
      [
        ...tab.tools.map((tool) => {
          const { label, ...look } = TOOLS[tool](state, details, request.profiler);
          return button(tool, label, look);
        }),
        isTracked ? button('detach', 'Detach') : button('attach', 'Attach'),
      ],
    ],
  };
}

/** How the button of each tool looks. */
const TOOLS: Readonly<
  Record<Tool, (state: State, details: Inspected, profiler: Profiler) => ButtonLook & { label: string }>
> = {
  least: ({ leastMs }) => ({ label: leastMs === 0 ? 'At least…' : `≥ ${formatDuration(leastMs)}` }),
  stacks: () => ({ label: 'Stacks as a file' }),
  waterfalls: () => ({ label: 'What the time goes to' }),
  // What is not timed is not seen being called.
  verbose: (_, { row: { id }, isTracked }, { verbose }) =>
    verbose.has(id)
      ? { label: 'End verbose' }
      : { label: 'Verbose for an hour', style: 'primary', disabled: !isTracked },
};

/** What is missing of the figures, and of the single calls. */
function gaps({ summary }: TargetDetails): string[] {
  const { shardsWithoutCalls: without } = summary;
  return [
    ...missing(summary),
    ...(without.length > 0
      ? [`⚠ Without single calls of ${shardList(without)}: only their figures are known here.`]
      : []),
  ];
}
