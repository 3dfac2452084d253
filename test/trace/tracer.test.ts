import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { OperationSink, Source } from '../../src/trace/operation.ts';
import type { Span } from '../../src/trace/trace.ts';
import { burn, promisesAreWatched } from '../fixtures/contexts.ts';
import { idOf, msOf, tracedFunctions } from '../fixtures/traced.ts';

/** Named as in the source, with the name of the span that each is in. */
function outline(spans: readonly Span[]): string[] {
  return spans.map(({ kind, name, parent }) => {
    const short = (id: string) => id.replace('cog/method/', '');
    return `${kind} ${short(name)}${parent === undefined ? '' : ` in ${short(spans[parent]!.name)}`}`;
  });
}

/** Lets a test say itself what begins and ends. */
function planted(): { source: Source; sink: OperationSink } {
  const found: { sink?: OperationSink } = {};
  const source = {
    start(sink: OperationSink): Disposable {
      found.sink = sink;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  return {
    source,
    get sink() {
      return found.sink!;
    },
  };
}

describe('a traced call', () => {
  test('has the calls within it and what each waited for, in order', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const inner = track('inner', async () => {
      burn(1);
      await sleep(2);
    });
    const outer = track('outer', async () => {
      await inner.call();
      await sleep(3);
      await Promise.all([inner.call(), inner.call()]);
    });
    verbose('outer');
    await outer.call();
    const trace = latest('outer');
    expect(outline(trace.spans)).toEqual([
      'call outer',
      'call inner in outer',
      'timer 2 ms in inner',
      'timer 3 ms in outer',
      'call inner in outer',
      'timer 2 ms in inner',
      'call inner in outer',
      'timer 2 ms in inner',
    ]);
    expect(trace).toMatchObject({ targetId: idOf('outer'), outcome: 'ok', shard: 0, omittedSpans: 0 });
    expect(msOf(trace.parts, 'cpu', idOf('inner'))).toBeGreaterThanOrEqual(3);
    for (const { fromMs, toMs, segments } of trace.spans) {
      expect(fromMs).toBeGreaterThanOrEqual(0);
      expect(toMs).toBeLessThanOrEqual(trace.durationMs);
      for (const [at, segment] of segments.entries()) {
        expect(segment.toMs).toBeGreaterThan(segment.fromMs);
        expect(segment.fromMs).toBeGreaterThanOrEqual(segments[at - 1]?.toMs ?? fromMs);
        expect(segment.toMs).toBeLessThanOrEqual(toMs!);
      }
    }
    expect(new Set(trace.spans[0]!.segments.map(({ kind }) => kind))).toContain('cpu');
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  });

  test('within one that is traced too is part of that, and elsewhere its own', async () => {
    const { track, verbose, tracesOf } = tracedFunctions();
    const inner = track('inner', () => sleep(1));
    const outer = track('outer', () => inner.call());
    verbose('outer', 'inner');
    await outer.call();
    expect(tracesOf('outer').summary.count).toBe(1);
    expect(tracesOf('inner').summary.count).toBe(0);
    await inner.call();
    expect(tracesOf('inner').summary.count).toBe(1);
  });

  test('that throws, rejects or is cancelled says how, and never what the message was', async () => {
    const { track, verbose, tracesOf } = tracedFunctions();
    const { call } = track('fails', (how: string) => {
      if (how === 'throws') throw new RangeError('secret');
      const error = how === 'aborts' ? new DOMException('secret', 'AbortError') : new TypeError('secret');
      return Promise.reject(error);
    });
    verbose('fails');
    expect(() => call('throws')).toThrow(RangeError);
    await expect(call('rejects')).rejects.toThrow(TypeError);
    await expect(call('aborts')).rejects.toThrow();
    const { failed } = tracesOf('fails');
    expect(failed.map(({ outcome, error }) => [outcome, error?.kind])).toEqual([
      ['aborted', 'AbortError'],
      ['error', 'TypeError'],
      ['error', 'RangeError'],
    ]);
    expect(failed.every(({ spans }) => spans[0]!.failed)).toBe(true);
    expect(JSON.stringify(failed)).not.toContain('secret');
  });

  test('whatever it is: what computes only, a generator, one that nothing is awaited in', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const sync = track('sync', () => burn(3));
    const generator = track('generator', function* () {
      yield 1;
    });
    const empty = track('empty', async () => undefined);
    verbose('sync', 'generator', 'empty');
    sync.call();
    expect([...generator.call()]).toEqual([1]);
    await empty.call();
    const { parts, durationMs } = latest('sync');
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'cpu', name: idOf('sync') }));
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 8);
    for (const name of ['generator', 'empty']) {
      expect(latest(name).spans).toHaveLength(1);
      expect(latest(name).spans[0]!.toMs).toBe(latest(name).durationMs);
    }
  });

  test('what it leaves behind does not count, and is under way where it was', async () => {
    const { track, verbose, latest } = tracedFunctions([]);
    const detached = track('detached', () => sleep(30));
    const { call } = track('leaves', async () => {
      void detached.call();
      await sleep(1);
    });
    verbose('leaves');
    await call();
    const { spans, parts } = latest('leaves');
    expect(outline(spans)).toEqual(['call leaves', 'call detached in leaves', 'timer 1 ms in leaves']);
    expect(spans[1]!.toMs).toBeUndefined();
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(latest('leaves').durationMs, 8);
  });

  test('that joins what another has begun waits for something that is not known', async () => {
    const { track, verbose, latest } = tracedFunctions();
    let shared: Promise<void> | undefined;
    const { call } = track('joins', async () => {
      shared ??= sleep(40);
      await shared;
    });
    verbose('joins');
    await Promise.all([call(), call()]);
    const { parts } = latest('joins');
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'other' }));
    expect(msOf(parts, 'timer')).toBe(0);
  });

  test('that was made before its target was verbose is not traced, and what never settles does no harm', async () => {
    const { track, verbose, tracesOf, tracer } = tracedFunctions();
    const gate = Promise.withResolvers<void>();
    const { call } = track('waits', () => gate.promise);
    const before = call();
    verbose('waits');
    void call();
    expect(tracesOf('waits').summary.count).toBe(0);
    expect(tracer.sizeBytes).toBeGreaterThan(0);
    for (let more = 0; more < 2_000; more++) void call();
    expect(tracer.sizeBytes).toBeLessThan(1_000 * 1_000);
    gate.resolve();
    await before;
    await turn();
    // The oldest have been let go.
    expect(tracesOf('waits').summary.count).toBe(1_000);
    expect(tracer.sizeBytes).toBeLessThan(100_000);
  });

  test('whose function is replaced or detached while it runs is finished', async () => {
    const { track, verbose, tracesOf, recorder } = tracedFunctions();
    const { call, attachment } = track('reloaded', () => sleep(5));
    verbose('reloaded');
    const running = call();
    attachment.remove();
    await running;
    expect(tracesOf('reloaded').summary.count).toBe(1);
    recorder.close(idOf('reloaded'));
  });

  test('waits for the loop, by the name of who held it up', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const hog = track('hog', () => burn(40));
    const { call } = track('sleeps', () => sleep(5));
    verbose('sleeps');
    const running = call();
    setImmediate(hog.call);
    await running;
    const { parts, spans } = latest('sleeps');
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'loop', name: idOf('hog') }));
    expect(spans[0]!.segments).toContainEqual(expect.objectContaining({ kind: 'loop', name: idOf('hog') }));
  });
});

