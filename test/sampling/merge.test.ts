import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callTimes } from '../../src/sampling/calls.ts';
import { framesNamed, functionWeights, lineHits } from '../../src/sampling/functions.ts';
import { groupShares } from '../../src/sampling/groups.ts';
import { merged } from '../../src/sampling/merge.ts';
import { buildProfile, profiles, recordedUs, samplesOf } from './build.ts';

const START_EPOCH_MS = 1_800_000_000_000;

const first = buildProfile(
  [{ stack: ['emit@node:events', 'play@music'], owner: 'music/command/play', times: 3, line: 12 }],
  { markers: [{ kind: 'call', name: 'music/command/play', thread: 0, fromUs: 0, toUs: 3_000 }] },
);
const second = buildProfile(
  [
    { stack: ['rank@levels'], owner: 'levels/command/rank', times: 2 },
    {
      stack: ['emit@node:events', 'play@music'],
      owner: 'music/command/play',
      times: 4,
      line: 12,
      thread: '1/main',
    },
  ],
  { markers: [{ kind: 'gc', name: 'scavenge', thread: 1, fromUs: 10, toUs: 20 }] },
);

test('threads stand side by side over the same functions, ways and owners', () => {
  const both = merged([first, second]);
  expect(both.threads.map(({ node }) => node.length)).toEqual([3, 2, 4]);
  expect(both.frames.map(({ name }) => name)).toEqual(['emit', 'play', 'rank']);
  expect(both.nodes.frame).toHaveLength(3);
  expect(both.owners).toHaveLength(2);
  const [play] = framesNamed(both, { name: 'play' });
  expect(functionWeights(both).selfCount[play!]).toBe(7);
  expect(lineHits(both).find(({ line }) => line === 12)!.count).toBe(7);
  expect(both.markers.map(({ thread }) => thread)).toEqual([0, 2]);
});

test('what was recorded at the same time stays so', () => {
  const later = { ...second, startedAtEpochMs: START_EPOCH_MS + 2 };
  const both = merged([later, first]);
  expect(both.startedAtEpochMs).toBe(START_EPOCH_MS);
  expect(both.threads[1]!.atUs[0]).toBe(2_000 + second.threads[0]!.atUs[0]!);
  expect(both.markers.find(({ kind }) => kind === 'gc')).toMatchObject({ fromUs: 2_010, toUs: 2_020 });
  expect(both.durationUs).toBe(2_000 + second.durationUs);
});

test('what was recorded on another day comes after it, without the night between', () => {
  const nextDay = { ...second, startedAtEpochMs: START_EPOCH_MS + 86_400_000 };
  const both = merged([first, nextDay]);
  expect(both.durationUs).toBe(first.durationUs + second.durationUs);
  expect(both.threads[1]!.atUs[0]).toBe(first.durationUs + second.threads[0]!.atUs[0]!);
});

test('versions and names of all are told', () => {
  const other = { ...second, name: 'other', nodeVersion: 'v22.19.0' };
  expect(merged([first, other])).toMatchObject({ name: 'bot, other', nodeVersion: 'v24.21.0, v22.19.0' });
});

test('one is itself, and none is an error', () => {
  expect(merged([first])).toBe(first);
  expect(() => merged([])).toThrow(RangeError);
});

test('nothing is lost, whatever is merged', () => {
  fc.assert(
    fc.property(fc.array(profiles, { minLength: 1, maxLength: 4 }), (all) => {
      const one = merged(all);
      const sum = (of: (profile: (typeof all)[number]) => number) =>
        all.reduce((so, profile) => so + of(profile), 0);
      expect(recordedUs(one)).toBeCloseTo(sum(recordedUs));
      expect(samplesOf(one)).toBe(sum(samplesOf));
      expect(one.threads).toHaveLength(sum(({ threads }) => threads.length));
      one.nodes.parent.forEach((above, node) => {
        expect(above).toBeLessThan(node);
      });
      expect(new Set(one.frames.map((frame) => JSON.stringify(frame))).size).toBe(one.frames.length);
      const byOwner = groupShares(one, 'command');
      expect(byOwner.reduce((so, { count }) => so + count, 0)).toBe(samplesOf(one));
      const ticks = (profile: (typeof all)[number]) =>
        profile.nodes.lines.ticks.reduce((so, hits) => so + hits, 0);
      expect(ticks(one)).toBe(sum(ticks));
    }),
  );
});

test('the time of calls is their own, that of others, and waiting', () => {
  const profile = buildProfile(
    [
      { stack: ['play@music'], owner: 'music/command/play', times: 2 },
      { stack: ['rank@levels'], owner: 'levels/command/rank', times: 3 },
      { stack: ['(idle)'], times: 5 },
    ],
    {
      markers: [
        { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 0, toUs: 8_000 },
        { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 9_000, toUs: 10_000 },
        { kind: 'call', name: 'levels/command/rank', thread: 0, fromUs: 2_000, toUs: 5_000 },
        { kind: 'gc', name: 'scavenge', thread: 0, fromUs: 0, toUs: 10_000 },
      ],
    },
  );
  expect(callTimes(profile)).toEqual([
    { target: 'music/command/play', calls: 2, wallUs: 9_000, ownUs: 2_000, othersUs: 3_000, idleUs: 4_000 },
    { target: 'levels/command/rank', calls: 1, wallUs: 3_000, ownUs: 3_000, othersUs: 0, idleUs: 0 },
  ]);
});

test('the parts of the time of calls add up, and none is negative', () => {
  const calls = fc.array(
    fc.record({ thread: fc.constant(0), fromUs: fc.nat(20_000), lengthUs: fc.nat(20_000) }),
  );
  fc.assert(
    fc.property(
      profiles.filter(({ threads }) => threads.length > 0),
      calls,
      (profile, times) => {
        const markers = times.map(({ thread, fromUs, lengthUs }) => {
          return {
            kind: 'call' as const,
            name: 'music/command/play',
            thread,
            fromUs,
            toUs: fromUs + lengthUs,
          };
        });
        for (const { wallUs, ownUs, othersUs, idleUs } of callTimes({ ...profile, markers })) {
          expect(ownUs + othersUs + idleUs).toBeCloseTo(wallUs);
          expect(Math.min(ownUs, othersUs, idleUs)).toBeGreaterThanOrEqual(0);
        }
      },
    ),
  );
});
