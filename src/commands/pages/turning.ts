import type { Controls } from '../desk/menu.ts';
import { LIVE } from '../desk/menu.ts';

type Turning = 'turn' | 'jump';

/** The buttons that lead through the pages of a list, and draw it anew. */
export function turningButtons(
  { button }: Pick<Controls<never, Turning>, 'button'>,
  { page, pages, isLive }: { readonly page: number; readonly pages: number; readonly isLive: boolean },
) {
  const disabled = pages === 1;
  return [
    button('turn', '‹', { argument: '-1', disabled }),
    button('jump', `${page + 1}/${pages}`, { disabled }),
    button('turn', '›', { argument: '1', disabled }),
    button('show', '↻', { style: 'primary' }),
    button(LIVE, isLive ? 'Stop live' : 'Live', { style: isLive ? 'success' : 'secondary' }),
  ];
}
