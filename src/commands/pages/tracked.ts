import { ALL } from '../../cog/select.ts';
import { TARGET_KINDS, type Target } from '../../cog/target.ts';
import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { code } from '../../render/text.ts';
import type { Form } from '../desk/form.ts';
import { type Controls, createMenu } from '../desk/menu.ts';
import type { Entry } from '../desk/widgets.ts';
import { ADD_ACTION, ATTACH_PATH, attachPage } from './attach-pages.ts';
import { detachPage } from './detach-pages.ts';
import { partOf } from './paged.ts';
import { targetsOf } from './target-option.ts';
import { turning, turningButtons } from './turning.ts';

const COGS_PER_PAGE = 14;
const LONGEST_VALUE = 100;
/** Long enough for several names. */
const LONGEST_QUERY = 300;

type ActionName = typeof ADD_ACTION | 'remove' | 'addNamed' | 'removeNamed' | 'turn' | 'jump';
type State = { readonly page: number };

/** What is timed, by cog; to attach and detach cogs, kinds and targets. */
export const trackedMenu = createMenu<State, ActionName>(ATTACH_PATH, {
  initial: { page: 0 },
  actions: {
    [ADD_ACTION]: (_, chosen, { profiler }) => attachPage(profiler, chosen.join(',')),
    remove: (_, chosen, { profiler }) => detachPage(profiler, chosen.join(','), false),
    addNamed: {
      form: () => byName('Attach'),
      submit: (_, answers, { profiler }) => attachPage(profiler, answers.get('query') ?? ''),
    },
    removeNamed: {
      form: () => byName('Detach, and forget its figures'),
      submit: (_, answers, { profiler }) => detachPage(profiler, answers.get('query') ?? '', false),
    },
    ...turning(),
  },
  page: (controls, { profiler }) => trackedPage(profiler, controls),
});

function byName(title: string): Form {
  const placeholder = 'music, kind:listener, moderation/command/ban';
  const field = { name: 'query', label: 'Cogs, kinds or targets', placeholder, required: true };
  return { title, fields: [{ ...field, longest: LONGEST_QUERY }] };
}

function trackedPage(profiler: Profiler, { state, button, select }: Controls<State, ActionName>): Page {
  const targets = [...profiler.targets.values()];
  const members = targets.filter(({ dispatches }) => !dispatches);
  const cogs = [...Map.groupBy(targets, ({ cog }) => cog)].sort(([a], [b]) => a.localeCompare(b));
  const { items: shown, page, pages } = partOf(cogs, state.page, COGS_PER_PAGE);
  const isTimed = ({ id }: Target) => profiler.tracked.has(id);
  const groups = [
    group(ALL, 'Everything', members),
    ...shown.map(([cog]) =>
      group(
        `cog:${cog}`,
        cog,
        members.filter((target) => target.cog === cog),
      ),
    ),
    ...TARGET_KINDS.map(({ name, label }) =>
      group(
        `kind:${name}`,
        `Each ${label}`,
        members.filter(({ kind }) => kind === name),
      ),
    ),
  ].filter(({ value, own }) => own.length > 0 && value.length <= LONGEST_VALUE);
  const toAdd = entries(groups, (target) => !isTimed(target));
  const toRemove = entries(groups, isTimed);
  return {
    title: `${profiler.tracked.size} of ${targetsOf(targets.length)} are timed`,
    text: [
      ...shown.map(([cog, own]) => lineOf(cog, own.filter(isTimed).length, own.length)),
      '',
      'To detach forgets the figures; `/profiler detach` can keep them.',
    ].join('\n'),
    rows: [
      ...(toAdd.length > 0
        ? [[select(ADD_ACTION, toAdd, '', { placeholder: 'Attach…', most: toAdd.length })]]
        : []),
      ...(toRemove.length > 0
        ? [[select('remove', toRemove, '', { placeholder: 'Detach…', most: toRemove.length })]]
        : []),
      [
        button('addNamed', 'Attach by name'),
        ...(toRemove.length > 0 ? [button('removeNamed', 'Detach by name')] : []),
        ...turningButtons({ button }, { page, pages }),
      ],
    ],
  };
}

interface Group {
  readonly value: string;
  readonly label: string;
  readonly own: readonly Target[];
}

function group(value: string, label: string, own: readonly Target[]): Group {
  return { value, label, own };
}

function entries(groups: readonly Group[], counts: (target: Target) => boolean): Entry[] {
  return groups.flatMap(({ value, label, own }) => {
    const count = own.filter(counts).length;
    return count === 0 ? [] : [{ value, label, description: targetsOf(count) }];
  });
}

/** Whether all, some or none of a cog are timed. */
function lineOf(cog: string, timed: number, all: number): string {
  const mark = timed === 0 ? '○' : timed === all ? '●' : '◐';
  return `${mark} ${code(cog)} ${timed} of ${all}`;
}
