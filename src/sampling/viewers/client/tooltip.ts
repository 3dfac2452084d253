import { h } from './dom.ts';
import type { Box } from './layout.ts';

export interface TooltipEvents {
  zoom(box: Box): void;
  find(box: Box): void;
}

const DISTANCE_PX = 14;
const MARGIN_PX = 8;

/** What is told of a box: beside the mouse, or, of one that was tapped or chosen by key, at the foot of the page. */
export class Tooltip {
  readonly element = h('div', { class: 'details', hidden: true });
  readonly #events: TooltipEvents;

  constructor(events: TooltipEvents) {
    this.#events = events;
  }

  showAt({ x, y }: { x: number; y: number }, content: readonly HTMLElement[]): void {
    this.element.classList.remove('sheet');
    this.element.replaceChildren(...content);
    this.element.hidden = false;
    const { offsetWidth, offsetHeight } = this.element;
    const left = Math.min(x + DISTANCE_PX, innerWidth - offsetWidth - MARGIN_PX);
    const isBelow = y + DISTANCE_PX + offsetHeight + MARGIN_PX <= innerHeight;
    const top = isBelow ? y + DISTANCE_PX : y - DISTANCE_PX - offsetHeight;
    this.element.style.left = `${Math.max(MARGIN_PX, left)}px`;
    this.element.style.top = `${Math.max(MARGIN_PX, top)}px`;
  }

  showSheet(box: Box, content: readonly HTMLElement[]): void {
    this.element.classList.add('sheet');
    this.element.style.left = '';
    this.element.style.top = '';
    const button = (text: string, act: () => void) =>
      h('button', { type: 'button', on: { click: act } }, text);
    this.element.replaceChildren(
      ...content,
      h(
        'div',
        { class: 'details-buttons' },
        button('Zoom', () => this.#events.zoom(box)),
        box.smallCount === 0 && button('Find all', () => this.#events.find(box)),
        button('Close', () => this.hide()),
      ),
    );
    this.element.hidden = false;
  }

  /** Whether there was something to hide. */
  hide(): boolean {
    const wasShown = !this.element.hidden;
    this.element.hidden = true;
    return wasShown;
  }
}
