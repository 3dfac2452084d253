import type { SKRSContext2D } from '@napi-rs/canvas';
import type { FlamePicture, FlamePictureBox } from '../flame.ts';
import { cutToWidth, FONTS } from '../lettering.ts';
import { BACKGROUND, QUIET_TEXT } from '../palette.ts';
import { drawCard, drawTitle, PADDING, TITLE_HEIGHT } from './card.ts';
import { CATEGORY_LOOKS, categoryLegendHeight, drawCategoryLegend } from './category-looks.ts';
import { type Drawing, WIDTH } from './drawing.ts';
import { paint } from './part-looks.ts';

const ROW_HEIGHT = 17;
const GRAPH_WIDTH = WIDTH - 2 * PADDING;
/** Between boxes, in both directions. */
const GAP = 1;
const TEXT_PADDING = 3;
/** A box that has no room for three letters has none. */
const LEAST_LABELLED = 26;
const NOTE_HEIGHT = 17;
const LEGEND_GAP = 6;
const BELOW = 8;

/** Who called whom, from above: the wider a box, the more of the time. */
export const flame = {
  name: 'flame',
  isEmpty: ({ boxes }) => boxes.length === 0,

  size({ boxes, notes, legend }) {
    const graph = rowsOf(boxes) * ROW_HEIGHT;
    const below = LEGEND_GAP + categoryLegendHeight(legend) + notes.length * NOTE_HEIGHT + BELOW;
    return { width: WIDTH, height: PADDING + TITLE_HEIGHT + graph + below };
  },

  draw(context, description) {
    const { title, boxes, notes, legend } = description;
    drawCard(context, flame.size(description).height);
    drawTitle(context, title, PADDING);
    const top = PADDING + TITLE_HEIGHT;
    for (const box of boxes) drawBox(context, box, top);
    const legendTop = top + rowsOf(boxes) * ROW_HEIGHT + LEGEND_GAP;
    drawCategoryLegend(context, legend, legendTop);
    drawNotes(context, notes, legendTop + categoryLegendHeight(legend));
  },
} as const satisfies Drawing<'flame', FlamePicture>;

function rowsOf(boxes: readonly FlamePictureBox[]): number {
  return boxes.reduce((most, { row }) => Math.max(most, row + 1), 0);
}

function drawBox(
  context: SKRSContext2D,
  { label, category, row, from, share }: FlamePictureBox,
  top: number,
): void {
  const look = CATEGORY_LOOKS[category];
  const box = {
    left: PADDING + from * GRAPH_WIDTH,
    top: top + row * ROW_HEIGHT,
    width: Math.max(GAP, share * GRAPH_WIDTH - GAP),
    height: ROW_HEIGHT - GAP,
  };
  paint(context, look, box);
  if (box.width < LEAST_LABELLED) return;
  context.font = FONTS.text;
  const text = cutToWidth(context, label, box.width - 2 * TEXT_PADDING);
  if (look.texture !== 'plain') {
    // Letters are not to be read through a texture.
    context.fillStyle = look.colour;
    context.fillRect(box.left, box.top, context.measureText(text).width + 2 * TEXT_PADDING, box.height);
  }
  context.fillStyle = BACKGROUND;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, box.left + TEXT_PADDING, box.top + box.height / 2 + 0.5);
}

function drawNotes(context: SKRSContext2D, notes: readonly string[], top: number): void {
  context.font = FONTS.text;
  context.fillStyle = QUIET_TEXT;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const [index, note] of notes.entries()) {
    context.fillText(cutToWidth(context, note, GRAPH_WIDTH), PADDING, top + (index + 0.5) * NOTE_HEIGHT);
  }
}