describe('operations', () => {
  test('of sources are spans, and what each does in turn is not', async () => {
    const plant = planted();
    const { track, verbose, latest } = tracedFunctions([plant.source]);
    const { call } = track('asks', async () => {
      const { sink } = plant;
      const operation = sink.begin({ kind: 'database', name: 'SELECT users', partName: 'mysql' })!;
      await sink.runWithin(operation, async () => {
        expect(
          sink.begin({ kind: 'http', name: 'GET example.org', partName: 'example.org' }),
        ).toBeUndefined();
        await sleep(5);
      });
      operation.note = 'noted';
      sink.end(operation);
      sink.end(operation);
      await turn();
    });
    verbose('asks');
    expect(plant.sink.begin({ kind: 'http', name: 'nobody asks', partName: '' })).toBeUndefined();
    await call();
    const { spans, parts } = latest('asks');
    expect(outline(spans)).toEqual(['call asks', 'database SELECT users in asks']);
    expect(spans[1]).toMatchObject({
      note: 'noted',
      failed: false,
      segments: [{ kind: 'database', name: 'mysql' }],
    });
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'database', name: 'mysql' }));
  });

  test('that are not over when the call is are under way', async () => {
    const plant = planted();
    const { track, verbose, latest } = tracedFunctions([plant.source]);
    const { call } = track('asks', async () => {
      const operation = plant.sink.begin({ kind: 'http', name: 'POST a', partName: 'a' })!;
      setTimeout(() => plant.sink.end(operation), 5);
      await turn();
    });
    verbose('asks');
    await call();
    await sleep(10);
    expect(latest('asks').spans[1]!.toMs).toBeUndefined();
  });
});

