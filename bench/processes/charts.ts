import { setTimeout as sleep } from 'node:timers/promises';
import type { Point, Series, Timeline } from '../../src/render/chart/timeline.ts';
import { serve } from '../child.ts';
import { DrawingThread } from '../internals.ts';
import { median } from '../statistics.ts';

/** Draws charts of an hour, and weighs the process. Needs `--expose-gc`. */

const MINUTE_MS = 60_000;
const MINUTES = 60;
const COLLECTIONS = 3;
/** Finalizers have turns of their own, and allocators give pages back a little later. */
const COLLECTION_MS = 100;

const thread = new DrawingThread();

const api = {
  async draw(times: number): Promise<{ medianMs: number; pngBytes: number }> {
    const durationsMs: number[] = [];
    let pngBytes = 0;
    for (let time = 0; time < times; time++) {
      const startedAtMs = performance.now();
      const png = await thread.draw('timeline', anHour());
      durationsMs.push(performance.now() - startedAtMs);
      pngBytes = png!.length;
    }
    return { medianMs: median(durationsMs), pngBytes };
  },

  async residentBytes(): Promise<number> {
    for (let collection = 0; collection < COLLECTIONS; collection++) {
      globalThis.gc!();
      await sleep(COLLECTION_MS);
    }
    return process.memoryUsage.rss();
  },

  end: () => thread.dispose(),
};
export type ChartsProcess = typeof api;
serve(api);

function anHour(): Timeline {
  const toEpochMs = Date.now();
  const fromEpochMs = toEpochMs - MINUTES * MINUTE_MS;
  const line = (label: string, role: Series['role'], valueAt: (minute: number) => number): Series => ({
    label,
    role,
    style: role === 'amount' || role === 'bad' ? 'bars' : 'line',
    points: Array.from(
      { length: MINUTES },
      (_, minute): Point => [fromEpochMs + minute * MINUTE_MS, valueAt(minute)],
    ),
  });
  const durations = [
    line('p50', 'typical', (minute) => 40 + (minute % 7)),
    line('p95', 'high', (minute) => 90 + 5 * (minute % 11)),
    line('max', 'worst', (minute) => (minute % 13 === 5 ? 700 : 180 + (minute % 5))),
  ];
  const calls = [
    line('fine', 'amount', (minute) => 20 + (minute % 17)),
    line('failed', 'bad', (minute) => (minute % 9 === 4 ? 9 : 0)),
  ];
  return {
    title: 'music · queue add',
    fromEpochMs,
    toEpochMs,
    stepMs: MINUTE_MS,
    panels: [
      { label: 'Duration', unit: 'duration', series: durations },
      { label: 'Calls a minute', unit: 'count', series: calls },
    ],
  };
}
