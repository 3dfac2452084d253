import { describe, expect, test } from 'vitest';
import type { Stack } from '../../src/cog/error-stack.ts';
import { Failure, Failures } from '../../src/store/failures.ts';

const always = () => true;

/** The stack of an error that is made in a line of a file. */
function stackAt(line: unknown): Stack {
  const top = { functionName: 'run', location: { file: '/bot/a.js', line: Number(line), column: 1 } };
  return { top, frames: [top] };
}

let now = 0;
function fail(
  failures: Failures,
  line: unknown,
  { kind = 'Error', outcome = 'error' as const } = {},
): Failure {
  const failure = new Failure(kind, outcome, now++, line);
  failures.add(failure, undefined, []);
  return failure;
}

const groups = (failures: Failures) =>
  [...failures.groups].map(({ kind, count, stack }) => [kind, count, stack?.top?.location?.line]);

describe('groups of errors', () => {
  test('are of one kind and place, with when the first and the last came', () => {
    const failures = new Failures();
    const [first, , , last] = [1, 2, 1, 1].map((line) => fail(failures, line));
    fail(failures, 1, { kind: 'TypeError' });
    expect(groups(failures)).toEqual([]);
    expect(failures.readStacks(stackAt, always)).toBe(true);
    expect(groups(failures)).toEqual([
      ['Error', 3, 1],
      ['Error', 1, 2],
      ['TypeError', 1, 1],
    ]);
    expect([...failures.groups][0]).toMatchObject({
      firstAtEpochMs: first!.endedAtEpochMs,
      lastAtEpochMs: last!.endedAtEpochMs,
    });
    expect(failures.ungrouped).toBe(0);
  });

  test('have the stack of the last one', () => {
    const failures = new Failures();
    const { top } = stackAt(1);
    for (const depth of [1, 2]) {
      fail(failures, depth);
      failures.readStacks((thrown) => ({ top, frames: new Array(Number(thrown)).fill(top) }), always);
    }
    expect([...failures.groups].map(({ stack }) => stack!.frames.length)).toEqual([2]);
  });

  test('have one stack for all of their calls', () => {
    const failures = new Failures();
    const all = [1, 2, 1].map((line) => fail(failures, line));
    failures.readStacks(stackAt, always);
    const [first, second] = [...failures.groups];
    expect(all.map(({ stack }) => stack)).toEqual([first!.stack, second!.stack, first!.stack]);
    expect(all[0]!.stack).toBe(all[2]!.stack);
  });

  test('are 16, and one for the rest, which has no place', () => {
    const failures = new Failures();
    for (let line = 1; line <= 100; line++) {
      fail(failures, line);
      fail(failures, 1);
      failures.readStacks(stackAt, always);
    }
    expect(groups(failures)).toHaveLength(17);
    expect(groups(failures)[0]).toEqual(['Error', 101, 1]);
    expect(groups(failures).at(-1)).toEqual(['other', 84, undefined]);
  });

  test('have no calls that were aborted', () => {
    const failures = new Failures();
    const aborted = new Failure('AbortError', 'aborted', 0, 1);
    failures.add(aborted, undefined, []);
    failures.readStacks(stackAt, always);
    expect([groups(failures), failures.ungrouped]).toEqual([[], 0]);
    expect(aborted.stack).toEqual({ top: stackAt(1).top, frames: [] });
  });
});

describe('stacks', () => {
  test('that wait are those of the latest 32; the others are in no group, and let go', () => {
    const failures = new Failures();
    const all = Array.from({ length: 100 }, () => fail(failures, 1));
    expect(all.filter(({ thrown }) => thrown !== undefined)).toEqual(all.slice(-32));
    failures.readStacks(stackAt, always);
    expect(groups(failures)).toEqual([['Error', 32, 1]]);
    expect(failures.ungrouped).toBe(68);
    expect(all.filter(({ thrown }) => thrown !== undefined)).toEqual([]);
    expect(all.filter(({ stack }) => stack !== undefined)).toEqual(all.slice(-32));
  });

  test('are read as long as there is time, and the rest later', () => {
    const failures = new Failures();
    for (let line = 1; line <= 5; line++) fail(failures, line);
    let left = 2;
    expect(failures.readStacks(stackAt, () => left-- > 0)).toBe(false);
    expect(groups(failures)).toHaveLength(2);
    fail(failures, 6);
    expect(failures.readStacks(stackAt, always)).toBe(true);
    expect(groups(failures).map(([, , line]) => line)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
