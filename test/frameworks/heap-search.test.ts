import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeapSearch } from '../../src/frameworks/schedulers/heap-search.ts';

const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

class Job {}

/** Searches once a minute as long as it is allowed to, and says in which minutes it was. */
function searchEachMinute(minutes: number, { tookMs = 0, worthIt = false } = {}): number[] {
  let now = 0;
  const searched: number[] = [];
  const search = new HeapSearch(() => {
    vi.advanceTimersByTime(tookMs);
    return [];
  });
  for (; now < minutes; now++) {
    if (search.search(Job.prototype, () => worthIt)) searched.push(now);
    vi.advanceTimersByTime(MINUTE_MS);
  }
  return searched;
}

test('a search is handed what it found, once a minute at most', () => {
  const job = new Job();
  let searches = 0;
  const search = new HeapSearch((prototype) => {
    searches++;
    return prototype === Job.prototype ? [job] : [];
  });
  const found: object[][] = [];
  const use = (objects: object[]) => found.push(objects) > 0;
  expect(search.search(Job.prototype, use)).toBe(true);
  expect(search.search(Job.prototype, use)).toBe(false);
  vi.advanceTimersByTime(MINUTE_MS - 1);
  expect(search.search(Job.prototype, use)).toBe(false);
  expect(search.search(class {}.prototype, use), 'another class').toBe(true);
  vi.advanceTimersByTime(1);
  expect(search.search(Job.prototype, use)).toBe(true);
  expect(found).toEqual([[job], [], [job]]);
  expect(searches).toBe(3);
});

test('searches that were not worth it get ever more seldom, down to one an hour', () => {
  expect(searchEachMinute(10, { worthIt: true })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(searchEachMinute(200)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
});

test('a search that took long is followed by a long rest, worth it or not', () => {
  // Two seconds, and 200 times as long: 400 s, of which 402 s are over after 7 steps of a minute.
  expect(searchEachMinute(20, { tookMs: 2_000, worthIt: true })).toEqual([0, 7, 14]);
});

test('a large heap is not searched', () => {
  let ballast: number[] | undefined = new Array(105 * 2 ** 17).fill(0.5);
  expect(searchEachMinute(3)).toEqual([]);
  expect(ballast.length * Float64Array.BYTES_PER_ELEMENT).toBe(105 * 2 ** 20);
  ballast = undefined;
});
