import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { groupShares } from '../../src/sampling/groups.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { VIEWS } from '../../src/sampling/views/index.ts';
import { profileOf, profilerAlone, spin } from '../fixtures/recording.ts';
import { recordedUs } from './build.ts';

/** The stacks of what ran for a target, the outermost first, without what is in no file but for calls that wait. */
function stacksOf({ frames, nodes, owners, threads }: Profile, target: string): Set<string> {
  const stacks = new Set<string>();
  const [{ node, owner }] = threads as [Profile['threads'][number]];
  node.forEach((leaf, sample) => {
    if (owners[owner[sample]!]!.name !== target) return;
    const stack: string[] = [];
    for (let at = leaf; at >= 0; at = nodes.parent[at]!) {
      const { kind, name } = frames[nodes.frame[at]!]!;
      if (kind === 'awaiting' || kind === 'bot') stack.unshift(name);
    }
    stacks.add(stack.join(' › '));
  });
  return stacks;
}

test('what a command waits for is under it in stacks, and belongs to what ran', async () => {
  const profiler = profilerAlone();
  const find = profiler.wrap(async function find() {
    spin(4);
    await sleep(1);
    burn();
  }, 'queue/find');
  const play = profiler.wrap(async function play() {
    await sleep(1);
    await find();
  }, 'music/play');
  const { recording } = await profiler.profile(async () => {
    for (let round = 0; round < 25; round++) await play();
  });
  const profile = profileOf(profiler, recording.id);
  expect(recordedUs(profile)).toBe(profile.durationUs);

  const stacks = stacksOf(profile, 'queue/method/find');
  // At first, it was called by what ran; later, that waited.
  expect([...stacks].some((stack) => /^play › .*find › .*spin$/.test(stack))).toBe(true);
  expect(
    [...stacks].some((stack) => /^music\/method\/play \(awaiting\) › find › burn › spin$/.test(stack)),
  ).toBe(true);
  expect([...stacks].some((stack) => stack.includes('play (awaiting) › play'))).toBe(false);

  // The one has the time, both have it in total.
  const { commands, totals, cogs } = VIEWS.overview([profile]);
  expect(commands[0]!.name).toBe('queue/method/find');
  expect(cogs[0]!.name).toBe('queue');
  expect(totals.map(({ name }) => name)).toEqual(['music/method/play']);
  expect(totals[0]!.us).toBeGreaterThanOrEqual(commands[0]!.us);
  const shares = groupShares(profile, 'command');
  expect(shares.reduce((sum, { us }) => sum + us, 0)).toBe(profile.durationUs);
}, 60_000);

function burn(): void {
  spin(4);
}
