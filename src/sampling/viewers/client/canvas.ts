import { colourOf, textsOf } from './box.ts';
import { inkOn } from './colours.ts';
import { h } from './dom.ts';
import { fitted } from './fitted.ts';
import { type Box, boxAt, type Direction, type Layout, neighbour } from './layout.ts';
import type { Picture } from './picture.ts';

export interface CanvasEvents {
  /** The pointer is over a box, or over none; the place is in the window. */
  hover(box: Box | undefined, at: { x: number; y: number }): void;
  /** A box was chosen with a finger or with the keyboard. */
  pick(box: Box): void;
  open(box: Box): void;
}

const FONT = '12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const PADDING_PX = 5;
const ROW_PX = 22;
/** For fingers. */
const TALL_ROW_PX = 34;
/** Narrower than that, no part of a name helps. */
const NARROWEST_TEXT_PX = 26;

const DIRECTIONS: Readonly<Record<string, readonly [whenRootAbove: Direction, whenRootBelow: Direction]>> = {
  ArrowLeft: ['left', 'left'],
  ArrowRight: ['right', 'right'],
  ArrowDown: ['in', 'out'],
  ArrowUp: ['out', 'in'],
};

/** Draws what is in sight of the picture, however high it is. */
export class FlameCanvas {
  readonly element: HTMLElement;
  readonly #canvas = h('canvas', { 'aria-hidden': 'true' });
  readonly #spacer = h('div', { class: 'flame-height' });
  readonly #picture: Picture;
  readonly #events: CanvasEvents;
  #layout: Layout = { boxes: [], rowCount: 0 };
  #selected: Box | undefined;
  #hovered: Box | undefined;
  #isAsked = false;

  constructor(picture: Picture, events: CanvasEvents) {
    this.#picture = picture;
    this.#events = events;
    this.#spacer.append(this.#canvas);
    this.element = h(
      'div',
      {
        class: 'flame',
        tabindex: '0',
        role: 'application',
        'aria-label': 'Flame graph. Arrows move, Enter zooms in, Backspace zooms out.',
        on: {
          scroll: () => this.draw(),
          pointermove: (event) => {
            if (event.pointerType === 'mouse') this.#hover(event);
          },
          pointerleave: (event) => this.#hover(event, true),
          click: (event) => this.#click(event as PointerEvent),
          keydown: (event) => this.#key(event),
        },
      },
      this.#spacer,
    );
    new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  get layout(): Layout {
    return this.#layout;
  }

  get rowHeightPx(): number {
    return matchMedia('(pointer: coarse)').matches ? TALL_ROW_PX : ROW_PX;
  }

  /** What is drawn has changed. */
  refresh(isOther = false): void {
    this.#layout = this.#picture.layout(this.element.clientWidth);
    this.#selected = undefined;
    this.#hovered = undefined;
    const height = Math.max(this.#layout.rowCount * this.rowHeightPx, this.element.clientHeight);
    this.#spacer.style.height = `${height}px`;
    if (isOther) this.element.scrollTop = this.#picture.look.isRootBelow ? height : 0;
    this.draw();
  }

  draw(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  select(box: Box | undefined): void {
    this.#selected = box;
    if (box !== undefined) this.#reveal(box);
    this.draw();
  }

  /** Where a box is, in the window. */
  placeOf(box: Box): { x: number; y: number } {
    const { left, top } = this.element.getBoundingClientRect();
    const y = this.#topOf(box.row) - this.element.scrollTop + this.rowHeightPx;
    return { x: left + (box.x + Math.min(box.width, 0.2) / 2) * this.element.clientWidth, y: top + y };
  }

  #topOf(row: number): number {
    const height = this.rowHeightPx;
    if (!this.#picture.look.isRootBelow) return row * height;
    return this.#spacer.offsetHeight - (row + 1) * height;
  }

  #paint(): void {
    const { clientWidth: width, clientHeight: height, scrollTop } = this.element;
    const ratio = devicePixelRatio;
    if (
      this.#canvas.width !== Math.round(width * ratio) ||
      this.#canvas.height !== Math.round(height * ratio)
    ) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    const context = this.#canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = FONT;
    context.textBaseline = 'middle';
    const rowHeight = this.rowHeightPx;
    for (const box of this.#layout.boxes) {
      const y = this.#topOf(box.row) - scrollTop;
      if (y > height || y + rowHeight < 0) continue;
      this.#paintBox(context, box, box.x * width, y, box.width * width, rowHeight);
    }
  }

  #paintBox(
    context: CanvasRenderingContext2D,
    box: Box,
    x: number,
    y: number,
    width: number,
    height: number,
  ) {
    const { found } = this.#picture;
    const colour = colourOf(this.#picture, box);
    const isFaded = found !== undefined && (box.smallCount > 0 || found.isFound[box.node.label] !== 1);
    context.globalAlpha = isFaded ? 0.3 : 1;
    context.fillStyle = colour;
    const gap = width > 3 ? 1 : 0;
    context.fillRect(x, y, width - gap, height - 1);
    if (width >= NARROWEST_TEXT_PX) {
      context.fillStyle = isFaded ? getComputedStyle(this.element).color : inkOn(colour);
      context.globalAlpha = isFaded ? 0.6 : 1;
      const text = fitted(context, textsOf(this.#picture, box), width - 2 * PADDING_PX);
      context.fillText(text, x + PADDING_PX, y + height / 2);
    }
    context.globalAlpha = 1;
    if (box !== this.#selected && box !== this.#hovered) return;
    context.strokeStyle = getComputedStyle(this.element).color;
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, Math.max(2, width - gap - 2), height - 3);
  }

  #boxAt(event: PointerEvent): Box | undefined {
    const { left, top } = this.element.getBoundingClientRect();
    const y = event.clientY - top + this.element.scrollTop;
    const fromRoot = this.#picture.look.isRootBelow ? this.#spacer.offsetHeight - y : y;
    return boxAt(
      this.#layout,
      (event.clientX - left) / this.element.clientWidth,
      Math.floor(fromRoot / this.rowHeightPx),
    );
  }

  #hover(event: PointerEvent, isGone = false): void {
    const box = isGone ? undefined : this.#boxAt(event);
    if (box !== this.#hovered) {
      this.#hovered = box;
      this.element.classList.toggle('over', box !== undefined);
      this.draw();
    }
    this.#events.hover(box, { x: event.clientX, y: event.clientY });
  }

  #click(event: PointerEvent): void {
    const box = this.#boxAt(event);
    if (box === undefined) return;
    this.element.focus({ preventScroll: true });
    if (event.pointerType === 'mouse') {
      this.#events.open(box);
      return;
    }
    this.select(box);
    this.#events.pick(box);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter' && this.#selected !== undefined) {
      event.preventDefault();
      this.#events.open(this.#selected);
      return;
    }
    const direction = DIRECTIONS[event.key]?.[this.#picture.look.isRootBelow ? 1 : 0];
    if (direction === undefined) return;
    event.preventDefault();
    const next =
      this.#selected === undefined
        ? this.#layout.boxes[0]
        : neighbour(this.#layout, this.#selected, direction);
    if (next === undefined) return;
    this.select(next);
    this.#events.pick(next);
  }

  #reveal({ row }: Box): void {
    const top = this.#topOf(row);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeightPx > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.rowHeightPx - clientHeight;
    }
  }
}
