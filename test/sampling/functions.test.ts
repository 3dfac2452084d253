import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatTable, mainOwners } from '../../src/sampling/flat.ts';
import {
  calleesOf,
  callersOf,
  edges,
  framesNamed,
  functionWeights,
  lineHits,
  placeOf,
} from '../../src/sampling/functions.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { buildProfile, profiles, recordedUs, samplesOf } from './build.ts';

const recursive = buildProfile([
  { stack: ['walk@tree', 'each@tree', 'walk@tree'], times: 4, owner: 'tree/command/show', line: 7 },
  { stack: ['walk@tree', 'each@tree'], times: 2, owner: 'tree/command/show' },
  { stack: ['show@tree', 'walk@tree'], times: 1, us: 500, owner: 'tree/task/tidy', line: 9 },
  { stack: ['walk@npm:walker'], times: 1 },
]);

function named(profile: Profile, name: string, file = ''): number {
  const [index] = framesNamed(profile, { name, file });
  return index!;
}

/** Each with its function and samples. */
function told(profile: Profile, neighbours: readonly { frame: number; count: number }[]): string[] {
  return neighbours.map(({ frame, count }) => `${profile.frames[frame]?.name ?? 'nothing'} ${count}`);
}

test('functions have what they ran themselves, and with what they called; recursion once', () => {
  const walk = named(recursive, 'walk', 'tree.js');
  const { selfCount, totalCount, selfUs, totalUs } = functionWeights(recursive);
  expect([selfCount[walk], totalCount[walk]]).toEqual([5, 7]);
  expect([selfUs[walk], totalUs[walk]]).toEqual([4_500, 6_500]);
});

test('callers and callees are told by samples, and each sample once', () => {
  const walk = named(recursive, 'walk', 'tree.js');
  expect(told(recursive, callersOf(recursive, walk))).toEqual(['nothing 6', 'each 4', 'show 1']);
  expect(told(recursive, calleesOf(recursive, walk))).toEqual(['each 6']);
});

test('functions of one name are told apart by file and line', () => {
  expect(framesNamed(recursive, { name: 'walk' })).toHaveLength(2);
  expect(framesNamed(recursive, { name: 'walk', file: 'walker/index.js' })).toHaveLength(1);
  const twice = buildProfile([{ stack: ['run@music:3'] }, { stack: ['run@music:40'] }]);
  expect(framesNamed(twice, { name: 'run', fromLine: 10, toLine: 50 })).toEqual([1]);
});

test('lines have the time of their hits; what has no hit is in line 0', () => {
  const hits = lineHits(recursive).map(({ frame, line, count, us }) => {
    return [recursive.frames[frame]!.name, line, count, us];
  });
  expect(hits).toContainEqual(['walk', 7, 4, 4_000]);
  expect(hits).toContainEqual(['walk', 9, 1, 500]);
  expect(hits).toContainEqual(['each', 0, 2, 2_000]);
});

test('a function belongs to whom most of its samples belong', () => {
  const owners = mainOwners(recursive);
  expect(owners[named(recursive, 'walk', 'tree.js')]).toBe('tree/command/show');
  expect(owners[named(recursive, 'show')]).toBe('tree/task/tidy');
});

test.each([
  [{ file: '/srv/bot/cogs/music.js', line: 12 }, 'cogs/music.js:12'],
  [{ file: 'C:\\bot\\cogs\\music.js', line: 0 }, 'cogs/music.js'],
  [{ file: 'node:internal/timers', line: 3 }, 'node:internal/timers:3'],
  [{ file: '', line: 0 }, ''],
])('the place of %j is %j', (frame, place) => {
  expect(placeOf(frame)).toBe(place);
});

test('no function has more than all, and all self time is the time that was recorded', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const { selfUs, selfCount, totalUs, totalCount } = functionWeights(profile);
      expect(selfUs.reduce((sum, us) => sum + us, 0)).toBeCloseTo(recordedUs(profile));
      expect(selfCount.reduce((sum, count) => sum + count, 0)).toBe(samplesOf(profile));
      totalCount.forEach((count, frame) => {
        expect(count).toBeGreaterThanOrEqual(selfCount[frame]!);
        expect(count).toBeLessThanOrEqual(samplesOf(profile));
        expect(totalUs[frame]).toBeLessThanOrEqual(recordedUs(profile) + 1e-6);
      });
    }),
  );
});

test('the same is counted sample by sample', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const { nodes, threads } = profile;
      const totals = new Float64Array(profile.frames.length);
      const pairs = new Map<string, number>();
      for (const { node } of threads) {
        for (const leaf of node) {
          const [frames, callers] = [new Set<number>(), new Set<string>()];
          for (let at = leaf; at !== -1; at = nodes.parent[at]!) {
            const above = nodes.parent[at]!;
            frames.add(nodes.frame[at]!);
            callers.add(`${above < 0 ? -1 : nodes.frame[above]} ${nodes.frame[at]}`);
          }
          for (const frame of frames) totals[frame]!++;
          for (const pair of callers) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
        }
      }
      expect(functionWeights(profile).totalCount).toEqual(totals);
      expect(new Map(edges(profile).map(({ from, to, count }) => [`${from} ${to}`, count]))).toEqual(pairs);
    }),
  );
});

test('groups of a flat table add up to the whole', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const { frame, selfCount } = flatTable(profile, ['thread', 'command']);
      const sums = new Float64Array(profile.frames.length);
      frame.forEach((index, row) => {
        sums[index]! += selfCount[row]!;
      });
      expect(sums).toEqual(functionWeights(profile).selfCount);
    }),
  );
});

test('lines never have more than was recorded, nor less', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const hits = lineHits(profile);
      expect(hits.reduce((sum, { us }) => sum + us, 0)).toBeCloseTo(recordedUs(profile));
      expect(hits.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(samplesOf(profile));
    }),
  );
});
