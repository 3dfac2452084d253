import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';
import {
  Archive,
  Attachment,
  Forgotten,
  Keeper,
  MetricStore,
  memoryBacking,
  openBacking,
  propertySlot,
  Recorder,
} from '../internals.ts';

/** Calls timed functions, of which the figures are saved meanwhile or not. */

const TARGETS = 50;
const CALLS = 100_000;
const CALLS_A_TURN = 1_000;
const HOUR_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'cogscope-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const recorder = new Recorder(new MetricStore());
const keeper = new Keeper(recorder);
const holders = Array.from({ length: TARGETS }, (_, index) => {
  const holder = { execute: new Function('n', `return n + ${index};`) as (n: number) => number };
  const target = {
    id: `bench/method/${index}`,
    cog: 'bench',
    kind: 'method',
    name: String(index),
    slot: propertySlot(holder, 'execute'),
  } as const;
  new Attachment(target, recorder).record(target, recorder.open(target.id));
  return holder;
});

const api = {
  async setUp(save: boolean): Promise<void> {
    const backing = save
      ? await openBacking(`sqlite:${join(folder, 'a.sqlite')}`, { onSetAside: () => undefined })
      : memoryBacking();
    const options = { retentionMs: HOUR_MS, forgotten: new Forgotten() };
    await keeper.switchTo(await Archive.open(backing, { application: '1', shard: 0 }, options));
  },

  /** Nanoseconds of CPU time for a call, that of writing not included: it is begun before each round. */
  async round(): Promise<number> {
    await keeper.flush();
    let spentNs = 0;
    for (let call = 0; call < CALLS; ) {
      const startNs = cpuTimeNs();
      for (const end = call + CALLS_A_TURN; call < end; call++) holders[call % TARGETS]!.execute(call);
      spentNs += cpuTimeNs() - startNs;
      await nextTurn();
    }
    return spentNs / CALLS;
  },
};
export type SavingProcess = typeof api;
serve(api);
