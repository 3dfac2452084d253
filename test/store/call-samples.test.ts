import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallSamples } from '../../src/store/call-samples.ts';

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
        samples.add(1, index, durationMs * 1e6, outcome);
        return {
          startedAtEpochMs: index,
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
      samples.clear(1);
      expect([samples.latest(1), samples.slowest(1), samples.latest(0)]).toEqual([
        [],
        [],
        [expect.anything()],
      ]);
    }),
  );
});
