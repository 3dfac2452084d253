import type { Trace } from '../trace.ts';

/** A kind of file that calls can be written as. */
export interface TraceFormat {
  /** What it is chosen by. */
  readonly name: string;
  readonly label: string;
  /** Without the dot in front. */
  readonly extension: string;
  /** Pure: the same for the same. */
  readonly encode: (traces: readonly Trace[]) => string;
}
