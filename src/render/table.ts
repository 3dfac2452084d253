import { cut, plain } from './text.ts';

export interface Column<Row> {
  readonly head: string;
  /** Characters, the gap to the next column not counted. */
  readonly width: number;
  readonly align: 'left' | 'right';
  /** What stands in the cell; it may make itself fit `width`, else it is cut. */
  readonly text: (row: Row, width: number) => string;
}

/**
 * A table in a fixed-width font: one line a row, the head above. Cells that are too long are cut, so that no
 * line is wider than the widths say.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) =>
    columns
      .map(({ width, align }, index) => {
        const cell = cut(plain(cells[index]!), width);
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' ')
      .trimEnd();
  return [
    line(columns.map(({ head }) => head)),
    ...rows.map((row) => line(columns.map(({ text, width }) => text(row, width)))),
  ].join('\n');
}
