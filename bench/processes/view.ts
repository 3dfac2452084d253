import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serve } from '../child.ts';
import { detailsOf, LEVELS, openBacking, summarise } from '../internals.ts';
import { Kept } from './kept.ts';

/** Reads what was archived: as a view does, as the page of one target does, and the same values alone. */

const [MINUTE, HOUR, DAY] = LEVELS;
const folder = mkdtempSync(join(tmpdir(), 'cogscope-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Of each target in a bucket. */
const CALLS = 40;
const HOURS = 36;
const MINUTES = 20;

let kept: Kept | undefined;
let windowMs = 0;

const api = {
  /** Fills an SQLite file with what there is after so many days: days, the hours of the last two, and minutes. */
  async fill(targets: number, days: number): Promise<void> {
    windowMs = days * DAY.ms;
    kept = new Kept(targets);
    kept.nowEpochMs += HOUR.ms * 12.5;
    const backing = await openBacking(`sqlite:${join(folder, 'a.sqlite')}`, { onSetAside: () => undefined });
    await kept.use(backing, 90 * DAY.ms);
    kept.call(targets * CALLS);
    const rows = new Map(kept.store.rowsIn(kept.store.minute));
    await kept.pass(0);
    const archive = kept.keeper.archive!;
    const bucket = { coveredMs: HOUR.ms, rows };
    for (let day = archive.complete.day - days; day < archive.complete.day; day++) {
      await archive.add({ level: DAY, index: day }, bucket);
    }
    for (let hour = archive.complete.hour - HOURS; hour < archive.complete.hour; hour++) {
      await archive.add({ level: HOUR, index: hour }, bucket);
    }
    for (let minute = 0; minute < MINUTES; minute++) {
      kept.call(targets);
      await kept.pass(MINUTE.ms);
    }
  },

  summarise: () =>
    measure(async (fromEpochMs) => {
      const fromOf = () => fromEpochMs;
      const figures = await kept!.keeper.collect(fromOf, fromEpochMs, raise);
      return (await summarise('target', new Map([[0, figures]]), fromOf, identityOf)).length;
    }),

  /** One target in the middle of the list. */
  tellOne: () =>
    measure(async (fromEpochMs) => {
      const ids = [...kept!.store.opened()].map(([id]) => id).sort();
      const id = ids[Math.floor(ids.length / 2)]!;
      const timeline = await kept!.keeper.timeline(id, fromEpochMs, raise);
      const details = await detailsOf(identityOf(id), new Map([[0, { timeline }]]), () => fromEpochMs);
      return details!.history.points.length;
    }),

  /** The same values from the store, and nothing done with them. */
  async readRaw(): Promise<number> {
    const startMs = performance.now();
    await kept!.keeper.archive!.measure(Number.POSITIVE_INFINITY);
    return performance.now() - startMs;
  },
};
export type ViewProcess = typeof api;
serve(api);

interface Measured {
  readonly wallMs: number;
  readonly longestHoldMs: number;
  /** Rows of the summary, or points of the history. */
  readonly found: number;
}

async function measure(act: (fromEpochMs: number) => Promise<number>): Promise<Measured> {
  // What each span between two turns of the loop is measured against.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const startMs = performance.now();
  const found = await act(kept!.nowEpochMs - windowMs);
  const wallMs = performance.now() - startMs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { wallMs, longestHoldMs: delay.max / 1e6, found };
}

function identityOf(id: string) {
  return { id, cog: id, kind: 'command', name: id } as const;
}

function raise(error: unknown): never {
  throw error;
}
