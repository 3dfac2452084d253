import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import { speedscope } from '../../../src/sampling/formats/speedscope.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, hostileProfile, profiles } from '../build.ts';
import { problemOf, type Schema } from '../readers/json-schema.ts';
import { knownProfile } from '../truth.ts';

const schema = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('speedscope/dist/release/file-format-schema.json'),
    'utf8',
  ),
) as Schema;
const decode = (profile: Profile) => JSON.parse(speedscope.encode(profile, optionsFor(speedscope)) as string);

test('as speedscope has published it', () => {
  expect(problemOf(decode(knownProfile()), schema)).toBeUndefined();
  expect(problemOf(decode(hostileProfile()), schema)).toBeUndefined();
  expect(problemOf(decode(buildProfile([])), schema)).toBeUndefined();
  fc.assert(
    fc.property(profiles, (profile) => {
      expect(problemOf(decode(profile), schema)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test('what is not so is found', () => {
  const written = decode(knownProfile());
  expect(problemOf({ ...written, $schema: 'another' }, schema)).toContain('$schema');
  expect(problemOf({ ...written, shared: {} }, schema)).toContain('frames is missing');
  expect(problemOf({ ...written, profiles: [{ ...written.profiles[0], weights: ['1'] }] }, schema)).toContain(
    'profiles[0]',
  );
});

test('a profile a thread, the outermost function first, samples that are alike as one', () => {
  const { profiles, shared } = decode(knownProfile());
  expect(profiles.map(({ name }: { name: string }) => name)).toEqual(['shard 0 main', 'shard 1 worker']);
  const names = (stack: number[]) => stack.map((frame) => shared.frames[frame].name);
  expect(profiles[0].samples.map(names)).toEqual([
    ['play', 'next'],
    ['(idle)'],
    ['play', 'next', 'play'],
    ['play', 'play', 'emit'],
    ['(garbage collector)'],
  ]);
  expect(profiles[0].weights).toEqual([4_000, 2_000, 1_000, 1_000, 700]);
  expect(profiles[0].endValue).toBe(8_700);
  expect(shared.frames.find(({ name }: { name: string }) => name === 'next')).toEqual({
    name: 'next',
    file: '/srv/bot/cogs/music.js',
    line: 20,
    col: 1,
  });
});
