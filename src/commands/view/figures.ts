import { keyOf } from '../../cog/select.ts';
import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { code } from '../../render/text.ts';
import { formatDuration, plural } from '../../render/units.ts';
import type { Grouping, SummaryRow } from '../../store/summary.ts';
import { attachButton } from '../pages/attach-pages.ts';
import { inTurn, partOf } from '../pages/paged.ts';
import { kindLabel, targetsOf } from '../pages/target-option.ts';
import { DRAWN_ANEW, refreshButtons, turningButtons } from '../pages/turning.ts';
import { windowOf, windowsWithin } from '../pages/windows.ts';
import { BY_NAME, FIGURES, LAYOUTS, type Layout, legend } from './columns.ts';
import { figuresOf, headline, measured, sorted, worst } from './parts.ts';
import { rowFilter } from './row-filter.ts';
import { ACKS, REST, type View, type ViewControls } from './state.ts';

const ROWS_PER_PAGE = 10;
const SORTS = [...FIGURES, BY_NAME];

/** How figures are shown by a grouping. */
export interface Grouped {
  readonly by: Grouping;
  readonly title: string;
  /** Stands on the menu of the rows, where they can be chosen; those can be filtered too. */
  readonly placeholder?: string;
}

/** The figures of each row of a grouping, the guilty one first. */
export function figuresPage({ by, title, placeholder }: Grouped): View['draw'] {
  return async (controls, { profiler, isLive, next }) => {
    const { state } = controls;
    const sort = SORTS.find(({ name }) => name === state.sort) ?? FIGURES[0];
    const { item: layout, next: nextLayout } = inTurn<Layout>(LAYOUTS, state.layout);
    const summary = await profiler.summary({ by, ...windowOf(state.window).window });
    if (summary.rows.length === 0 && profiler.tracked.size === 0) return nothingAttached(profiler, controls);
    const filter = placeholder === undefined ? '' : state.filter;
    const passing = summary.rows.filter(rowFilter(filter));
    const rows = sorted(passing, sort.of, state.descending);
    const { items: shown, page, pages } = partOf(rows, state.page, ROWS_PER_PAGE);
    const { button, select } = controls;
    return {
      title,
      tone: worst(passing),
      // Above the embed there is more room, on phones and on desktops.
      content: [...headline(passing, by), figuresOf(shown, layout, sort.name)].join('\n'),
      text: [
        ...measured(summary, passing),
        ...(filter === '' ? [] : [`Only ${code(filter)}: ${rows.length} of ${summary.rows.length}.`]),
      ].join('\n'),
      footer: [
        `Page ${page + 1}/${pages}`,
        `by ${sort.label.toLowerCase()} ${state.descending ? '↓' : '↑'}`,
        ...(isLive ? [DRAWN_ANEW] : []),
        legend(shown),
        'impact: ms a minute, calls × (mean + deviation)',
      ]
        .filter(Boolean)
        .join(' · '),
      rows: [
        ...(placeholder === undefined || shown.length === 0
          ? []
          : [[select('open', shown.map(entryOf), '', { placeholder })]]),
        [
          select(
            'sort',
            SORTS.map(({ name, label }) => ({ value: name, label: `Sort by ${label}` })),
            sort.name,
            { placeholder: 'Sort' },
          ),
        ],
        [
          select('window', windowsWithin(profiler.retentionMs), windowOf(state.window).value, {
            placeholder: 'Window',
          }),
        ],
        [...turningButtons({ button }, { page, pages }), ...refreshButtons({ button }, isLive)],
        [
          button('filter', state.filter === '' ? 'Filter' : 'Filter ✓'),
          button('reverse', state.descending ? 'Sort ↑' : 'Sort ↓'),
          button('by', next),
          button('layout', nextLayout.label),
          button('tracked', 'Attach…'),
        ],
      ],
    };
  };
}

function nothingAttached(profiler: Profiler, { button }: ViewControls): Page {
  return {
    title: 'Nothing is timed yet',
    text: [
      `I found ${targetsOf(profiler.targets.size)} in this bot.`,
      'Choose some with `/profiler attach`, or start with all of them; then come back here.',
    ].join(' '),
    rows: [
      [
        attachButton('all', 'Attach all'),
        button('by', 'Acks', { argument: ACKS }),
        button('by', 'REST', { argument: REST }),
      ],
    ],
  };
}

/** A row as it stands in a menu. */
export function entryOf({ id, cog, kind, name, p95Ms, count }: SummaryRow) {
  return {
    value: keyOf(id),
    label: kind === undefined ? name : `${cog} › ${name}`,
    description: `${kind === undefined ? '' : `${kindLabel(kind)}, `}p95 ${formatDuration(p95Ms)}, ${plural(count, 'call')}`,
  };
}
