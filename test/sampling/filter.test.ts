import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callTree } from '../../src/sampling/call-tree.ts';
import { filtered, isHidden, MODES, type ProfileFilter } from '../../src/sampling/filter.ts';
import { functionWeights, lineHits } from '../../src/sampling/functions.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { buildProfile, profiles, recordedUs, samplesOf } from './build.ts';

const day = buildProfile(
  [
    { stack: ['(idle)'], times: 50 },
    { stack: ['(garbage collector)'], times: 5 },
    { stack: ['(program)'], times: 4 },
    {
      stack: ['emit@node:events', 'play@music', 'readSync@node:fs', 'read'],
      owner: 'music/command/play',
      times: 7,
    },
    { stack: ['emit@node:events', 'play@music'], owner: 'music/command/play', times: 3, line: 12 },
    {
      stack: ['emit@node:events', 'rank@levels', 'sum@npm:math'],
      owner: 'levels/command/rank',
      thread: '1/main',
    },
    { stack: ['tick@node:timers'], times: 2, thread: 'worker' },
  ],
  {
    markers: [
      { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 0, toUs: 5 },
      { kind: 'gc', name: 'scavenge', thread: 1, fromUs: 0, toUs: 1 },
    ],
  },
);

test.each<[ProfileFilter, number]>([
  [{}, 72],
  [{ mode: 'wall' }, 72],
  [{ mode: 'cpu' }, 22],
  [{ mode: 'loop' }, 18],
  [{ gc: false }, 67],
  [{ mode: 'loop', gc: false }, 13],
  [{ threads: ['worker'] }, 2],
  [{ shards: [1] }, 1],
  [{ cogs: ['music'] }, 10],
  [{ owners: ['levels/command/rank'] }, 1],
  [{ owners: ['levels/command/rank'], cogs: ['music'] }, 0],
  [{ packages: ['math'] }, 1],
  [{ internals: false }, 72],
])('%j leaves %i samples', (filter, samples) => {
  expect(samplesOf(filtered(day, filter))).toBe(samples);
});

test('native code that JavaScript called holds the loop', () => {
  const left = filtered(day, { mode: 'loop' });
  const names = [...new Set(left.threads.flatMap(({ node }) => [...node].map((at) => nameAt(left, at))))];
  expect(names).toContain('read');
  expect(names).not.toContain('(program)');
});

function nameAt({ frames, nodes }: Profile, node: number): string {
  return frames[nodes.frame[node]!]!.name;
}

test('the functions of Node are folded into what called them', () => {
  const folded = filtered(day, { internals: false });
  const { selfCount } = functionWeights(folded);
  const self = folded.frames.flatMap(({ name }, frame) =>
    selfCount[frame]! > 0 ? [`${name} ${selfCount[frame]}`] : [],
  );
  expect(self.sort()).toEqual([
    '(garbage collector) 5',
    '(idle) 50',
    '(node) 2',
    '(program) 4',
    'play 10',
    'sum 1',
  ]);
  const roots = folded.nodes.parent.reduce((count, above) => count + (above < 0 ? 1 : 0), 0);
  expect(roots).toBe(6);
  // What was folded ran in none of the lines of its caller.
  const lines = lineHits(folded).filter(({ frame }) => folded.frames[frame]!.name === 'play');
  expect(lines.map(({ line, count }) => [line, count])).toEqual([
    [0, 7],
    [12, 3],
  ]);
});

test('markers go with their threads', () => {
  const { markers, threads } = filtered(day, { shards: [1] });
  expect(threads).toHaveLength(1);
  expect(markers).toEqual([{ kind: 'gc', name: 'scavenge', thread: 0, fromUs: 0, toUs: 1 }]);
});

test('a filter that asks for nothing gives the same profile', () => {
  expect(filtered(day, {})).toBe(day);
});

test.each([
  [10, 100, { minCount: 0, noise: 0 }, false],
  [10, 100, { minCount: 11, noise: 0 }, true],
  [20, 100, { minCount: 0, noise: 2 }, true],
  [21, 100, { minCount: 0, noise: 2 }, false],
  [0, 0, { minCount: 0, noise: 0 }, false],
])('%i of %i samples are hidden by %j: %s', (count, above, options, isExpected) => {
  expect(isHidden(count, above, options)).toBe(isExpected);
});

const filters: fc.Arbitrary<ProfileFilter> = fc.record(
  {
    mode: fc.constantFrom(...MODES),
    gc: fc.boolean(),
    internals: fc.boolean(),
    threads: fc.subarray(['main', 'worker']),
    shards: fc.subarray([0, 1]),
    cogs: fc.subarray(['music', 'levels']),
    owners: fc.subarray(['music/command/play', 'music']),
    packages: fc.subarray(['ms', 'none']),
  },
  { requiredKeys: [] },
);

test('no filter invents time, and what is left is whole', () => {
  fc.assert(
    fc.property(profiles, filters, (profile, filter) => {
      const left = filtered(profile, filter);
      expect(recordedUs(left)).toBeLessThanOrEqual(recordedUs(profile));
      expect(samplesOf(left)).toBeLessThanOrEqual(samplesOf(profile));
      const ticks = (one: Profile) => one.nodes.lines.ticks.reduce((sum, hits) => sum + hits, 0);
      expect(ticks(left)).toBeLessThanOrEqual(ticks(profile));
      left.nodes.parent.forEach((above, node) => {
        expect(above).toBeLessThan(node);
      });
      for (const { node, owner, atUs, weightUs } of left.threads) {
        expect([owner.length, atUs.length, weightUs.length]).toEqual([node.length, node.length, node.length]);
        for (const at of node) expect(at).toBeLessThan(left.nodes.frame.length);
      }
      for (const node of left.nodes.lines.node) expect(node).toBeLessThan(left.nodes.frame.length);
      expect(callTree(left).selfCount.reduce((sum, count) => sum + count, 0)).toBe(samplesOf(left));
    }),
  );
});

test('what is in and what is not are the whole', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const shards = [0, 1].map((shard) => samplesOf(filtered(profile, { shards: [shard] })));
      expect(shards[0]! + shards[1]!).toBe(samplesOf(profile));
      const idle = profile.threads
        .flatMap(({ node }) => [...node])
        .filter((at) => nameAt(profile, at) === '(idle)');
      expect(samplesOf(filtered(profile, { mode: 'cpu' }))).toBe(samplesOf(profile) - idle.length);
    }),
  );
});

test('folding leaves no function of Node but the one that stands for them', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const folded = filtered(profile, { internals: false });
      expect(recordedUs(folded)).toBeCloseTo(recordedUs(profile));
      folded.nodes.frame.forEach((frame) => {
        const { kind, name } = folded.frames[frame]!;
        if (kind === 'node') expect(name).toBe('(node)');
      });
    }),
  );
});
