import { identityFrom } from '../cog/identify.ts';
import { ALL, keyOf, type Selectable, select } from '../cog/select.ts';
import { ProfilerError } from '../errors.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code, moment, plain, someOf } from '../render/text.ts';
import { formatBytes } from '../render/units.ts';
import { effectOf, percent, verdictOf } from '../trace/verdict.ts';
import { LONGEST_CUSTOM_ID } from './desk/component-id.ts';
import { actionId, createMenu, type Outcome } from './desk/menu.ts';
import { button } from './desk/widgets.ts';
import { WATERFALLS } from './inspect/tabs.ts';
import { inspectMenu, shortKey } from './inspect.ts';
import { attachButton } from './pages/attach-pages.ts';
import { partOf } from './pages/paged.ts';
import { TARGET_OPTION, targetChoices, targetOption, targetsOf } from './pages/target-option.ts';
import { turning, turningButtons } from './pages/turning.ts';
import { ABOUT_VERBOSE, verboseCost } from './pages/verbose-cost.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const PATH = 'verbose';
const ON_OPTION = 'on';
/** More are not switched on without asking. */
const MOST_UNASKED = 8;
const MOST_NAMED = 3;
/** Each asks all shards what it knows. */
const LINES_PER_PAGE = 6;

type VerboseAction = 'turn' | 'jump' | 'start' | 'end' | 'endAll' | 'look';

const menu = createMenu<{ page: number }, VerboseAction>(PATH, {
  initial: { page: 0 },
  actions: {
    ...turning(),
    start: async (state, [query = ''], { profiler }) => ({
      to: state,
      notice: await switched(profiler, query, true),
    }),
    end: async (state, keys, { profiler }) => {
      const ids = [...profiler.verbose.keys()].filter((id) => keys.includes(keyOf(id)));
      for (const id of ids) await profiler.setVerbose(`target:${id}`, false);
      return { to: state, notice: ended(ids) };
    },
    endAll: async (state, _, { profiler }) => ({ to: state, notice: await switched(profiler, ALL, false) }),
    look: (_, [key = '']) => ({
      open: inspectMenu,
      at: inspectMenu.stateWith({ key: shortKey(key), tab: WATERFALLS }),
    }),
  },
  async page({ state, button, select }, { profiler }) {
    const { verbose, verboseBytes } = profiler;
    if (verbose.size === 0) return nothingVerbose(profiler);
    const all = [...verbose].sort(([a], [b]) => a.localeCompare(b));
    const { items, page, pages } = partOf(all, state.page, LINES_PER_PAGE);
    const entries = items.map(([id]) => ({ value: keyOf(id), label: plain(id) }));
    return {
      title: `${targetsOf(verbose.size)} ${verbose.size === 1 ? 'is' : 'are'} verbose`,
      text: [
        ...(await Promise.all(items.map(([id, untilEpochMs]) => lineOf(profiler, id, untilEpochMs)))),
        '',
        `Kept of their calls: ${formatBytes(verboseBytes)} in this process.`,
        verboseCost(),
      ].join('\n'),
      rows: [
        [select('look', entries, '', { placeholder: 'Show the waterfalls of…' })],
        [select('end', entries, '', { placeholder: 'End…', most: entries.length })],
        [
          button('endAll', 'End all', { style: 'danger' }),
          button('show', '↻', { style: 'primary' }),
          ...turningButtons({ button }, { page, pages }),
        ],
      ],
    };
  },
});

export const verbose: Subcommand = {
  name: PATH,
  description: 'Keep calls as they go for an hour: what they call, request and wait for; or end that',
  options: [
    targetOption(
      'A cog, a kind, a target, several with commas, or all (default: show what is verbose)',
      false,
    ),
    {
      type: OPTION.boolean,
      name: ON_OPTION,
      description: 'On or off (default: the other than now)',
    },
  ],
  menu,
  run: ({ profiler, options }) => {
    const query = options.get(TARGET_OPTION);
    if (query === undefined) return { to: '' };
    const on = options.get(ON_OPTION) as boolean | undefined;
    return notTimed(profiler, String(query)) ?? switchOrAsk(profiler, String(query), on);
  },
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.tracked),
};

