import type { SKRSContext2D } from '@napi-rs/canvas';
import { formatDuration } from '../../units.ts';
import { cutMiddleToWidth, cutToWidth, FONTS } from '../lettering.ts';
import { BACKGROUND, FAILED_TEXT, GRID, QUIET_TEXT, TEXT } from '../palette.ts';
import { durationTicks } from '../value-axis.ts';
import type { LegendEntry, Waterfall, WaterfallRow } from '../waterfall.ts';
import { drawCard, drawTitle, PADDING, TITLE_HEIGHT } from './card.ts';
import { type Drawing, WIDTH } from './drawing.ts';
import { paintPart } from './part-looks.ts';

const ROW_HEIGHT = 16;
const BAR_HEIGHT = 10;
const AXIS_HEIGHT = 24;
const LEGEND_ROW = 18;
const LEGEND_COLUMNS = 2;
const BELOW = 8;

const LABEL_WIDTH = 122;
const LEFT = PADDING + LABEL_WIDTH + 6;
/** Half of the last time on the axis stands to the right of the bars. */
const RIGHT = WIDTH - PADDING - 10;
const MOST_TICKS = 4;
const INDENT = 7;
const DEEPEST_INDENT = 5;
/** What lasted no time that could be seen is seen all the same. */
const LEAST_BAR = 1.5;
const LINE_WIDTH = 2;
const ARROW = 5;
const GAP = 4;
const SAMPLE = { width: 16, height: 10 } as const;

/** One call as it went: what it did in rows, each a line from its begin to its end, coloured by what it waited for. */
export const waterfall = {
  name: 'waterfall',
  isEmpty: ({ rows }) => rows.length === 0,

  size(description) {
    return { width: WIDTH, height: heightsOf(description).all };
  },

  draw(context, description) {
    const { title, durationMs, rows, hidden, legend } = description;
    const { all, bars } = heightsOf(description);
    drawCard(context, all);
    drawTitle(context, title, PADDING);
    const top = PADDING + TITLE_HEIGHT;
    drawAxis(context, durationMs, top, top + bars);
    for (const [index, row] of rows.entries()) drawRow(context, row, durationMs, top + index * ROW_HEIGHT);
    if (hidden > 0) {
      write(context, `+${hidden} more`, PADDING, top + (rows.length + 0.5) * ROW_HEIGHT, QUIET_TEXT);
    }
    drawLegend(context, legend, top + bars + AXIS_HEIGHT);
  },
} as const satisfies Drawing<'waterfall', Waterfall>;

/** Of the rows with what is said below them, and of the whole. */
function heightsOf({ rows, hidden, legend }: Waterfall): { bars: number; all: number } {
  const bars = (rows.length + (hidden > 0 ? 1 : 0)) * ROW_HEIGHT;
  const legendHeight = Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_ROW;
  return { bars, all: PADDING + TITLE_HEIGHT + bars + AXIS_HEIGHT + legendHeight + BELOW };
}

function placeOf(ms: number, durationMs: number): number {
  const share = durationMs > 0 ? Math.min(1, Math.max(0, ms / durationMs)) : 0;
  return LEFT + share * (RIGHT - LEFT);
}

function drawAxis(context: SKRSContext2D, durationMs: number, top: number, bottom: number): void {
  for (const { value, label } of durationTicks(durationMs, MOST_TICKS)) {
    const x = placeOf(value, durationMs);
    context.fillStyle = GRID;
    context.fillRect(x - 0.5, top, 1, bottom - top);
    context.font = FONTS.text;
    const farthest = WIDTH - GAP - context.measureText(label).width / 2;
    write(context, label, Math.min(x, farthest), bottom + AXIS_HEIGHT / 2 - 2, QUIET_TEXT, 'center');
  }
}

