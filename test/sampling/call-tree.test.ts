import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallTree, callTree, invertedTree } from '../../src/sampling/call-tree.ts';
import { GROUP_LEVELS, type GroupLevel, groupShares } from '../../src/sampling/groups.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { buildProfile, largeProfile, profiles, recordedUs, samplesOf } from './build.ts';

/** Each way of a tree with its self and total samples, such as `play>next 3/5`. */
function ways({ frames }: Profile, tree: CallTree): string[] {
  const { parent, label, groups, selfCount, totalCount } = tree;
  const paths: string[] = [];
  parent.forEach((above, node) => {
    const name = frames[label[node]!]?.name ?? `[${groups[label[node]! - frames.length]}]`;
    paths.push(above < 0 ? name : `${paths[above]}>${name}`);
  });
  return paths.map((path, node) => `${path} ${selfCount[node]}/${totalCount[node]}`).sort();
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((all, value) => all + value, 0);
}

const two = buildProfile([
  { stack: ['emit@node:events', 'play@music', 'next@music'], owner: 'music/command/play', times: 3 },
  { stack: ['emit@node:events', 'play@music'], owner: 'music/command/play', times: 2 },
  {
    stack: ['emit@node:events', 'rank@levels', 'next@music'],
    owner: 'levels/command/rank',
    thread: '1/main',
  },
]);

test('a tree has a node for each way to a function', () => {
  expect(ways(two, callTree(two))).toEqual([
    'emit 0/6',
    'emit>play 2/5',
    'emit>play>next 3/3',
    'emit>rank 0/1',
    'emit>rank>next 1/1',
  ]);
});

test('an inverted tree begins with what was running', () => {
  expect(ways(two, invertedTree(two))).toEqual([
    'next 0/4',
    'next>play 0/3',
    'next>play>emit 3/3',
    'next>rank 0/1',
    'next>rank>emit 1/1',
    'play 0/2',
    'play>emit 2/2',
  ]);
});

test('stacks are put under groups in the order that is asked for', () => {
  expect(ways(two, callTree(two, { group: ['thread', 'cog'] }))).toEqual([
    '[shard 0 main] 0/5',
    '[shard 0 main]>[music] 0/5',
    '[shard 0 main]>[music]>emit 0/5',
    '[shard 0 main]>[music]>emit>play 2/5',
    '[shard 0 main]>[music]>emit>play>next 3/3',
    '[shard 1 main] 0/1',
    '[shard 1 main]>[levels] 0/1',
    '[shard 1 main]>[levels]>emit 0/1',
    '[shard 1 main]>[levels]>emit>rank 0/1',
    '[shard 1 main]>[levels]>emit>rank>next 1/1',
  ]);
  expect(ways(two, invertedTree(two, { group: ['command'] }))).toContain(
    '[levels/command/rank]>next>rank>emit 1/1',
  );
});

test('what Node does is part of the package that called it', () => {
  const profile = buildProfile([
    { stack: ['emit@node:events', 'send@npm:undici', 'write@node:net', 'writev'], times: 4 },
    { stack: ['emit@node:events', 'play@music', 'open@node:fs'], times: 2 },
    { stack: ['tick@node:timers'] },
  ]);
  expect(groupShares(profile, 'package')).toEqual([
    { name: 'package undici', count: 4, us: 4_000 },
    { name: 'cog music', count: 2, us: 2_000 },
    { name: '(node)', count: 1, us: 1_000 },
  ]);
});

test('recursion is shown as it was, or compressed into the first call', () => {
  const walk = buildProfile([
    { stack: ['walk@tree', 'each@tree', 'walk@tree', 'each@tree', 'walk@tree'], times: 4 },
    { stack: ['walk@tree', 'each@tree', 'walk@tree', 'visit@tree'], times: 2 },
  ]);
  expect(ways(walk, callTree(walk))).toContain('walk>each>walk>each>walk 4/4');
  expect(ways(walk, callTree(walk, { recursion: 'flat' }))).toEqual([
    'walk 4/6',
    'walk>each 0/0',
    'walk>visit 2/2',
  ]);
});

