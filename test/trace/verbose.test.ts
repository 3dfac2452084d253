import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Profiler } from '../../src/index.ts';
import { KeptTraces, mergeTraces, sizeBytesOf, type TraceSet } from '../../src/trace/kept-traces.ts';
import { Parts } from '../../src/trace/parts.ts';
import { receiveTraces, sendTraces } from '../../src/trace/sent-traces.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { startBot } from '../fixtures/bot.ts';
import { promisesAreWatched } from '../fixtures/contexts.ts';
import { msOf } from '../fixtures/traced.ts';

describe('Profiler.setVerbose', () => {
  test('keeps calls as they went, until it is switched off', async () => {
    await using bot = await startBot();
    const { profiler, discord } = bot;
    const { owner } = discord;
    profiler.attach('commands');
    const id = 'fixtures/command/ping';
    await owner.runs('ping');
    await discord.until(() => profiler.calls(id)?.latest.length === 1, 'called');
    expect(await profiler.traces(id)).toEqual({
      summary: { count: 0, durationMs: 0, parts: [] },
      slowest: [],
      latest: [],
      failed: [],
      missingShards: [],
    });
    const beforeMs = Date.now();
    expect(await profiler.setVerbose('ping', true)).toEqual([id]);
    const untilEpochMs = profiler.verbose.get(id)!;
    expect(untilEpochMs - 3_600_000).toBeGreaterThanOrEqual(beforeMs);
    expect(untilEpochMs - 3_600_000).toBeLessThanOrEqual(Date.now());
    // Whatever library tells of the request: it waited for it.
    const delayed = discord.fault({ path: /callback/, delayMs: 120 });
    await owner.runs('ping');
    const { latest, slowest, summary } = await vi.waitFor(async () => {
      const traces = await profiler.traces(id);
      expect(traces.summary.count).toBe(1);
      return traces;
    });
    expect([summary.count, delayed.hits]).toEqual([1, 1]);
    expect(slowest).toEqual(latest);
    expect(latest[0]).toMatchObject({ targetId: id, outcome: 'ok', shard: 0 });
    expect(msOf(latest[0]!.parts, ['http', 'network'])).toBeGreaterThan(latest[0]!.durationMs / 2);
    expect(profiler.verboseBytes).toBeGreaterThan(0);

    expect(await profiler.setVerbose('all', true, { forMs: 5_000 })).toEqual([...profiler.tracked.keys()]);
    expect(await profiler.setVerbose('all', false)).toHaveLength(profiler.tracked.size);
    expect(profiler.verbose.size).toBe(0);
    await owner.runs('ping');
    expect((await profiler.traces(id)).summary.count).toBe(1);
    await profiler.clear('ping');
    expect((await profiler.traces(id)).summary.count).toBe(0);
  });

  test('of a call that failed says with what', async () => {
    await using bot = await startBot();
    const { profiler, discord } = bot;
    profiler.attach('commands');
    const [id] = await profiler.setVerbose('fail', true);
    await discord.owner.runs('fail');
    const { failed } = await vi.waitFor(async () => {
      const traces = await profiler.traces(id!);
      expect(traces.summary.count).toBe(1);
      return traces;
    });
    expect(failed[0]).toMatchObject({ outcome: 'error', error: { kind: 'RangeError' } });
    await profiler.clear();
    expect((await profiler.traces(id!)).failed).toEqual([]);
  });

  test('refuses what there is not, and times that make no sense', async () => {
    await using bot = await startBot();
    const { profiler } = bot;
    profiler.attach('commands');
    await expect(profiler.setVerbose('pong', true)).rejects.toMatchObject({ code: 'UNKNOWN_TARGET' });
    for (const forMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001, '5' as never]) {
      const refused = profiler.setVerbose('ping', true, { forMs });
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    }
    expect(profiler.verbose.size).toBe(0);
  });

  test('ends with what is detached, and with the profiler', async () => {
    await using bot = await startBot();
    const { profiler } = bot;
    profiler.attach('commands');
    await profiler.setVerbose('commands', true);
    profiler.detach('ping');
    expect([...profiler.verbose.keys()].some((id) => id.includes('ping'))).toBe(false);
    expect(profiler.verbose.size).toBeGreaterThan(0);
    profiler.detach('commands', { keepFigures: true });
    expect(profiler.verbose.size).toBe(0);
    profiler.attach('ping');
    await profiler.setVerbose('ping', true);
    expect(await promisesAreWatched()).toBe(true);
    await profiler.destroy();
    expect(await promisesAreWatched()).toBe(false);
    await expect(profiler.setVerbose('ping', true)).rejects.toMatchObject({ code: 'DESTROYED' });
    expect(profiler).toBeInstanceOf(Profiler);
  });
});

