import { describe, expect, test } from 'vitest';
import { chrome } from '../../../src/trace/formats/chrome.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { crowded, payment, traceOf } from '../../fixtures/traces.ts';

interface Event {
  ph: 'X' | 'M';
  name: string;
  cat: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  args: Record<string, unknown>;
}

function eventsOf(...traces: Trace[]): { bars: Event[]; metadata: Event[] } {
  const { traceEvents } = JSON.parse(chrome.encode(traces)) as { traceEvents: Event[] };
  return {
    bars: traceEvents.filter(({ ph }) => ph === 'X'),
    metadata: traceEvents.filter(({ ph }) => ph === 'M'),
  };
}

/** What an importer does: events of a thread in order, each within those that are open. */
function overlapsOf(bars: readonly Event[]): string[] {
  const problems: string[] = [];
  for (const own of Map.groupBy(bars, ({ pid, tid }) => `${pid}/${tid}`).values()) {
    const open: Event[] = [];
    for (const event of own.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      while (open.length > 0 && open.at(-1)!.ts + open.at(-1)!.dur <= event.ts) open.pop();
      const around = open.at(-1);
      if (around !== undefined && around.ts + around.dur < event.ts + event.dur)
        problems.push(`${around.name}, ${event.name}`);
      open.push(event);
    }
  }
  return problems;
}

test('events are complete ones, in whole microseconds since the first call', () => {
  const later = payment();
  const { bars } = eventsOf({ ...later, startedAtEpochMs: later.startedAtEpochMs + 5_000.5 }, payment());
  for (const { ts, dur, pid, tid, name, cat } of bars) {
    expect([ts, dur, pid, tid].every(Number.isInteger)).toBe(true);
    expect(Math.min(ts, dur)).toBeGreaterThanOrEqual(0);
    expect(Math.min(pid, tid)).toBeGreaterThanOrEqual(1);
    expect(name.length * cat.length).toBeGreaterThan(0);
  }
  const calls = bars.filter(({ name }) => name === 'economy/command/pay');
  expect(calls.map(({ ts, dur }) => [ts, dur])).toEqual([
    [0, 1_240_000],
    [5_000_500, 1_240_000],
  ]);
});

test('all spans and segments are there, with what is known of them', () => {
  const trace = payment({ omittedSpans: 3 });
  const { bars } = eventsOf(trace);
  const segments = trace.spans.flatMap(({ segments }) => segments);
  expect(bars).toHaveLength(trace.spans.length + segments.length);
  const limit = bars.find(({ cat }) => cat === 'limit')!;
  expect(limit).toMatchObject({
    name: 'rate limit',
    ts: 400_000,
    dur: 680_000,
    args: { name: 'PATCH /channels/:id/messages/:id' },
  });
  const [call] = bars;
  expect(call!.args).toEqual({
    outcome: 'error',
    error: 'DiscordAPIError 10062',
    failed: true,
    omittedSpans: 3,
  });
  expect(bars.find(({ name }) => name.startsWith('PATCH'))!.args).toEqual({
    note: '404, tried 2 times',
    failed: true,
  });
  expect(bars.find(({ name }) => name.startsWith('POST'))!.args).toEqual({ unfinished: true });
});

describe('no two events of a thread overlap without one being in the other', () => {
  test.each([
    ['a payment', [payment()]],
    ['several at once', [payment(), payment(), payment({ shard: 3 })]],
    ['many spans', [crowded(300)]],
    ['odd fractions', [traceOf({ durationMs: 1 / 3, startedAtEpochMs: 1e12 / 7 }), payment()]],
  ])('%s', (_, traces) => {
    const { bars } = eventsOf(...traces);
    expect(overlapsOf(bars)).toEqual([]);
  });
});

test('threads are named by the call, processes by the shard', () => {
  const { bars, metadata } = eventsOf(payment(), payment({ shard: 3 }));
  expect(metadata.filter(({ name }) => name === 'process_name').map(({ pid, args }) => [pid, args])).toEqual([
    [1, { name: 'shard 0' }],
    [4, { name: 'shard 3' }],
  ]);
  const threads = metadata.filter(({ name }) => name === 'thread_name');
  expect(threads[0]!.args).toEqual({ name: 'economy/command/pay 14:03:05' });
  expect(threads[1]!.args).toEqual({ name: 'economy/command/pay 14:03:05 (2)' });
  const named = new Set(threads.map(({ tid }) => tid));
  expect(named.size).toBe(threads.length);
  expect(bars.every(({ tid }) => named.has(tid))).toBe(true);
});