/** What is timed, and what was when it was made verbose. */
function switchable({ tracked, verbose }: Profiler): Map<string, Selectable> {
  return new Map<string, Selectable>([
    ...[...verbose.keys()].map((id) => [id, identityFrom(id)] as const),
    ...tracked,
  ]);
}

/** What is not timed is not seen being called: says so, where that is all that is asked for. */
function notTimed(profiler: Profiler, query: string): Page | undefined {
  try {
    select(query, switchable(profiler), 'members');
    return undefined;
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    // Of what is not there at all, this has the nearest names.
    select(query, profiler.targets, 'members');
    const attach = attachButton(query, 'Attach');
    return {
      title: 'Not timed yet',
      text: 'Only what is timed can be verbose: attach it first, then run this again.',
      tone: 'warning',
      rows: attach.custom_id.length <= LONGEST_CUSTOM_ID ? [[attach]] : [],
    };
  }
}

/** Switches, or asks first where that may cost much. */
async function switchOrAsk(
  profiler: Profiler,
  query: string,
  wanted: boolean | undefined,
): Promise<Outcome<string>> {
  const { targets } = select(query, switchable(profiler), 'members');
  const off = targets.filter(({ id }) => !profiler.verbose.has(id));
  const on = wanted ?? off.length > 0;
  const isMany = query.trim().toLowerCase() === ALL || off.length > MOST_UNASKED;
  if (on && off.length > 0 && isMany) return question(query, off);
  return { to: '', notice: await switched(profiler, query, on) };
}

function question(query: string, targets: readonly Selectable[]): Page {
  const start = button(actionId(PATH, 'start', query, ''), `Make ${targetsOf(targets.length)} verbose`, {
    style: 'danger',
  });
  const isShort = start.custom_id.length <= LONGEST_CUSTOM_ID;
  return {
    title: `Make ${targetsOf(targets.length)} verbose for an hour?`,
    text: [
      `${someOf(
        targets.map(({ id }) => code(id)),
        MOST_NAMED,
      )}.`,
      '',
      ABOUT_VERBOSE,
      verboseCost(),
      ...(isShort
        ? []
        : ['', 'That is too long a list for a button: name a cog, a kind, `all`, or fewer targets.']),
    ].join('\n'),
    tone: 'warning',
    rows: isShort ? [[start]] : [],
  };
}

/** Does it, and says what was done. */
async function switched(profiler: Profiler, query: string, on: boolean): Promise<string> {
  const ids = await profiler.setVerbose(query, on);
  if (!on) return ended(ids);
  const untilEpochMs = Math.max(...ids.map((id) => profiler.verbose.get(id) ?? 0));
  return `✓ Verbose until ${moment(untilEpochMs, 'T')}: ${someOf(ids.map(code), MOST_NAMED)}.`;
}

function ended(ids: readonly string[]): string {
  return `✓ Not verbose any more: ${someOf(ids.map(code), MOST_NAMED)}.`;
}

/** A target, until when it is verbose, and what its time goes to as far as that is known. */
async function lineOf(profiler: Profiler, id: string, untilEpochMs: number): Promise<string> {
  const { summary } = await profiler.traces(id);
  const effect = effectOf(summary);
  const label = effect === undefined ? '' : `${effect.label} ${percent(effect.share)}: `;
  return [
    `${code(id)} until ${moment(untilEpochMs, 'T')}, ${moment(untilEpochMs, 'R')}`,
    `-# ${label}${verdictOf(summary, id, code) ?? 'no call has ended since'}`,
  ].join('\n');
}

function nothingVerbose(profiler: Profiler): Page {
  const isTimed = profiler.tracked.size > 0;
  return {
    title: 'Nothing is verbose',
    text: [
      ABOUT_VERBOSE,
      verboseCost(),
      '',
      isTimed
        ? 'Name what to keep: `/profiler verbose`, with its `target`. It ends by itself after an hour.'
        : 'Only what is timed can be verbose, and nothing is: attach something first.',
    ].join('\n'),
    rows: isTimed ? [] : [[attachButton(ALL, 'Attach all')]],
  };
}
