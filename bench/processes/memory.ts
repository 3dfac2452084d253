import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../child.ts';
import { type Holder, SUBJECTS } from '../subjects.ts';

/** Calls functions that cogscope times and weighs what is left of that in memory. Needs `--expose-gc`. */

const FUNCTIONS = 20;
const CALLS_A_TURN = 1_000;
const DOUBLINGS_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const time: (holder: Holder, name: string) => void = await SUBJECTS.find(
  ({ name }) => name === 'cogscope',
)!.load();

let called: Holder[] | undefined;

const api = {
  /** Calls twenty functions in turn, every other one asynchronous. Returns the bytes in use then. */
  async afterCalls(calls: number): Promise<number> {
    called ??= attach(
      Array.from({ length: FUNCTIONS }, (_, index) => ({
        execute: index % 2 === 0 ? (n: number) => n + index : async (n: number) => n + index,
      })),
    );
    for (let call = 0; call < calls; call++) {
      const result = called[call % FUNCTIONS]!.execute(call);
      if (result instanceof Promise) await result;
      if (call % CALLS_A_TURN === 0) await nextTurn();
    }
    return bytesInUse();
  },

  /** Bytes of a target called a hundred times for microseconds, or, spread, ten times for 1 ms, 2 ms … 512 ms. */
  async perTarget(targets: number, durations: 'alike' | 'spread'): Promise<number> {
    const durationsMs = durations === 'alike' ? new Array<number>(100).fill(0) : DOUBLINGS_MS;
    // What is loaded, compiled or pooled once belongs to no target: as many calls at a time before, too.
    const rehearsed = attach(createSleepers(FUNCTIONS));
    await callEach(
      Array.from({ length: targets }, (_, index) => rehearsed[index % FUNCTIONS]!),
      durationsMs,
    );
    const sleepers = createSleepers(targets);
    const before = await bytesInUse();
    await callEach(attach(sleepers), durationsMs);
    return ((await bytesInUse()) - before) / sleepers.length;
  },
};
export type MemoryProcess = typeof api;
serve(api);

let named = 0;
function attach(holders: Holder[]): Holder[] {
  for (const holder of holders) time(holder, `command-${named++}`);
  return holders;
}

function createSleepers(count: number): Holder[] {
  return Array.from({ length: count }, () => ({
    async execute(ms: number) {
      if (ms > 0) await sleep(ms);
    },
  }));
}

/** Calls all holders at once with the first duration, then with the next, and so on. */
async function callEach(holders: readonly Holder[], durationsMs: readonly number[]): Promise<void> {
  for (const ms of durationsMs) await Promise.all(holders.map((holder) => holder.execute(ms)));
}

/** Heap and what lies outside it, such as typed arrays. */
async function bytesInUse(): Promise<number> {
  // The second time frees what finalizers, which have turns of their own, let go.
  for (let round = 0; round < 2; round++) {
    await nextTurn();
    globalThis.gc!();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