test('nodes of the same way are one, whatever the profile has', () => {
  const { nodes, ...rest } = buildProfile([{ stack: ['play@music', 'next@music'], times: 2 }]);
  const doubled: Profile = {
    ...rest,
    nodes: { ...nodes, frame: Uint32Array.of(0, 1, 1), parent: Int32Array.of(-1, 0, 0) },
    threads: rest.threads.map((thread) => ({ ...thread, node: Uint32Array.of(1, 2) })),
  };
  expect(ways(doubled, callTree(doubled))).toEqual(['play 0/2', 'play>next 2/2']);
});

test('stacks of 10,000 calls do not overflow ours', () => {
  const stack = Array.from({ length: 10_000 }, (_, index) => `f${index % 100}@deep`);
  const profile = buildProfile([{ stack, times: 3 }]);
  expect(callTree(profile).parent).toHaveLength(10_000);
  expect(callTree(profile, { recursion: 'flat' }).parent).toHaveLength(100);
  const inverted = invertedTree(profile);
  expect(inverted.cutCount).toBe(3);
  expect(sum(inverted.selfCount)).toBe(3);
});

test('a deep recursion that is sampled everywhere does not make an inverted tree of millions', () => {
  const size = 10_000;
  const base = buildProfile([{ stack: ['walk@tree'] }]);
  const deep: Profile = {
    ...base,
    nodes: {
      ...base.nodes,
      frame: new Uint32Array(size),
      parent: Int32Array.from({ length: size }, (_, node) => node - 1),
    },
    threads: base.threads.map((thread) => ({
      ...thread,
      ...{ node: Uint32Array.from({ length: size }, (_, node) => node), owner: new Uint32Array(size) },
      ...{ atUs: new Float64Array(size), weightUs: new Float64Array(size).fill(1) },
    })),
  };
  const inverted = invertedTree(deep);
  expect(inverted.parent.length).toBeLessThan(1_000);
  expect(sum(inverted.selfUs)).toBe(size);
});

const orders = fc.shuffledSubarray([...GROUP_LEVELS]);

describe.each<[string, (profile: Profile, group: GroupLevel[]) => CallTree]>([
  ['a tree', (profile, group) => callTree(profile, { group })],
  ['a tree without recursion', (profile, group) => callTree(profile, { group, recursion: 'flat' })],
  ['an inverted tree', (profile, group) => invertedTree(profile, { group })],
])('%s', (_name, make) => {
  test('has all of the time and no more, in whatever groups', () => {
    fc.assert(
      fc.property(profiles, orders, (profile, group) => {
        const { parent, label, selfUs, selfCount, totalUs, totalCount, ...tree } = make(profile, group);
        expect(sum(selfUs)).toBeCloseTo(recordedUs(profile));
        expect(sum(selfCount)).toBe(samplesOf(profile));
        expect(sum(totalUs.filter((_us, node) => parent[node]! < 0))).toBeCloseTo(recordedUs(profile));
        const below = totalCount.map((_count, node) => {
          return sum(totalCount.filter((_total, child) => parent[child] === node));
        });
        totalCount.forEach((count, node) => {
          expect(count).toBe(selfCount[node]! + below[node]!);
          expect(selfCount[node]).toBeGreaterThanOrEqual(0);
          expect(parent[node]).toBeLessThan(node);
          expect(label[node]).toBeLessThan(profile.frames.length + tree.groups.length);
        });
      }),
    );
  });
});

test('trees without recursion have each function once on a way', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const { parent, label } = callTree(profile, { recursion: 'flat' });
      parent.forEach((first, node) => {
        for (let above = first; above !== -1; above = parent[above]!)
          expect(label[above]).not.toBe(label[node]);
      });
    }),
  );
});

test('a profile of 60,000 nodes and 300,000 samples becomes a tree', () => {
  const profile = largeProfile();
  expect(sum(callTree(profile, { group: ['cog', 'command'] }).selfCount)).toBe(samplesOf(profile));
});
