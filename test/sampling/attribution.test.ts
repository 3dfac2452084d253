import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Owner } from '../../src/sampling/profile.ts';
import { confusionOf, innermostCog, misattributed, startOf } from '../fixtures/interleaved/confusion.ts';
import { COMMANDS, type CommandName, EVERYBODY, interleave } from '../fixtures/interleaved/index.ts';
import { truths } from '../fixtures/interleaved/shared.ts';
import { profileOf, profilerAlone } from '../fixtures/recording.ts';
import { recordedUs } from './build.ts';

const MAJOR = Number(process.versions.node.split('.')[0]);
/** Contexts are part of V8 from Node 24 on. */
const AT_MOST = MAJOR >= 24 ? 0.02 : 0.03;

function trackedCommands() {
  const profiler = profilerAlone({ rootDir: fileURLToPath(new URL('../fixtures/', import.meta.url)) });
  const wrap = (name: CommandName) => profiler.wrap(COMMANDS[name], `${name}/run`);
  return { profiler, commands: { alpha: wrap('alpha'), beta: wrap('beta'), gamma: wrap('gamma') } };
}

test('what runs belongs to the call that has led to it, across timers, files and promises', async () => {
  const { profiler, commands } = trackedCommands();
  await interleave(commands, () => truths.length > 100);
  truths.length = 0;
  const recording = await profiler.startRecording({ durationMs: 60_000, exact: true });
  // So many samples that a share is known to a fraction of what is allowed.
  await interleave(commands, () => truths.length >= 1_500);
  const { id, recordedMs } = await recording.stop();
  const profile = profileOf(profiler, id);

  const startNs = startOf(profile, truths);

  // All of the time is somebody's.
  expect(recordedUs(profile)).toBe(profile.durationUs);
  expect(recordedMs * 1_000).toBeCloseTo(profile.durationUs, 3);

  const nameOf = ({ kind, cog }: Owner) => {
    // What nobody has asked for is known by its stack: here, that of what all share.
    return kind === 'target' ? cog! : kind === 'cog' ? 'background' : kind;
  };
  const told = confusionOf(profile, truths, startNs, nameOf);
  expect([...told.keys()].sort()).toEqual([...EVERYBODY].sort());
  expect(misattributed(told)).toBeLessThan(AT_MOST);
  // By stacks alone, it would all be of the one file that they share.
  const plain = confusionOf(profile, truths, startNs, (_owner, node) => innermostCog(profile, node));
  expect(misattributed(plain)).toBeGreaterThan(0.5);
}, 120_000);