describe('what is kept', () => {
  test('is bounded: 500 spans of a call, with how many there were more', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const inner = track('inner', () => 1);
    const { call } = track('many', async () => {
      for (let at = 0; at < 1_200; at++) inner.call();
    });
    verbose('many');
    await call();
    const { spans, omittedSpans } = latest('many');
    expect([spans.length, omittedSpans]).toEqual([500, 701]);
  });

  test('and exact, however often it went on', async () => {
    const { track, verbose, latest, tracer } = tracedFunctions();
    const gate = Promise.withResolvers<void>();
    let mostBytes = 0;
    const { call } = track('long', async () => {
      for (let at = 0; at < 12_000; at++) {
        await turn();
        if (at % 1_000 === 0) mostBytes = Math.max(mostBytes, tracer.sizeBytes);
      }
      gate.resolve();
    });
    verbose('long');
    await call();
    await gate.promise;
    expect(mostBytes).toBeLessThan(1_000_000);
    const { parts, durationMs } = latest('long');
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 6);
    expect(msOf(parts, 'cpu', idOf('long'))).toBeGreaterThan(0);
  });

  test('are the 8 slowest, the 8 latest and the 4 latest failed calls, and all of them in the summary', async () => {
    const { track, verbose, tracesOf, tracer } = tracedFunctions();
    const { call } = track('called', (ms: number, fails: boolean) => {
      burn(ms);
      if (fails) throw new RangeError('planted');
    });
    verbose('called');
    for (let at = 0; at < 30; at++) {
      try {
        call(at < 10 ? 2 : 0, at % 3 === 0);
      } catch {}
    }
    const { summary, slowest, latest, failed } = tracesOf('called');
    expect([summary.count, slowest.length, latest.length, failed.length]).toEqual([30, 8, 8, 4]);
    const durations = slowest.map(({ durationMs }) => durationMs);
    expect(durations).toEqual(durations.toSorted((a, b) => b - a));
    expect(Math.max(...latest.map(({ durationMs }) => durationMs))).toBeLessThanOrEqual(durations[0]!);
    const times = latest.map(({ startedAtEpochMs }) => startedAtEpochMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(failed.every(({ outcome }) => outcome === 'error')).toBe(true);
    expect(summary.parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(summary.durationMs, 6);
    expect(tracer.sizeBytes).toBeGreaterThan(0);
    tracer.forget([idOf('called')]);
    expect(tracer.sizeBytes).toBe(0);
    expect(tracesOf('called').summary).toEqual({ count: 0, durationMs: 0, parts: [] });
  });
});

describe('verbose', () => {
  test('off is off: no context, no hook, no subscription', async () => {
    const stopped = vi.fn();
    const started = vi.fn();
    const source: Source = {
      start() {
        started();
        return { [Symbol.dispose]: stopped };
      },
    };
    const { track, verbose, tracer, contexts, tracesOf } = tracedFunctions([source]);
    const { call, books } = track('called', () => sleep(1));
    await call();
    expect([contexts.isActive, books.goesAside, await promisesAreWatched()]).toEqual([false, false, false]);
    expect(started).not.toHaveBeenCalled();
    verbose('called');
    verbose('called', 'another');
    expect([contexts.isActive, books.goesAside, await promisesAreWatched()]).toEqual([true, true, true]);
    expect(started).toHaveBeenCalledTimes(1);
    await call();
    tracer.setVerbose([idOf('called')], undefined);
    expect(contexts.isActive).toBe(true);
    await call();
    tracer.setVerbose([idOf('another')], undefined);
    expect(stopped).toHaveBeenCalledTimes(1);
    expect([contexts.isActive, books.goesAside, await promisesAreWatched()]).toEqual([false, false, false]);
    await call();
    // What was kept stays to be looked at.
    expect(tracesOf('called').summary.count).toBe(1);
  });

  test('ends by itself, each target at its time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { tracer, contexts } = tracedFunctions([]);
    const nowEpochMs = Date.now();
    tracer.setVerbose(['a'], nowEpochMs + 1_000);
    tracer.setVerbose(['b'], nowEpochMs + 60 * 86_400_000);
    tracer.setVerbose(['c'], nowEpochMs + 5_000);
    vi.advanceTimersByTime(1_000);
    expect([...tracer.verbose.keys()]).toEqual(['b', 'c']);
    // Again, for longer.
    tracer.setVerbose(['c'], nowEpochMs + 10_000);
    vi.advanceTimersByTime(5_000);
    expect([...tracer.verbose.keys()]).toEqual(['b', 'c']);
    vi.advanceTimersByTime(4_000);
    expect([...tracer.verbose.keys()]).toEqual(['b']);
    vi.advanceTimersByTime(60 * 86_400_000);
    expect([...tracer.verbose.keys()]).toEqual([]);
    expect(contexts.isActive).toBe(false);
  });

  test('that ends while a call runs lets that go', async () => {
    const { track, verbose, tracer, tracesOf } = tracedFunctions();
    const { call } = track('called', () => sleep(3));
    verbose('called');
    const running = call();
    tracer.setVerbose([idOf('called')], undefined);
    await running;
    expect(tracesOf('called').summary.count).toBe(0);
    expect(tracer.sizeBytes).toBe(0);
  });
});
