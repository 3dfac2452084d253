import type { Model } from './model.ts';
import { byteSize, duration } from './units.ts';

/** What the pages say of a recording, by what its weights are. */
export interface Words {
  /** A weight, as it is read. */
  amount(weight: number): string;
  /** What shares are of, such as `… of the time`. */
  readonly whole: string;
  readonly isTime: boolean;
  readonly functions: string;
  /** Where there is nothing to draw. */
  readonly leftOut: string;
}

const OF_TIME: Words = {
  amount: duration,
  whole: 'the time',
  isTime: true,
  functions: 'Functions by their own time',
  leftOut:
    'All of the time that was recorded is left out: choose “Wall” to see it, or another cog or thread.',
};

const OF_BYTES: Words = {
  amount: byteSize,
  whole: 'the bytes',
  isTime: false,
  functions: 'Functions by their own bytes',
  leftOut: 'All that was sampled is left out: choose another cog.',
};

export function wordsOf({ runs }: Pick<Model, 'runs'>): Words {
  return runs.at(-1)?.unit === 'bytes' ? OF_BYTES : OF_TIME;
}
