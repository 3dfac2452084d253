import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import type { Part } from '../pages/paged.ts';
import { DRAWN_ANEW, refreshButtons, turningButtons } from '../pages/turning.ts';
import { WINDOWS_IN_MEMORY, windowInMemory } from '../pages/windows.ts';
import type { View, ViewControls, ViewRequest } from './state.ts';

/** What is drawn of a report: a part of its list, and what is said of all. */
export type Drawn = Pick<Page, 'title' | 'tone' | 'content' | 'text'> & Pick<Part<unknown>, 'page' | 'pages'>;

interface InMemory<Report> {
  read(profiler: Profiler, window: { windowMs?: number }): Promise<Report>;
  draw(report: Report, page: number): Drawn;
  /** What the columns mean. */
  readonly legend: readonly string[];
}

/** A view of what each process has in its memory alone, of the last hour at most or since the start. */
export function inMemoryPage<Report>({ read, draw, legend }: InMemory<Report>): View['draw'] {
  return async ({ state, button, select }: ViewControls, { profiler, isLive, next }: ViewRequest) => {
    const { value, window } = windowInMemory(state.window);
    const { page, pages, ...drawn } = draw(await read(profiler, window), state.page);
    return {
      ...drawn,
      footer: [
        `Page ${page + 1}/${pages}`,
        ...legend,
        ...(isLive ? [DRAWN_ANEW] : []),
        'in memory only',
      ].join(' · '),
      rows: [
        [select('window', WINDOWS_IN_MEMORY, value, { placeholder: 'Window' })],
        [...turningButtons({ button }, { page, pages }), ...refreshButtons({ button }, isLive)],
        [button('by', next)],
      ],
    };
  };
}
