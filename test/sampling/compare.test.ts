import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHANGES,
  type Change,
  compareFunctions,
  compareGroups,
  corrected,
  differenceProbability,
} from '../../src/sampling/compare.ts';
import { formatShare, marginOf, sufficiency } from '../../src/sampling/uncertainty.ts';
import { buildProfile, profiles, type SampleSpec } from './build.ts';

/** A bot whose cogs take so many samples. */
function bot(counts: Record<string, number>, us = 1_000) {
  return buildProfile(
    Object.entries(counts).map(([name, times]): SampleSpec => {
      return { stack: ['emit@node:events', `${name}@${name}`], owner: `${name}/command/${name}`, times, us };
    }),
  );
}

const before = bot({ music: 500, levels: 300, games: 1_000, staff: 40, idle: 8_160 });
const after = bot({ music: 900, levels: 180, games: 1_010, welcome: 60, idle: 7_850 });

function changes(rows: readonly { name: string; change: Change }[]): Record<string, Change> {
  return Object.fromEntries(rows.map(({ name, change }) => [name, change]));
}

test('each function is new, gone, slower, faster or as it was', () => {
  expect(changes(compareFunctions(before, after, 'self'))).toEqual({
    music: 'slower',
    levels: 'faster',
    games: 'noise',
    staff: 'gone',
    welcome: 'new',
    idle: 'faster',
  });
  expect(changes(compareFunctions(before, after, 'total'))['emit']).toBe('noise');
});

test('each owner too, the largest difference first', () => {
  const rows = compareGroups(before, after, 'cog');
  expect(rows.map(({ name }) => name).slice(0, 3)).toEqual(['music', 'idle', 'levels']);
  expect(rows[0]).toMatchObject({ before: { count: 500, share: 0.05 }, after: { count: 900, share: 0.09 } });
  expect(rows[0]!.difference).toBeCloseTo(0.04);
  expect(rows[0]!.ratio).toBeCloseTo(1.8);
});

test('recordings of different length compare by their shares', () => {
  const longer = bot({ music: 5_000, levels: 3_000, games: 10_000, staff: 400, idle: 81_600 });
  for (const { change, difference } of compareFunctions(before, longer, 'self')) {
    expect(change).toBe('noise');
    expect(difference).toBeCloseTo(0);
  }
});

test('a function that moved in its file is the same; two of one name are told apart by line', () => {
  const was = buildProfile([{ stack: ['run@music:3'], times: 50 }]);
  const is = buildProfile([{ stack: ['run@music:9'], times: 50 }]);
  expect(compareFunctions(was, is, 'self')).toHaveLength(1);
  const two = buildProfile([
    { stack: ['run@music:3'], times: 50 },
    { stack: ['run@music:9'], times: 50 },
  ]);
  expect(
    compareFunctions(was, two, 'self').map(({ frameBefore, frameAfter }) => [frameBefore, frameAfter]),
  ).toEqual(
    expect.arrayContaining([
      [0, 0],
      [-1, 1],
    ]),
  );
});

test('a difference of 1 % of a share is not told, however many samples there are', () => {
  const was = bot({ music: 500_000, idle: 500_000 });
  const is = bot({ music: 505_000, idle: 495_000 });
  const [row] = compareGroups(was, is, 'cog');
  expect(row!.probability).toBeLessThan(1e-6);
  expect(row!.change).toBe('noise');
});

test('of a recording without samples nothing is said', () => {
  expect(compareFunctions(buildProfile([]), before, 'self').every(({ change }) => change === 'noise')).toBe(
    true,
  );
  expect(compareFunctions(buildProfile([]), buildProfile([]), 'self')).toEqual([]);
});

test('the same recording has not changed', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      for (const { change, difference, probability } of compareFunctions(profile, profile, 'total')) {
        expect([change, difference]).toEqual(['noise', 0]);
        expect(probability).toBeCloseTo(1);
      }
    }),
  );
});

