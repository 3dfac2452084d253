import { createHook } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client, Collection } from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';

/** Awaits promises that have nothing to do with what is timed in the same process. */

type Setup = 'bare' | 'attached' | 'verbose' | 'by hand' | 'hooked';
type Kind = 'settled' | 'async';

interface Command {
  readonly data: { readonly name: string };
  execute(n: number): Promise<number>;
}

const COMMANDS = 50;
const WARM_UP_CALLS = 200;
const AWAITS = 20_000;

const commands = new Collection<string, Command>(
  Array.from({ length: COMMANDS }, (_, index) => {
    const name = `command-${index}`;
    return [name, { data: { name }, execute: async (n: number) => n + index }];
  }),
);

const api = {
  async setUp(setup: Setup): Promise<void> {
    const client = Object.assign(new Client({ intents: [] }), { commands });
    if (setup === 'hooked') createHook({ before() {}, after() {} }).enable();
    if (setup === 'by hand') {
      for (const command of commands.values()) command.execute = withThen(command.execute);
    }
    if (setup === 'attached' || setup === 'verbose') {
      const { Profiler } = await import('cogscope');
      const profiler = new Profiler(client);
      profiler.attach('all');
      const { size } = profiler.tracked;
      if (size < COMMANDS) throw new Error(`${size} of ${COMMANDS} commands are attached.`);
      if (setup === 'verbose') await profiler.setVerbose('command-0', true);
    }
    await callCommands(WARM_UP_CALLS);
  },

  /** Nanoseconds of CPU time for an await. */
  async round(kind: Kind): Promise<number> {
    await callCommands(1);
    await nextTurn();
    const startNs = cpuTimeNs();
    await (kind === 'settled' ? awaitSettled() : awaitAsync());
    return (cpuTimeNs() - startNs) / AWAITS;
  },
};
export type PromisesProcess = typeof api;
serve(api);

/** The least that timing can be: a promise derived from that of the function. */
function withThen(fn: (n: number) => Promise<number>): (n: number) => Promise<number> {
  return (n) =>
    fn(n).then(
      (value) => value,
      (error) => {
        throw error;
      },
    );
}

async function callCommands(times: number): Promise<void> {
  for (let call = 0; call < times; call++) {
    for (const { execute } of commands.values()) await execute(call);
  }
}

async function awaitSettled(): Promise<number> {
  const promise = Promise.resolve(1);
  let sum = 0;
  for (let n = 0; n < AWAITS; n++) sum += await promise;
  return sum;
}

async function awaitAsync(): Promise<number> {
  const add = async (n: number) => n + 1;
  let sum = 0;
  for (let n = 0; n < AWAITS; n++) sum += await add(n);
  return sum;
}
