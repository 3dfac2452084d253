import { h } from './dom.ts';

/** A stripe of the map: where on the page it is, as shares of the height, and how hot, from 0 to 1. */
export interface Stripe {
  readonly from: number;
  readonly to: number;
  readonly heat: number;
}

const MAP_WIDTH_PX = 22;
const HEAT_COLOUR = '#d55e00';
const THINNEST_STRIPE_PX = 2;

/** The whole of what scrolls, in little: where the heat is, and what is in sight. It scrolls, too. */
export class Minimap {
  readonly element: HTMLElement;
  readonly #canvas = h('canvas', { 'aria-hidden': 'true' });
  readonly #scroller: HTMLElement;
  #stripes: readonly Stripe[] = [];

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
    const move = (event: PointerEvent): void => {
      if (event.buttons === 0 && event.type === 'pointermove') return;
      const { top, height } = this.element.getBoundingClientRect();
      const middle = ((event.clientY - top) / height) * scroller.scrollHeight;
      scroller.scrollTop = middle - scroller.clientHeight / 2;
    };
    this.element = h('div', { class: 'minimap', on: { pointerdown: move, pointermove: move } }, this.#canvas);
    scroller.addEventListener('scroll', () => this.draw());
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  show(stripes: readonly Stripe[]): void {
    this.#stripes = stripes;
    this.draw();
  }

  draw(): void {
    const height = this.element.clientHeight;
    this.#canvas.width = MAP_WIDTH_PX * devicePixelRatio;
    this.#canvas.height = height * devicePixelRatio;
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d')!;
    context.scale(devicePixelRatio, devicePixelRatio);
    context.fillStyle = HEAT_COLOUR;
    for (const { from, to, heat } of this.#stripes) {
      context.globalAlpha = 0.15 + 0.85 * heat;
      context.fillRect(
        4,
        from * height,
        MAP_WIDTH_PX - 8,
        Math.max(THINNEST_STRIPE_PX, (to - from) * height),
      );
    }
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    context.globalAlpha = 0.8;
    context.strokeStyle = getComputedStyle(this.element).color;
    const top = (scrollTop / scrollHeight) * height;
    context.strokeRect(
      0.5,
      top + 0.5,
      MAP_WIDTH_PX - 1,
      Math.max(4, (clientHeight / scrollHeight) * height - 1),
    );
  }
}
