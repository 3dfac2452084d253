import { createHash } from 'node:crypto';
import { ALL, select } from '../cog/select.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { plural } from '../render/units.ts';
import { componentId, LONGEST_CUSTOM_ID } from './desk/component-id.ts';
import { button } from './desk/widgets.ts';
import { exportToFile } from './pages/export-file.ts';
import { TARGET_OPTION, targetChoices, targetOption, targetsOf } from './pages/target-option.ts';
import { type ComponentRequest, pathOf, type Subcommand } from './subcommand.ts';

const FINGERPRINT_LENGTH = 6;

export const clear: Subcommand = {
  group: 'data',
  name: 'clear',
  description: 'Forget what was recorded; what is timed stays timed',
  options: [targetOption('Of what: a cog, a kind, a target, several with commas (default: of all)', false)],
  run: ({ profiler, options }) => ask(profiler, String(options.get(TARGET_OPTION) ?? ALL)),
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.recorded),
  component: (request) => {
    const { action, question } = decode(request.state);
    return (ACTIONS[action] ?? cancelled)(request, question);
  },
};

/** What is asked for, and a fingerprint of the targets that it meant when it was asked. */
interface Question {
  readonly query: string;
  readonly fingerprint: string;
}

const ACTIONS: Readonly<Record<string, (request: ComponentRequest, question: Question) => Promise<Page>>> = {
  clear: clearNow,
  export: async ({ profiler, fileLimitBytes }, { query }) => {
    const { sentence, files } = await exportToFile(profiler, fileLimitBytes);
    const page = await ask(profiler, query);
    return { ...page, text: `**Exported.** ${sentence}\n\n${page.text}`, files };
  },
};

/** A query may stand for other targets by the time that the button is pressed: then it is asked again. */
async function clearNow({ profiler }: ComponentRequest, { query, fingerprint }: Question): Promise<Page> {
  const meant = await meantBy(profiler, query);
  if (meant.fingerprint !== fingerprint) {
    const page = await ask(profiler, query);
    return { ...page, text: `Other targets have come or gone since you were asked.\n\n${page.text}` };
  }
  await profiler.clear(query === ALL ? undefined : query);
  const { problem } = profiler.storage;
  return {
    title: `Forgot ${targetsOf(meant.targets)}, ${plural(meant.calls, 'call')}`,
    text:
      problem === undefined
        ? 'What is timed stays timed, and counts from zero.'
        : `What is timed stays timed, and counts from zero. The store does not answer now; it is removed there when it does: ${problem}`,
    tone: problem === undefined ? 'good' : 'warning',
  };
}

async function cancelled(): Promise<Page> {
  return { title: 'Nothing was forgotten', text: 'All figures are still there.' };
}

async function ask(profiler: Profiler, query: string): Promise<Page> {
  const { targets, calls, fingerprint } = await meantBy(profiler, query);
  if (targets === 0) return { title: 'Nothing was recorded', text: 'There is nothing to forget.' };
  const question = { query, fingerprint };
  if (idOf('export', question).length > LONGEST_CUSTOM_ID) {
    return {
      title: 'Too long for a button',
      text: 'Name fewer targets at once, or their cog or kind.',
      tone: 'warning',
    };
  }
  const whose = query === ALL ? '' : ` of ${code(query)}`;
  return {
    title: `Forget ${plural(calls, 'call')}?`,
    text: [
      `What was recorded${whose} is forgotten on all shards, in memory and in the store: **${targetsOf(targets)}, ${plural(calls, 'call')}**.`,
      'It cannot be undone. What is timed stays timed.',
    ].join('\n'),
    tone: 'warning',
    rows: [
      [
        button(idOf('export', question), 'Export first', { style: 'primary' }),
        button(idOf('clear', question), 'Forget it', { style: 'danger' }),
        button(idOf('cancel', question), 'Cancel'),
      ],
    ],
  };
}

/** @throws ProfilerError UNKNOWN_TARGET */
async function meantBy(profiler: Profiler, query: string) {
  const { rows } = await profiler.summary();
  const wanted =
    query === ALL
      ? undefined
      : new Set(select(query, profiler.recorded, 'members').targets.map(({ id }) => id));
  const calls = rows.filter(({ id }) => wanted?.has(id) ?? true).reduce((sum, { count }) => sum + count, 0);
  return { targets: wanted?.size ?? rows.length, calls, fingerprint: fingerprintOf(wanted) };
}

/** Of all nothing changes: what comes later is meant too. */
function fingerprintOf(ids: ReadonlySet<string> | undefined): string {
  if (ids === undefined) return '';
  const hash = createHash('sha256').update(JSON.stringify([...ids].sort()));
  return hash.digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

function idOf(action: string, { fingerprint, query }: Question): string {
  return componentId(pathOf(clear), `${action}/${fingerprint}/${query}`);
}

function decode(state: string): { action: string; question: Question } {
  const [action = '', fingerprint = '', ...query] = state.split('/');
  return { action, question: { query: query.join('/'), fingerprint } };
}
