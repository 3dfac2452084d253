import type { AllocationData } from '../data.ts';

/** A kind of file that a sample of allocations can be written as. */
export interface AllocationFormat {
  /** What it is chosen by. */
  readonly name: string;
  readonly label: string;
  /** Without the dot in front. */
  readonly extension: string;
  /** What opens it. */
  readonly viewers: readonly string[];
  /** Pure: the same for the same. */
  encode(data: AllocationData): string | Uint8Array;
}
