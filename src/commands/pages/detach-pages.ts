import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { attachButton, listTargets } from './attach-pages.ts';
import { targetsOf } from './target-option.ts';

/** Detaches what is asked for, and tells what that was. */
export function detachPage(profiler: Profiler, query: string, keepFigures: boolean): Page {
  if (profiler.recorded.size === 0) {
    return {
      title: 'Nothing is timed',
      text: 'There is nothing to detach.',
      rows: [[attachButton('all', 'Attach all')]],
    };
  }
  const detached = profiler.detach(query, { keepFigures });
  return {
    title: `Detached ${targetsOf(detached.length)}`,
    text: [
      listTargets(detached),
      '',
      keepFigures
        ? "The bot's own functions are back in place. What was measured of them stays until its time is over."
        : "The bot's own functions are back in place, and what was measured of them is forgotten.",
    ].join('\n'),
    tone: 'good',
  };
}
