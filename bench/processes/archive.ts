import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../child.ts';
import { LEVELS, memoryBacking } from '../internals.ts';
import { Kept } from './kept.ts';

/** Archives day after day, and weighs what there is. Needs `--expose-gc`. */

const [MINUTE, HOUR, DAY] = LEVELS;
const TARGETS = 500;
const CALLS_A_SECOND = 100;
const CALLS_A_MINUTE = CALLS_A_SECOND * 60;

const kept = new Kept(TARGETS);
await kept.use(memoryBacking(), 30 * DAY.ms);

const api = {
  /**
   * Lets hours go by. Of those that are `coarse`, all calls come in the first minute: what becomes of them in a day is
   * the same, and takes a tenth of the time.
   */
  async run(hours: number, coarse: boolean): Promise<void> {
    for (let hour = 0; hour < hours; hour++) {
      const minutes = coarse ? 1 : 60;
      for (let minute = 0; minute < minutes; minute++) {
        kept.call((CALLS_A_MINUTE * 60) / minutes);
        await kept.pass(minute === minutes - 1 ? HOUR.ms - minute * MINUTE.ms : MINUTE.ms);
      }
    }
  },

  async weigh(): Promise<{ heapBytes: number; externalBytes: number; storeBytes: number }> {
    for (let round = 0; round < 2; round++) {
      await nextTurn();
      globalThis.gc!();
    }
    const sizes = await kept.keeper.archive!.measure(Number.POSITIVE_INFINITY);
    const { heapUsed: heapBytes, external: externalBytes } = process.memoryUsage();
    return { heapBytes, externalBytes, storeBytes: sizes.reduce((sum, { chars }) => sum + chars, 0) };
  },
};
export type ArchiveProcess = typeof api;
serve(api);
