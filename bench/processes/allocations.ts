import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client } from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';

type Setup = 'alone' | 'sources' | 'sample' | 'churn';

const TURNS = 60;
const ITEMS_A_TURN = 300;
/** What stays, until it is so many. */
const MOST_KEPT = 20_000;

/** An object of two fields, an array of one element, and the place in the list. */
const BYTES_EACH = 40 + 56 + 8;

let kept: unknown[] = [];
let done = 0;
let end: (() => Promise<number>) | undefined;

const api = {
  async setUp(setup: Setup): Promise<void> {
    if (setup === 'alone') return;
    const { Profiler } = await import('cogscope');
    const { allocations } = new Profiler(new Client({ intents: [] })).memory;
    if (setup === 'sources') {
      // Looks are pauses of their own, and not what it costs to sample.
      await allocations.startSources({ intervalMs: 3_600_000 });
      end = async () => {
        await allocations.lookAtSources();
        return allocations.sources()!.pauseMs;
      };
      return;
    }
    const run = await allocations.start({ durationMs: 600_000, churn: setup === 'churn' });
    end = async () => (await run.stop()).pauseMs;
  },

  /** Works through what a bot might have to parse, and keeps some of it. Nanoseconds of CPU time for each item. */
  async round(): Promise<number> {
    await nextTurn();
    const startNs = cpuTimeNs();
    for (let turn = 0; turn < TURNS; turn++) {
      for (let item = 0; item < ITEMS_A_TURN; item++) work(item);
      await nextTurn();
    }
    return (cpuTimeNs() - startNs) / (TURNS * ITEMS_A_TURN);
  },

  /** How long the end held up the bot, in ms. */
  async check(): Promise<void> {
    if (done === 0) throw new Error('Nothing was done.');
    const pauseMs = await end?.();
    if (pauseMs !== undefined && !(pauseMs > 0)) throw new Error('Nothing was sampled.');
  },

  /** Fills the heap, and reads what was sampled meanwhile: how long that takes, in ms. */
  async pause(mib: number): Promise<number> {
    kept = Array.from({ length: Math.round((mib * 2 ** 20) / BYTES_EACH) }, (_, at) => ({ at, next: [at] }));
    await nextTurn();
    return end!();
  },
};
export type AllocationsProcess = typeof api;
serve(api);

function work(seed: number): void {
  const members = Array.from({ length: 40 }, (_, index) => ({
    id: (seed * 7919 + index * 104729) % 1009,
    level: index,
  }));
  const parsed = JSON.parse(JSON.stringify(members)) as typeof members;
  done += parsed.reduce((sum, { id, level }) => sum + id * level, 1);
  if (kept.length > MOST_KEPT) kept = [];
  kept.push(parsed[seed % parsed.length]);
}
