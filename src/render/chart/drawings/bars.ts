import type { SKRSContext2D } from '@napi-rs/canvas';
import type { BarRow, Bars } from '../bars.ts';
import { cutMiddleToWidth, FONTS } from '../lettering.ts';
import { BACKGROUND, QUIET_TEXT, TEXT } from '../palette.ts';
import { drawCard, drawTitle, PADDING, TITLE_HEIGHT } from './card.ts';
import { CATEGORY_LOOKS, categoryLegendHeight, drawCategoryLegend } from './category-looks.ts';
import { type Drawing, WIDTH } from './drawing.ts';
import { paint } from './part-looks.ts';

const ROW_HEIGHT = 17;
const BAR_HEIGHT = 11;
const LABEL_WIDTH = 146;
const LEFT = PADDING + LABEL_WIDTH + 6;
const RIGHT = WIDTH - PADDING;
const LEAST_BAR = 1.5;
const GAP = 5;
const LEGEND_GAP = 8;
const BELOW = 8;

/** Shares as bars, one below the other, with how far each may lie from the truth. */
export const bars = {
  name: 'bars',
  isEmpty: ({ rows }) => rows.length === 0,

  size(description) {
    const { legend } = description;
    const legendHeight = legend.length === 0 ? 0 : LEGEND_GAP + categoryLegendHeight(legend);
    return { width: WIDTH, height: PADDING + TITLE_HEIGHT + rowsHeight(description) + legendHeight + BELOW };
  },

  draw(context, description) {
    const { title, rows, hidden, legend } = description;
    drawCard(context, bars.size(description).height);
    drawTitle(context, title, PADDING);
    const top = PADDING + TITLE_HEIGHT;
    const scale = scaleOf(context, rows);
    for (const [index, row] of rows.entries()) drawRow(context, row, scale, top + index * ROW_HEIGHT);
    if (hidden > 0) {
      write(context, `+${hidden} more`, PADDING, top + (rows.length + 0.5) * ROW_HEIGHT, QUIET_TEXT);
    }
    drawCategoryLegend(context, legend, top + rowsHeight(description) + LEGEND_GAP);
  },
} as const satisfies Drawing<'bars', Bars>;

function rowsHeight({ rows, hidden }: Bars): number {
  return (rows.length + (hidden > 0 ? 1 : 0)) * ROW_HEIGHT;
}

/** Logical pixels of the whole, so that the longest bar leaves room for its figures. */
function scaleOf(context: SKRSContext2D, rows: readonly BarRow[]): number {
  context.font = FONTS.text;
  const figures = Math.max(...rows.map((row) => context.measureText(figuresOf(row)).width));
  const most = Math.max(...rows.map(({ share, margin }) => share + margin));
  return most > 0 ? (RIGHT - figures - GAP - LEFT) / most : 0;
}

function figuresOf({ share, margin }: BarRow): string {
  return `${(100 * share).toFixed(1)} ±${(100 * margin).toFixed(1)} %`;
}

function drawRow(context: SKRSContext2D, row: BarRow, scale: number, top: number): void {
  const { label, category, share, margin } = row;
  const middle = top + ROW_HEIGHT / 2;
  context.font = FONTS.text;
  write(context, cutMiddleToWidth(context, label, LABEL_WIDTH), PADDING, middle, TEXT);
  const width = Math.max(LEAST_BAR, share * scale);
  paint(context, CATEGORY_LOOKS[category], {
    left: LEFT,
    top: middle - BAR_HEIGHT / 2,
    width,
    height: BAR_HEIGHT,
  });
  const [from, to] = [Math.max(0, share - margin), share + margin].map((end) => LEFT + end * scale);
  drawMargin(context, from!, to!, middle);
  write(context, figuresOf(row), Math.max(LEFT + width, to!) + GAP, middle, QUIET_TEXT);
}

/** A line from the least to the most that it can be; dark below it, so that it is seen on the bar and beside it. */
function drawMargin(context: SKRSContext2D, from: number, to: number, middle: number): void {
  context.fillStyle = BACKGROUND;
  context.fillRect(from - 1, middle - 1.5, to - from + 2, 3);
  context.fillStyle = TEXT;
  context.fillRect(from, middle - 0.5, to - from, 1);
  for (const end of [from, to]) context.fillRect(end - 0.5, middle - 2.5, 1, 5);
}

function write(context: SKRSContext2D, text: string, x: number, middle: number, colour: string): void {
  context.font = FONTS.text;
  context.fillStyle = colour;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, x, middle);
}