function drawRow(context: SKRSContext2D, row: WaterfallRow, durationMs: number, top: number): void {
  const { label, depth, fromMs, toMs, failed, segments } = row;
  const middle = top + ROW_HEIGHT / 2;
  const indent = Math.min(depth, DEEPEST_INDENT) * INDENT;
  context.font = FONTS.text;
  const text = cutMiddleToWidth(context, failed ? `× ${label}` : label, LABEL_WIDTH - indent);
  write(context, text, PADDING + indent, middle, failed ? FAILED_TEXT : TEXT);

  const left = Math.min(placeOf(fromMs, durationMs), RIGHT - LEAST_BAR);
  const right = Math.max(left + LEAST_BAR, placeOf(toMs ?? durationMs, durationMs));
  context.fillStyle = QUIET_TEXT;
  context.fillRect(left, middle - LINE_WIDTH / 2, right - left, LINE_WIDTH);
  context.fillRect(left, middle - BAR_HEIGHT / 2, 1, BAR_HEIGHT);
  if (toMs === undefined) drawArrow(context, right, middle);
  else context.fillRect(right - 1, middle - BAR_HEIGHT / 2, 1, BAR_HEIGHT);
  for (const segment of segments) {
    const from = Math.max(left, placeOf(segment.fromMs, durationMs));
    const to = Math.min(right, placeOf(segment.toMs, durationMs));
    const width = Math.max(to - from, LEAST_BAR / 2);
    paintPart(context, segment.kind, {
      left: Math.min(from, right - width),
      top: middle - BAR_HEIGHT / 2,
      width,
      height: BAR_HEIGHT,
    });
  }
  // How long the call itself took stands above.
  if (depth > 0) writeDuration(context, (toMs ?? durationMs) - fromMs, { left, right, middle });
}

function drawArrow(context: SKRSContext2D, x: number, middle: number): void {
  context.beginPath();
  context.moveTo(x, middle - ARROW);
  context.lineTo(x + ARROW, middle);
  context.lineTo(x, middle + ARROW);
  context.fill();
}

/** Behind the bar, where there is room; else before it, else in it. */
function writeDuration(
  context: SKRSContext2D,
  ms: number,
  { left, right, middle }: { left: number; right: number; middle: number },
): void {
  const text = formatDuration(Math.max(0, ms));
  context.font = FONTS.text;
  const width = context.measureText(text).width;
  if (right + ARROW + GAP + width <= WIDTH - PADDING) {
    write(context, text, right + ARROW + GAP - 1, middle, QUIET_TEXT);
  } else if (left - GAP - width >= LEFT) {
    write(context, text, left - GAP - width, middle, QUIET_TEXT);
  } else {
    // The bar is far longer than that: both its ends are seen.
    const start = (left + right - width) / 2;
    context.fillStyle = BACKGROUND;
    context.fillRect(start - 2, middle - ROW_HEIGHT / 2 + 1, width + 4, ROW_HEIGHT - 2);
    write(context, text, start, middle, TEXT);
  }
}

/** In columns, from the first to the last row and then beside them. */
function drawLegend(context: SKRSContext2D, legend: readonly LegendEntry[], top: number): void {
  const perColumn = Math.ceil(legend.length / LEGEND_COLUMNS);
  const columnWidth = (WIDTH - 2 * PADDING) / LEGEND_COLUMNS;
  for (const [index, { kind, label, text }] of legend.entries()) {
    const left = PADDING + Math.floor(index / perColumn) * columnWidth;
    const middle = top + ((index % perColumn) + 0.5) * LEGEND_ROW;
    paintPart(context, kind, { left, top: middle - SAMPLE.height / 2, ...SAMPLE });
    const textLeft = left + SAMPLE.width + GAP + 2;
    context.font = FONTS.text;
    const name = cutToWidth(context, label, columnWidth / 2);
    write(context, name, textLeft, middle, TEXT);
    const after = textLeft + context.measureText(name).width + GAP + 2;
    write(context, cutToWidth(context, text, left + columnWidth - after), after, middle, QUIET_TEXT);
  }
}

function write(
  context: SKRSContext2D,
  text: string,
  x: number,
  middle: number,
  colour: string,
  align: 'left' | 'center' = 'left',
): void {
  context.font = FONTS.text;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillText(text, x, middle);
}
