import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Client, Collection } from 'discord.js';
import { serve } from '../child.ts';

/** Calls functions that cogscope times and weighs what is left of that in memory. Needs `--expose-gc`. */

const FUNCTIONS = 20;
const CALLS_A_TURN = 1_000;
const DOUBLINGS_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

interface Command {
  readonly data: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: a number, or a promise of something.
  execute(n: number): any;
}

const commands = new Collection<string, Command>();
const client = Object.assign(new Client({ intents: [] }), { commands });
const { Profiler } = await import('cogscope');
// Each call is to be timed, however many there are.
const profiler = new Profiler(client, { budgetPercent: 100 });

let called: Command[] | undefined;

const api = {
  /** Calls twenty functions in turn, every other one asynchronous. Returns the bytes in use then. */
  async afterCalls(calls: number): Promise<number> {
    called ??= attach(
      Array.from({ length: FUNCTIONS }, (_, index) =>
        index % 2 === 0 ? (n: number) => n + index : async (n: number) => n + index,
      ),
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
    const rehearsed = attach(Array.from({ length: FUNCTIONS }, createSleeper));
    await callEach(
      Array.from({ length: targets }, (_, index) => rehearsed[index % FUNCTIONS]!),
      durationsMs,
    );
    const created = create(Array.from({ length: targets }, createSleeper));
    const before = await bytesInUse();
    add(created);
    await callEach(created, durationsMs);
    return ((await bytesInUse()) - before) / targets;
  },
};
export type MemoryProcess = typeof api;
serve(api);

let named = 0;
function create(functions: readonly Command['execute'][]): Command[] {
  return functions.map((execute) => ({ data: { name: `command-${named++}` }, execute }));
}

/** Gives the bot more commands, and attaches them. */
function add(created: readonly Command[]): void {
  for (const command of created) commands.set(command.data.name, command);
  profiler.attach('all');
  if (profiler.tracked.size !== commands.size) {
    throw new Error(`${profiler.tracked.size} of ${commands.size} commands are attached.`);
  }
}

function attach(functions: readonly Command['execute'][]): Command[] {
  const created = create(functions);
  add(created);
  return created;
}

function createSleeper(): Command['execute'] {
  return async (ms) => {
    if (ms > 0) await sleep(ms);
  };
}

/** Calls all commands at once with the first duration, then with the next, and so on. */
async function callEach(called: readonly Command[], durationsMs: readonly number[]): Promise<void> {
  for (const ms of durationsMs) await Promise.all(called.map((command) => command.execute(ms)));
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
