import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallSamples } from '../../src/store/call-samples.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { OUTCOMES } from '../../src/store/row.ts';

test('the 32 latest and the 8 slowest calls are those of a sorted list', () => {
  const calls = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 2 })), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(calls, (given) => {
      const samples = new CallSamples();
      samples.reserve(2);
      // What another target does must not show.
      samples.add(0, 1, 5e9, 0);
      const all = given.map(([durationMs, outcome], index) => {
        samples.add(1, index + 1, durationMs * 1e6, outcome);
        return {
          startedAtEpochMs: index + 1,
          durationMs,
          outcome: (['ok', 'error', 'aborted'] as const)[outcome]!,
        };
      });
      expect(samples.latest(1)).toEqual(all.toReversed().slice(0, 32));
      const slowest = all
        .map(({ durationMs }) => durationMs)
        .sort((a, b) => b - a)
        .slice(0, 8);
      expect(samples.slowest(1).map(({ durationMs }) => durationMs)).toEqual(slowest);
      for (const call of samples.slowest(1)) expect(all).toContainEqual(call);
      expect(samples.first(1)).toEqual(all[0]);
      samples.clear(1);
      expect([samples.latest(1), samples.slowest(1), samples.first(1), samples.latest(0)]).toEqual([
        [],
        [],
        undefined,
        [expect.anything()],
      ]);
      samples.setThreshold(1, 5);
      samples.add(1, 7, 6e6, 0);
      expect([samples.latest(1).length, samples.first(1)]).toEqual([1, undefined]);
    }),
  );
});

test('each single call that failed is told with what, and the 8 latest of them are kept', () => {
  const calls = fc.array(
    fc.record({
      durationMs: fc.integer({ min: 0, max: 50 }),
      outcome: fc.integer({ min: 0, max: 2 }),
      isRead: fc.boolean(),
    }),
    { maxLength: 150 },
  );
  fc.assert(
    fc.property(calls, fc.integer({ min: 0, max: 30 }), (given, thresholdMs) => {
      const store = new MetricStore();
      const books = store.open('a', 0, thresholdMs);
      const all = given.map(({ durationMs, outcome, isRead }, index) => {
        const at = index + 1;
        store.add(books.index, at, durationMs * 1e6, outcome);
        // Each with a kind of its own.
        const kind = `Error ${at}`;
        if (outcome > 0) store.calls.addFailure(books, at, durationMs * 1e6, outcome, kind, undefined);
        if (isRead)
          store.calls.readStacks(
            () => ({ top: undefined, frames: [] }),
            () => true,
          );
        return { startedAtEpochMs: at, durationMs, outcome: OUTCOMES[outcome]! };
      });
      const kindOf = (at: number) => (given[at - 1]!.outcome > 0 ? `Error ${at}` : undefined);
      const { latest, slowest, failed } = store.calls.of(books);
      for (const { startedAtEpochMs, failure } of [...latest, ...slowest])
        expect(failure?.kind).toBe(kindOf(startedAtEpochMs));
      expect(failed.map(({ failure, ...call }) => ({ ...call, outcome: failure.outcome }))).toEqual(
        all
          .filter(({ outcome, durationMs }) => outcome !== 'ok' && durationMs >= thresholdMs)
          .toReversed()
          .slice(0, 8),
      );
      for (const { startedAtEpochMs, durationMs, failure } of failed)
        expect([failure.kind, failure.endedAtEpochMs]).toEqual([
          kindOf(startedAtEpochMs),
          startedAtEpochMs + durationMs,
        ]);
    }),
  );
});

test('what is cleared begins anew, but for the threshold', () => {
  const samples = new CallSamples();
  samples.reserve(1);
  samples.setThreshold(0, 5);
  samples.clear(0);
  samples.add(0, 1, 4e6, 0);
  samples.add(0, 2, 5e6, 0);
  expect(samples.latest(0)).toEqual([{ startedAtEpochMs: 2, durationMs: 5, outcome: 'ok' }]);
});