function traceOf(id: number, spans: number): Trace {
  return {
    id: `t${id}`,
    targetId: 'cog/command/a',
    shard: 0,
    startedAtEpochMs: id,
    durationMs: (id * 7) % 100,
    outcome: id % 3 === 0 ? 'error' : 'ok',
    spans: Array.from({ length: spans }, (_, at) => ({
      kind: at === 0 ? 'call' : 'timer',
      name: `${at} ms`,
      parent: at === 0 ? undefined : 0,
      fromMs: at,
      toMs: at + 1,
      failed: false,
      segments: Array.from({ length: 3 }, (_, from) => ({ kind: 'cpu', fromMs: from, toMs: from + 1 })),
    })),
    omittedSpans: 0,
    parts: [{ kind: 'cpu', name: 'cog/command/a', ms: (id * 7) % 100 }],
  };
}

function setOf(ids: readonly number[], spans = 1): TraceSet {
  const kept = new KeptTraces();
  for (const id of ids) {
    const parts = new Parts();
    parts.add('cpu', 'cog/command/a', ((id * 7) % 100) * 1e6);
    kept.add(traceOf(id, spans), parts);
  }
  return kept.set;
}

describe('traces of several processes', () => {
  test('arrive as they were sent, each travelling once', () => {
    const set = setOf(
      Array.from({ length: 30 }, (_, id) => id),
      10,
    );
    const sent = sendTraces(set);
    expect(sent.traces.length).toBeLessThan(set.slowest.length + set.latest.length + set.failed.length);
    expect(receiveTraces(JSON.parse(JSON.stringify(sent)))).toEqual(JSON.parse(JSON.stringify(set)));
  });

  test('are cut to what may travel', () => {
    const set = setOf(
      Array.from({ length: 30 }, (_, id) => id),
      500,
    );
    const sent = sendTraces(set);
    const bytes = sent.traces.reduce((sum, trace) => sum + sizeBytesOf(trace), 0);
    expect(bytes).toBeLessThan(2_000_000);
    expect(JSON.stringify(sent).length).toBeLessThan(2_000_000);
    expect(sent.traces.some(({ spans }) => spans.length === 500)).toBe(true);
    expect(sent.traces.every(({ spans, omittedSpans }) => spans.length + omittedSpans === 500)).toBe(true);
  });

  test('are put together as if one process had kept them', () => {
    const ids = fc.uniqueArray(fc.nat(500), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }), (all, shards) => {
        const sorted = all.sort((a, b) => a - b);
        const sets = [0, 1, 2].map((shard) => setOf(sorted.filter((_, at) => shards[at] === shard)));
        const merged = mergeTraces(sets);
        const one = setOf(sorted);
        const durations = ({ slowest }: TraceSet) => slowest.map(({ durationMs }) => durationMs);
        expect(durations(merged)).toEqual(durations(one));
        expect(merged.latest).toEqual(one.latest);
        expect(merged.failed).toEqual(one.failed);
        expect(merged.summary).toEqual(one.summary);
      }),
    );
  });

  test('names beyond the bound are taken together', () => {
    const parts = new Parts();
    for (let at = 0; at < 500; at++) parts.add('http', `host${at}`, 1_000);
    expect(parts.list().length).toBeLessThanOrEqual(201);
    expect(parts.totalNs).toBe(500_000);
    expect(parts.list()[0]).toEqual({ kind: 'http', ms: 0.3 });
  });
});
