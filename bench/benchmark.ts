/** How values are measured; `report.ts` knows how each is written for people. */
export type Unit = 'ns' | 'ms' | 'bytes' | 'percent';

/** One figure of a benchmark. Everything that is printed derives from these. */
export interface Row {
  /** The circumstances, such as `async, 3 awaits`: a column of the table. */
  readonly case: string;
  /** Who was measured, such as `cogscope`: a line of the table. */
  readonly subject: string;
  readonly value: number;
  readonly unit: Unit;
  /** Another subject of the same case; `ratio` is then `value` over the value of that one. */
  readonly ratioTo?: string;
  readonly ratio?: number;
  /** Our target for `ratio`, or, without one, for `value`. It is shown and never enforced: machines differ. */
  readonly atMost?: number;
}

export interface Benchmark {
  readonly name: string;
  /** The question that it answers, in a line. */
  readonly title: string;
  /** How it was measured, in a line or a few. */
  readonly method: string;
  run(): AsyncIterable<Row>;
}
