import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'discord.js';
import { serve } from '../child.ts';

/** A bot whose calls never settle. */

const { Profiler } = await import('cogscope');
const profiler = new Profiler(new Client({ intents: [] }));
/** From then on it is looked at what is usual for their targets. */
const OLD_MS = 10_100;

const api = {
  /** Begins calls, of one target after the other, and lets them grow old. */
  async begin(calls: number, targets: number): Promise<void> {
    const hang = () => new Promise<never>(() => undefined);
    const functions = Array.from({ length: targets }, (_, at) =>
      profiler.wrap(() => hang(), `cog ${at % 40}/do something ${at}`),
    );
    for (let call = 0; call < calls; call++) void functions[call % targets]!();
    await sleep(OLD_MS);
  },

  async tell(): Promise<{ count: number; heldMs: number; wallMs: number; bytes: number }> {
    // What each span between two turns of the loop is measured against.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await sleep(50);
    delay.reset();
    const startMs = performance.now();
    const told = await profiler.inFlight({ limit: 200 });
    const wallMs = performance.now() - startMs;
    await sleep(20);
    delay.disable();
    return { count: told.count, heldMs: delay.max / 1e6, wallMs, bytes: JSON.stringify(told).length };
  },
};
export type InFlightProcess = typeof api;
serve(api);
