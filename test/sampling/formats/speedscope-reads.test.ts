import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { callgrind } from '../../../src/sampling/formats/callgrind.ts';
import { chromeTrace } from '../../../src/sampling/formats/chrome-trace.ts';
import { cpuprofile } from '../../../src/sampling/formats/cpuprofile.ts';
import type { FormatOptions, ProfileFormat } from '../../../src/sampling/formats/format.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import { pprof } from '../../../src/sampling/formats/pprof.ts';
import { speedscope } from '../../../src/sampling/formats/speedscope.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, HOSTILE_NAMES, hostileProfile, profiles, recordedUs } from '../build.ts';
import { type ReadProfile, Speedscope } from '../readers/speedscope.ts';
import { isRunning, knownProfile, selfUsOf, sumOf, taken } from '../truth.ts';

interface Reading {
  readonly format: ProfileFormat;
  readonly file: string;
  /** Of one µs in the unit of the file. */
  readonly factor: number;
  /** speedscope leaves out what is idle, or the format does not count it. */
  readonly hasIdle: boolean;
  /** It makes a tree of a call graph, and has to guess what is whose. */
  readonly isGraph: boolean;
}

const READINGS: readonly Reading[] = [
  { format: speedscope, file: 'bot.speedscope.json', factor: 1, hasIdle: true, isGraph: false },
  { format: cpuprofile, file: 'bot.cpuprofile', factor: 1, hasIdle: false, isGraph: false },
  { format: chromeTrace, file: 'bot.trace.json', factor: 1, hasIdle: false, isGraph: false },
  { format: pprof, file: 'bot.pb.gz', factor: 1_000, hasIdle: false, isGraph: false },
  { format: callgrind, file: 'bot.callgrind.out', factor: 1, hasIdle: true, isGraph: true },
];

// A browser lays each of them out, and others may be using the machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let reader: Speedscope;
beforeAll(async () => {
  reader = await Speedscope.start();
});
afterAll(() => reader[Symbol.asyncDispose]());

describe.each(READINGS)('speedscope reads $format.name', ({ format, file, factor, hasIdle, isGraph }) => {
  const read = (profile: Profile, wishes: Partial<FormatOptions> = {}) =>
    reader.read(file, format.encode(profile, optionsFor(format, wishes)));
  const truth = (profile: Profile) =>
    taken(hasIdle ? selfUsOf(profile) : selfUsOf(profile, isRunning), factor);
  /** Of a call graph the first profile is the time, and the second the samples. */
  const times = (read: readonly ReadProfile[]) => (isGraph ? read.slice(0, 1) : read);
  const total = (read: readonly ReadProfile[]) => times(read).reduce((sum, { total }) => sum + total, 0);

  // Of a call graph it guesses the stacks.
  if (!isGraph)
    test('what each function took itself', async () => {
      const profile = knownProfile();
      expect(selfOf(await read(profile))).toEqual(truth(profile));
    });

  test('all that was recorded', async () => {
    const profile = knownProfile();
    const found = await read(profile);
    expect(total(found)).toBeCloseTo(sumOf(truth(profile)), 3);
    if (hasIdle) expect(total(found)).toBeCloseTo(recordedUs(profile) * factor, 3);
  });

  test('frames that say whose it is, where they are asked for', async () => {
    const profile = knownProfile();
    const found = await read(profile, { group: ['command'] });
    const names = times(found).flatMap(({ self }) => [...self.keys()].map((key) => key.split('\n')[0]));
    expect(names).toContain('music/command/play');
    expect(names).toContain('music/command/skip');
    expect(total(found)).toBeCloseTo(sumOf(truth(profile)), 3);
  });

  test('profiles of any shape', async () => {
    for (const profile of fc.sample(profiles, { seed: 7, numRuns: 6 })) {
      if (truth(profile).size === 0) continue;
      const found = await read(profile);
      // speedscope leaves out of a graph what is less than a ten-thousandth.
      expect(total(found) / sumOf(truth(profile))).toBeCloseTo(1, 3);
      if (!isGraph) expect(selfOf(found)).toEqual(truth(profile));
    }
  });

  test('hostile names', async () => {
    const profile = hostileProfile();
    const found = await read(profile);
    expect(total(found)).toBeCloseTo(sumOf(truth(profile)), 3);
    const names = new Set(
      times(found).flatMap(({ self }) => [...self.keys()].map((key) => key.split('\n')[0])),
    );
    for (const name of HOSTILE_NAMES) {
      // What is no text, or has no one line, is changed by the format.
      if (/[\p{Cc}\p{Cs}]/u.test(name) || name.trim() === '' || name.trim() !== name) continue;
      expect(names).toContain(name);
    }
  });

  test('functions that are called like the nodes of V8', async () => {
    const file = '/srv/bot/cogs/music.js';
    const named = (name: string) => ({ name, file, line: 1, column: 1, kind: 'bot', cog: 'music' }) as const;
    const stacks = ['(root)', '(idle)', '(program)', '(garbage collector)'].flatMap((name) => [
      [named('outer'), named(name)],
      [named('outer'), named(name), named('inner')],
    ]);
    const found = await read(buildProfile(stacks.map((stack) => ({ stack }))));
    expect(total(found)).toBeCloseTo(8_000 * factor, 3);
  });
});

/** Of all threads together. */
function selfOf(read: readonly ReadProfile[]): Map<string, number> {
  const self = new Map<string, number>();
  for (const profile of read) {
    for (const [key, number] of taken(profile.self)) self.set(key, (self.get(key) ?? 0) + number);
  }
  return self;
}
