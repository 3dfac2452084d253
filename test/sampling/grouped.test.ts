import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grouped } from '../../src/sampling/grouped.ts';
import { GROUP_LEVELS, type GroupLevel } from '../../src/sampling/groups.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { buildProfile, profiles, recordedUs } from './build.ts';
import { knownProfile, selfUsOf } from './truth.ts';

/** The stacks of all samples, the outermost function first. */
function stacksOf({ frames, nodes, threads }: Profile): string[] {
  return threads.flatMap(({ node }) =>
    Array.from(node, (leaf) => {
      const names: string[] = [];
      for (let at = leaf; at !== -1; at = nodes.parent[at]!) names.unshift(frames[nodes.frame[at]!]!.name);
      return names.join(' ');
    }),
  );
}

const ticksOf = ({ nodes }: Profile) => nodes.lines.ticks.reduce((sum, ticks) => sum + ticks, 0);

test('each stack is under what it belongs to', () => {
  const profile = buildProfile([
    { stack: ['play@music', 'next@music'], owner: 'music/command/play' },
    { stack: ['play@music', 'next@music'], owner: 'music/command/skip' },
    { stack: ['(idle)'] },
  ]);
  expect(stacksOf(grouped(profile, ['thread', 'command']))).toEqual([
    'shard 0 main music/command/play play next',
    'shard 0 main music/command/skip play next',
    'shard 0 main (idle) (idle)',
  ]);
  expect(grouped(profile, [])).toBe(profile);
});

test('no figure is another for it, whatever the levels', () => {
  const levels = fc.subarray([...GROUP_LEVELS]) as fc.Arbitrary<GroupLevel[]>;
  fc.assert(
    fc.property(profiles, levels, (profile, levels) => {
      const shown = grouped(profile, levels);
      expect(recordedUs(shown)).toBe(recordedUs(profile));
      expect(selfUsOf(shown)).toEqual(selfUsOf(profile));
      expect(ticksOf(shown)).toBe(ticksOf(profile));
      shown.nodes.parent.forEach((parent, node) => {
        expect(parent).toBeLessThan(node);
      });
      const stacks = stacksOf(profile);
      stacksOf(shown).forEach((stack, at) => {
        expect(stack.endsWith(stacks[at]!)).toBe(true);
      });
    }),
    { numRuns: 100 },
  );
});

test('lines are shared out by samples', () => {
  const { nodes } = grouped(knownProfile(), ['command']);
  const { line, ticks } = nodes.lines;
  const ofLine = (which: number) =>
    ticks.filter((_, at) => line[at] === which).reduce((sum, one) => sum + one, 0);
  expect([ofLine(21), ofLine(24), ofLine(9)]).toEqual([3, 1, 4]);
});
