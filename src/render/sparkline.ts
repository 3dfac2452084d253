import { cut } from './text.ts';
import { formatCount } from './units.ts';

/** Pictures made of characters: where there is room for no other, or no other can be drawn. */

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const AXIS = '▏';
const NOT_MEASURED = ' ';

/**
 * One character a value, such as `▁▃█ ▂`, higher for greater ones, from 0 to the greatest of them. NaN leaves a gap.
 * @param width characters at most: of more values, each character shows the greatest of some
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.length > width ? greatestOf(values, width) : values;
  const greatest = Math.max(0, greatestIn(shown));
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return NOT_MEASURED;
      const height = Math.ceil((value / greatest) * HEIGHTS.length);
      // What is 0 stands on the ground: it was measured. Where all are 0, there is no height.
      return HEIGHTS[Math.max(height || 0, 1) - 1];
    })
    .join('');
}

/** As many values as there is room for, in place of many. */
function greatestOf(values: readonly number[], width: number): number[] {
  const start = (index: number) => Math.floor((index * values.length) / width);
  return Array.from({ length: width }, (_, index) =>
    greatestIn(values.slice(start(index), start(index + 1))),
  );
}

/** NaN where nothing was measured. */
function greatestIn(values: readonly number[]): number {
  const measured = values.filter(Number.isFinite);
  return measured.reduce((a, b) => Math.max(a, b), measured[0] ?? Number.NaN);
}

/** One bar of a distribution. */
export interface Class {
  readonly label: string;
  readonly count: number;
  /** What stands behind the bar; default: the count. */
  readonly text?: string;
}

/**
 * A line for each class, such as `≤ 10ms ▏███▌ 42`, the bars in proportion, with the counts behind them.
 * @param width characters of a line at most; 16 or more
 */
export function bars(classes: readonly Class[], width: number): string {
  const counts = classes.map(({ count, text = formatCount(count) }) => text);
  const greatest = classes.reduce((most, { count }) => Math.max(most, count), 0);
  const countWidth = counts.reduce((most, { length }) => Math.max(most, length), 0);
  // The axis, and a space on each side of a bar.
  const left = width - countWidth - 3;
  const labelWidth = Math.min(
    classes.reduce((most, { label }) => Math.max(most, label.length), 0),
    left >> 1,
  );
  return classes
    .map(({ label, count }, index) => {
      const bar = barOf(count / greatest, left - labelWidth);
      return `${cut(label, labelWidth).padStart(labelWidth)} ${AXIS}${bar} ${counts[index]}`;
    })
    .join('\n');
}

/** As long as its share of `width` characters; what is more than nothing can be seen. */
function barOf(share: number, width: number): string {
  if (!(share > 0)) return '';
  const length = Math.max(1, Math.round(share * width * 8));
  return '█'.repeat(length >> 3) + EIGHTHS[length % 8];
}
