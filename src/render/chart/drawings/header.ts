import type { SKRSContext2D } from '@napi-rs/canvas';
import { drawPoint } from 'chart.js/helpers';
import { cutToWidth, FONTS } from '../lettering.ts';
import { QUIET_TEXT, TEXT } from '../palette.ts';
import type { Panel, Series } from '../timeline.ts';
import { strokeOf } from './strokes.ts';

export const HEADER_HEIGHT = 32;
/** The labels of the plots reach into it: from below more than from above. */
const MIDDLE = 14;

const SAMPLE_WIDTH = 18;
const BAR_SIZE = 9;
const GAP = 5;
const ENTRY_GAP = 12;
/** What the label is left with at least, where the legend is long. */
const LABEL_SHARE = 0.35;

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** The line above a plot: what it shows, and at the right end a legend. */
export function drawHeader(context: SKRSContext2D, { label, series }: Panel, place: Place): void {
  const middle = place.top + MIDDLE;
  context.font = FONTS.text;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const most = (place.right - place.left) * LABEL_SHARE;
  const entriesWidth = place.right - place.left - Math.min(most, context.measureText(label).width);
  const entries = layOut(context, series, entriesWidth);
  const width = entries.reduce((sum, entry) => sum + entry.width, 0);

  context.fillStyle = QUIET_TEXT;
  context.fillText(cutToWidth(context, label, place.right - place.left - width), place.left, middle);
  let left = place.right - width;
  for (const entry of entries) {
    left += ENTRY_GAP;
    drawSample(context, entry.series, left, middle);
    context.fillStyle = TEXT;
    context.fillText(entry.text, left + entry.sampleWidth + GAP, middle);
    left += entry.width - ENTRY_GAP;
  }
}

/** Each entry with the gap before it. Together they are not wider than `most`: the longest are cut. */
function layOut(context: SKRSContext2D, series: readonly Series[], most: number) {
  const entries = series.map((each) => {
    const sampleWidth = each.style === 'line' ? SAMPLE_WIDTH : BAR_SIZE;
    return { series: each, sampleWidth, around: ENTRY_GAP + sampleWidth + GAP };
  });
  const widths = series.map(({ label }) => context.measureText(label).width);
  const longest = levelOf(
    widths,
    entries.reduce((left, { around }) => left - around, most),
  );
  return entries.map(({ around, ...entry }) => {
    const text = cutToWidth(context, entry.series.label, longest);
    return { ...entry, text, width: around + context.measureText(text).width };
  });
}

/** The greatest width for which all together, each cut to it, fit in `most`. */
function levelOf(widths: readonly number[], most: number): number {
  const ascending = [...widths].sort((a, b) => a - b);
  let left = most;
  for (const [index, width] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (width > share) return share;
    left -= width;
  }
  return Number.POSITIVE_INFINITY;
}

/** As the plot shows it. */
function drawSample(context: SKRSContext2D, series: Series, left: number, middle: number): void {
  const { colour, width, dash, mark, radius } = strokeOf(series);
  context.fillStyle = colour;
  if (series.style === 'bars') {
    context.fillRect(left, middle - BAR_SIZE / 2, BAR_SIZE, BAR_SIZE);
    return;
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.beginPath();
  context.moveTo(left, middle);
  context.lineTo(left + SAMPLE_WIDTH, middle);
  context.stroke();
  context.setLineDash([]);
  if (radius === 0) return;
  for (const share of [0.15, 0.5, 0.85]) {
    // The types of Chart.js are those of a browser.
    const options = { pointStyle: mark, radius, rotation: 0, borderWidth: 0 };
    drawPoint(context as never, options, left + share * SAMPLE_WIDTH, middle);
  }
}
