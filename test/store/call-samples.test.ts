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
      const all = given.map(([durationMs, outcome], index) => {
        samples.add(index, durationMs, outcome);
        return {
          startedAtEpochMs: index,
          durationMs,
          outcome: (['ok', 'error', 'aborted'] as const)[outcome]!,
        };
      });
      expect(samples.latest()).toEqual(all.toReversed().slice(0, 32));
      const slowest = all
        .map(({ durationMs }) => durationMs)
        .sort((a, b) => b - a)
        .slice(0, 8);
      expect(samples.slowest().map(({ durationMs }) => durationMs)).toEqual(slowest);
      for (const call of samples.slowest()) expect(all).toContainEqual(call);
    }),
  );
});
