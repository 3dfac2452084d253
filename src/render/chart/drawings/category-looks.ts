import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Category, CategoryEntry } from '../categories.ts';
import { cutToWidth, FONTS } from '../lettering.ts';
import { QUIET_TEXT, TEXT } from '../palette.ts';
import { PADDING } from './card.ts';
import { WIDTH } from './drawing.ts';
import { type Look, paint } from './part-looks.ts';

/**
 * The colours of Okabe and Ito for cogs, with a violet in place of their blue, which is too dark for the card; greys for
 * what is in no cog. Dark letters can be read on each.
 */
export const CATEGORY_LOOKS: Readonly<Record<Category, Look>> = {
  cog0: { colour: '#e69f00', texture: 'plain' },
  cog1: { colour: '#56b4e9', texture: 'plain' },
  cog2: { colour: '#009e73', texture: 'plain' },
  cog3: { colour: '#f0e442', texture: 'plain' },
  cog4: { colour: '#cc79a7', texture: 'plain' },
  cog5: { colour: '#a585ff', texture: 'plain' },
  otherCogs: { colour: '#e8d5b5', texture: 'dotted' },
  package: { colour: '#eef1f6', texture: 'plain' },
  node: { colour: '#b4bdcb', texture: 'plain' },
  native: { colour: '#8891a3', texture: 'dotted' },
  gc: { colour: '#d55e00', texture: 'hatched' },
  none: { colour: '#8891a3', texture: 'hatched' },
};

const COLUMNS = 3;
const ROW = 18;
const SAMPLE = { width: 16, height: 10 } as const;
const GAP = 6;
/** What the label has of the room, where there is more to be written. */
const LABEL_PART = 0.6;

export function categoryLegendHeight(legend: readonly CategoryEntry[]): number {
  return Math.ceil(legend.length / COLUMNS) * ROW;
}

/** In columns, from the first to the last row and then beside them. */
export function drawCategoryLegend(
  context: SKRSContext2D,
  legend: readonly CategoryEntry[],
  top: number,
): void {
  const perColumn = Math.ceil(legend.length / COLUMNS);
  const columnWidth = (WIDTH - 2 * PADDING) / COLUMNS;
  context.font = FONTS.text;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const [index, { category, label, text }] of legend.entries()) {
    const left = PADDING + Math.floor(index / perColumn) * columnWidth;
    const middle = top + ((index % perColumn) + 0.5) * ROW;
    paint(context, CATEGORY_LOOKS[category], { left, top: middle - SAMPLE.height / 2, ...SAMPLE });
    const textLeft = left + SAMPLE.width + GAP;
    const right = left + columnWidth - GAP;
    const name = cutToWidth(context, label, (right - textLeft) * (text === '' ? 1 : LABEL_PART));
    context.fillStyle = TEXT;
    context.fillText(name, textLeft, middle);
    context.fillStyle = QUIET_TEXT;
    const after = textLeft + context.measureText(name).width + GAP;
    if (text !== '') context.fillText(cutToWidth(context, text, right - after), after, middle);
  }
}