test('turned round, slower is faster and new is gone', () => {
  const opposite: Record<Change, Change> = {
    ...{ new: 'gone', gone: 'new', slower: 'faster', faster: 'slower', noise: 'noise' },
  };
  const there = changes(compareFunctions(before, after, 'self'));
  const back = changes(compareFunctions(after, before, 'self'));
  for (const [name, change] of Object.entries(there)) expect(back[name]).toBe(opposite[change]);
  expect(new Set(Object.values(there))).toEqual(new Set(CHANGES));
});

describe('the two-proportion test', () => {
  // z = 2.2942, from the pooled share 0.125; the two-sided probability of a table of the normal distribution.
  test('gives what is worked out by hand', () => {
    const z = (0.15 - 0.1) / Math.sqrt(0.125 * 0.875 * (1 / 400 + 1 / 400));
    expect(z).toBeCloseTo(2.1381, 4);
    expect(differenceProbability(60, 400, 40, 400)).toBeCloseTo(0.0325, 4);
    expect(differenceProbability(196, 10_000, 196, 10_000)).toBeCloseTo(1, 6);
  });

  test('says nothing of few samples', () => {
    expect(differenceProbability(0, 100, 4, 100)).toBe(1);
    expect(differenceProbability(0, 0, 4, 100)).toBe(1);
  });
});

test('probabilities are corrected for their number', () => {
  // The example of Benjamini and Hochberg's paper: at 5 %, the four smallest of 15 are told.
  const paper = [
    ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324],
    ...[0.4262, 0.5719, 0.6528, 0.759, 1.0],
  ];
  expect(corrected(paper).filter((probability) => probability <= 0.05)).toHaveLength(4);
  expect(corrected(paper)[3]).toBeCloseTo((0.0095 * 15) / 4);
  expect(corrected([])).toEqual([]);
});

test('of a thousand functions that have not changed, next to none is told', () => {
  // Counts that scatter as samples do: sums of 20 draws, by a fixed order.
  let state = 7;
  const draw = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  const scatter = () =>
    Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => {
        let hits = 0;
        for (let trial = 0; trial < 400; trial++) if (draw() < 0.25) hits++;
        return [`f${index}`, hits];
      }),
    );
  const rows = compareFunctions(bot(scatter()), bot(scatter()), 'self');
  expect(rows.filter(({ change }) => change !== 'noise').length).toBeLessThanOrEqual(2);
});

describe('margins', () => {
  test('shrink with the samples, and are never nothing', () => {
    // √(0.05 × 0.95 / 100,000) × 1.96
    expect(marginOf(5_000, 100_000)).toBeCloseTo(0.00135, 4);
    expect(marginOf(50, 1_000)).toBeCloseTo(0.0138, 3);
    expect(marginOf(0, 100)).toBeGreaterThan(0.01);
    expect(marginOf(100, 100)).toBeGreaterThan(0.01);
    expect(formatShare(123, 1_000)).toBe('12.3 % ± 2.0');
    expect(formatShare(0, 0)).toBe('–');
  });

  test('hold the true share in about 19 of 20 draws', () => {
    let state = 99;
    const draw = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    let held = 0;
    for (let trial = 0; trial < 1_000; trial++) {
      let hits = 0;
      for (let sample = 0; sample < 500; sample++) if (draw() < 0.1) hits++;
      if (Math.abs(hits / 500 - 0.1) <= marginOf(hits, 500)) held++;
    }
    expect(held).toBeGreaterThan(920);
    expect(held).toBeLessThan(980);
  });
});

test.each([
  [0, 30_000_000, false, undefined, 'Nothing ran'],
  [200, 10_000_000, false, 92, 'record for 92 s'],
  [20, 30_000_000, false, undefined, 'too little to do'],
  [20_000, 30_000_000, true, undefined, 'Enough samples'],
])('%i running samples in %i µs: enough is %s', (running, durationUs, isEnough, proposedS, text) => {
  const told = sufficiency(running, durationUs);
  expect(told.isEnough).toBe(isEnough);
  expect(told.proposedS).toBe(proposedS);
  expect(told.text).toContain(text);
});
