import { expect, test } from 'vitest';
import { parseDuration } from '../../src/cog/duration.ts';

test('durations are read as people write them, and others are none', () => {
  const read = ['250us', '1.5µs', '20 ms', '10S', '2m', '5min', ' 3s '].map((text) => parseDuration(text));
  expect(read).toEqual([0.25, 0.0015, 20, 10_000, 120_000, 300_000, 3_000]);
  expect(parseDuration('7', 's')).toBe(7_000);
  for (const text of ['7', '', 's', '-1s', '1h30', '1e3s', '1.s', 'constructor']) {
    expect(parseDuration(text), text).toBeUndefined();
  }
});
