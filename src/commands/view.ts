import { createMenu } from './desk/menu.ts';
import { inspectMenu, shortKey } from './inspect.ts';
import { inTurn } from './pages/paged.ts';
import { trackedMenu } from './pages/tracked.ts';
import { turning } from './pages/turning.ts';
import type { Subcommand } from './subcommand.ts';
import { acksPage } from './view/acks.ts';
import { BY_NAME, LAYOUTS, type Layout } from './view/columns.ts';
import { figuresPage } from './view/figures.ts';
import { restPage } from './view/rest.ts';
import { FILTER_SYNTAX } from './view/row-filter.ts';
import {
  ACKS,
  INITIAL,
  LONGEST_FILTER,
  REST,
  type View,
  type ViewAction,
  type ViewState,
} from './view/state.ts';

/** Each way to look at what the bot does; a button leads from one to the next. */
const VIEWS: readonly View[] = [
  {
    name: 'target',
    label: 'By target',
    draw: figuresPage({ by: 'target', title: 'What takes the time, by target', placeholder: 'Inspect…' }),
    open: ({ window }, key) => ({
      open: inspectMenu,
      at: inspectMenu.stateWith({ key: shortKey(key), window }),
    }),
  },
  {
    name: 'cog',
    label: 'By cog',
    draw: figuresPage({
      by: 'cog',
      title: 'What takes the time, by cog',
      placeholder: 'Show the targets of…',
    }),
    open: (state, cog) => ({ to: { ...state, page: 0, by: 'target', filter: filterOfCog(cog) } }),
  },
  {
    name: 'shard',
    label: 'By shard',
    draw: figuresPage({ by: 'shard', title: 'What takes the time, by shard' }),
  },
  { name: ACKS, label: 'Acks', draw: acksPage },
  { name: REST, label: 'REST', draw: restPage },
];

const menu = createMenu<ViewState, ViewAction>('view', {
  initial: INITIAL,
  actions: {
    ...turning(),
    sort: (state, [sort = '']) => ({
      to: { ...state, page: 0, sort, descending: sort !== BY_NAME.name },
    }),
    reverse: (state) => ({ to: { ...state, page: 0, descending: !state.descending } }),
    window: (state, [window = '']) => ({ to: { ...state, page: 0, window } }),
    by: (state, [by]) => ({ to: { ...state, page: 0, by: by ?? inTurn(VIEWS, state.by).next.name } }),
    layout: (state) => ({ to: { ...state, layout: inTurn<Layout>(LAYOUTS, state.layout).next.name } }),
    filter: {
      form: ({ filter }) => ({
        title: 'Filter',
        fields: [
          {
            name: 'filter',
            label: 'Show only (empty: everything)',
            value: filter,
            placeholder: FILTER_SYNTAX,
            longest: LONGEST_FILTER,
          },
        ],
      }),
      submit: (state, answers) => ({ to: { ...state, page: 0, filter: answers.get('filter') ?? '' } }),
    },
    open: (state, [key = '']) => inTurn(VIEWS, state.by).item.open?.(state, key) ?? { to: state },
    tracked: () => ({ open: trackedMenu, at: '' }),
  },
  page(controls, request) {
    const { item, next } = inTurn(VIEWS, controls.state.by);
    return item.draw(controls, { ...request, next: next.label });
  },
});

/** Where the page about acknowledgements is. */
export const ACKS_STATE = menu.stateWith({ by: ACKS });

export const view: Subcommand = {
  name: 'view',
  description: 'Show what is slow: durations, calls, errors and impact of all that is timed',
  menu,
  run: () => ({ to: '' }),
};

function filterOfCog(cog: string): string {
  return `cog:${cog.split(/\s/)[0]}`.slice(0, LONGEST_FILTER);
}
