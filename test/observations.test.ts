import { describe, expect, test } from 'vitest';
import {
  type CallSample,
  type ErrorGroup,
  mergeGroups,
  mergeObservations,
  type Observations,
} from '../src/observations.ts';

function samples(shard: number, count: number): CallSample[] {
  return Array.from({ length: count }, (_, at) => ({
    shard,
    startedAtEpochMs: at * 2 + shard,
    durationMs: (at * 7) % count,
    outcome: 'ok' as const,
  }));
}

function group(topFrame: string | undefined, count: number, atEpochMs: number, kind = 'Error'): ErrorGroup {
  return {
    kind,
    ...(topFrame !== undefined && { topFrame }),
    count,
    firstAtEpochMs: atEpochMs,
    lastAtEpochMs: atEpochMs,
    frames: [`${topFrame} at ${atEpochMs}`],
  };
}

const rest = (count: number, atEpochMs: number): ErrorGroup => ({
  ...group(undefined, count, atEpochMs, 'other'),
  frames: [],
});

function observed(shard: number, known: Readonly<Record<string, number>> = {}): Observations {
  const newestFirst = samples(shard, 32).toReversed();
  return {
    first: samples(shard, 1),
    latest: newestFirst,
    slowest: samples(shard, 8).sort((a, b) => b.durationMs - a.durationMs),
    failed: newestFirst.slice(0, 8),
    errorGroups: [group('a', 1, shard)],
    ungroupedErrors: 2,
    callers: {
      known: Object.entries(known).map(([targetId, count]) => ({ targetId, count })),
      others: 1,
      unknown: 10,
    },
  };
}

describe('what two processes know', () => {
  test('is put together within the bounds of one', () => {
    const [a, b] = [observed(0, { x: 1, y: 5 }), observed(1, { x: 7, z: 2 })];
    const { first, latest, slowest, failed, errorGroups, ungroupedErrors, callers } = mergeObservations([
      b,
      a,
    ]);
    expect(first.map(({ shard }) => shard)).toEqual([0, 1]);
    expect(latest.map(({ startedAtEpochMs }) => startedAtEpochMs)).toEqual(
      Array.from({ length: 32 }, (_, at) => 63 - at),
    );
    expect(failed).toEqual(latest.slice(0, 8));
    expect(slowest.map(({ durationMs }) => durationMs)).toEqual([7, 7, 6, 6, 5, 5, 4, 4]);
    expect(errorGroups).toEqual([{ ...group('a', 2, 1), firstAtEpochMs: 0 }]);
    expect(ungroupedErrors).toBe(4);
    expect(callers).toEqual({
      known: [
        { targetId: 'x', count: 8 },
        { targetId: 'y', count: 5 },
        { targetId: 'z', count: 2 },
      ],
      others: 2,
      unknown: 20,
    });
  });

  test('names eight callers, and counts the rest', () => {
    const known = (from: number) =>
      Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`t${from + at}`, from + at]));
    const { callers } = mergeObservations([observed(0, known(1)), observed(1, known(9))]);
    expect(callers.known.map(({ count }) => count)).toEqual([16, 15, 14, 13, 12, 11, 10, 9]);
    expect(callers.others).toBe(2 + (8 * 9) / 2);
  });

  test('is nothing where nobody knows anything', () => {
    expect(mergeObservations([])).toEqual({
      first: [],
      latest: [],
      slowest: [],
      failed: [],
      errorGroups: [],
      ungroupedErrors: 0,
      callers: { known: [], others: 0, unknown: 0 },
    });
  });
});

describe('groups of errors', () => {
  test('of one kind and place are one, with the frames of the last', () => {
    const merged = mergeGroups([
      group('a', 2, 50),
      group('b', 9, 10),
      group('a', 3, 20),
      group('a', 1, 5, 'TypeError'),
    ]);
    expect(merged).toEqual([
      group('b', 9, 10),
      { ...group('a', 5, 50), firstAtEpochMs: 20 },
      group('a', 1, 5, 'TypeError'),
    ]);
  });

  test('are the 16 most frequent, and one of the rest at the end', () => {
    const many = Array.from({ length: 20 }, (_, at) => group(`f${at}`, at + 1, at));
    const merged = mergeGroups([...many, rest(100, 3), rest(5, 99)]);
    expect(merged.slice(0, -1)).toEqual(many.toReversed().slice(0, 16));
    expect(merged.at(-1)).toEqual({
      kind: 'other',
      count: 100 + 5 + 1 + 2 + 3 + 4,
      firstAtEpochMs: 0,
      lastAtEpochMs: 99,
      frames: [],
    });
  });
});
