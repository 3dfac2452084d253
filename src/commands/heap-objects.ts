import type { ObjectsReport } from '../memory/memory.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code, cut, escaped } from '../render/text.ts';
import { formatDuration, plural } from '../render/units.ts';
import { componentId, LONGEST_CUSTOM_ID } from './desk/component-id.ts';
import { button } from './desk/widgets.ts';
import { holdUpLabel, pauseText } from './memory/pause.ts';
import { fileName } from './pages/file-name.ts';
import { OPTION, pathOf, type Subcommand } from './subcommand.ts';

const DEFAULT_LIMIT = 50;
const MOST_OBJECTS = 1_000;
const MOST_SHOWN = 6;
const LONGEST_SHOWN = 400;

export const objects: Subcommand = {
  group: 'heap',
  name: 'objects',
  description: 'Show what the objects of a class look like; secrets are hidden',
  options: [
    {
      type: OPTION.string,
      name: 'type',
      description: 'The name of the class, such as Message or InteractionCollector',
      required: true,
      autocomplete: true,
    },
    {
      type: OPTION.integer,
      name: 'limit',
      description: `How many, up to ${MOST_OBJECTS} (default: ${DEFAULT_LIMIT})`,
      min_value: 1,
      max_value: MOST_OBJECTS,
    },
  ],
  async run({ profiler, options }) {
    const type = String(options.get('type')).trim();
    const limit = Number(options.get('limit') ?? DEFAULT_LIMIT);
    const report = await profiler.memory.objects(type, { limit });
    return report === undefined ? ask(profiler, type, limit) : objectsPage(report);
  },
  autocomplete: (typed, profiler) => choices(typed, profiler),
  async component({ profiler, state }) {
    const { action, limit, type } = decode(state);
    if (action !== LOOK) return { title: 'The bot was not held up', text: 'Nothing was looked at.' };
    return objectsPage((await profiler.memory.objects(type, { limit, heap: true }))!);
  },
};

const LOOK = 'look';

function idOf(action: string, limit: number, type: string): string {
  return componentId(pathOf(objects), `${action}/${limit}/${type}`);
}

function decode(state: string): { action: string; limit: number; type: string } {
  const [action = '', limit = '', ...type] = state.split('/');
  return { action, limit: Number(limit) || DEFAULT_LIMIT, type: type.join('/') };
}

function ask({ memory }: Profiler, type: string, limit: number): Page {
  const pause = memory.expectedPause();
  if (idOf(LOOK, limit, type).length > LONGEST_CUSTOM_ID) {
    return {
      title: 'Not in any cache',
      text: 'The name is too long for a button: `profiler.memory.objects(type, { heap: true })` looks for it in the heap.',
      tone: 'warning',
    };
  }
  return {
    title: 'Look among all objects?',
    text: [`No cache has objects of the class ${code(type)}.`, pauseText(pause)].join('\n\n'),
    tone: 'warning',
    rows: [
      [
        button(idOf(LOOK, limit, type), holdUpLabel(pause), { style: 'danger' }),
        button(idOf('cancel', limit, ''), 'Cancel'),
      ],
    ],
  };
}

function objectsPage({ type, from, count, summaries, pauseMs }: ObjectsReport): Page {
  const shown = summaries.slice(0, MOST_SHOWN).map((summary) => `- ${code(cut(summary, LONGEST_SHOWN))}`);
  const where =
    from === 'caches' ? 'in caches' : `in the heap; the bot was held up for ${formatDuration(pauseMs)}`;
  return {
    title: `${plural(count, 'object')} of ${escaped(type)}`,
    text: [...shown, '', `Found ${where}. The file has ${summaries.length} of them.`].join('\n'),
    footer: 'Getters are not called, and what looks like a secret is hidden. Texts of users are not.',
    files: [
      {
        name: fileName('objects', 'txt', new Date()),
        content: `${type}: ${count}, the first ${summaries.length}\n\n${summaries.join('\n')}\n`,
      },
    ],
  };
}

function choices(typed: string, { memory }: Profiler) {
  const wanted = typed.trim().toLowerCase();
  const rank = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return memory
    .knownClasses()
    .filter((name) => name.toLowerCase().includes(wanted) && name.length <= LONGEST_CUSTOM_ID)
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => ({ name, value: name }));
}
