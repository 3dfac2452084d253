import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client } from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';
import { startV8Profiler } from '../v8-profiler.ts';

/** `after`: it was recorded before, and is no more. `v8`: V8 samples, and nothing is made of it. */
type Setup = 'alone' | 'v8' | 'recorded' | 'after';

const TURNS = 60;
/** Some ms. */
const ITEMS_A_TURN = 400;

const api = {
  async setUp(setup: Setup): Promise<void> {
    if (setup === 'alone') return;
    if (setup === 'v8') return startV8Profiler();
    const { Profiler } = await import('cogscope');
    const profiler = new Profiler(new Client({ intents: [] }));
    const recording = await profiler.startRecording({ durationMs: 300_000 });
    if (setup === 'after') await recording.stop();
  },

  /** Works through what a bot might have to parse and to sort. Nanoseconds of CPU time for each item. */
  async round(): Promise<number> {
    await nextTurn();
    const startNs = cpuTimeNs();
    for (let turn = 0; turn < TURNS; turn++) {
      for (let item = 0; item < ITEMS_A_TURN; item++) work(item);
      await nextTurn();
    }
    return (cpuTimeNs() - startNs) / (TURNS * ITEMS_A_TURN);
  },

  async check(): Promise<void> {
    if (done === 0) throw new Error('Nothing was done.');
  },
};
export type SamplingProcess = typeof api;
serve(api);

let done = 0;

function work(seed: number): void {
  const members = Array.from({ length: 40 }, (_, index) => ({
    id: (seed * 7919 + index * 104729) % 1009,
    level: index,
  }));
  const text = JSON.stringify(members.sort((a, b) => a.id - b.id));
  done += (JSON.parse(text) as typeof members).reduce((sum, { id, level }) => sum + id * level, 1);
}
