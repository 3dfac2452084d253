import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callgrind } from '../../../src/sampling/formats/callgrind.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, hostileProfile, profiles, recordedUs, samplesOf } from '../build.ts';
import { annotate, HAS_CALLGRIND_ANNOTATE } from '../readers/callgrind-annotate.ts';
import { knownProfile, selfUsOf } from '../truth.ts';

const encode = (profile: Profile) => callgrind.encode(profile, optionsFor(callgrind)) as string;

test('a name is written once, and said by its number after that', () => {
  const lines = encode(knownProfile()).split('\n');
  const names = lines.flatMap((line) => /^c?fn=(.*)$/.exec(line)?.[1] ?? []);
  const written = names.filter((name) => name.includes(' '));
  expect(written.map((name) => name.replace(/^\(\d+\) /, ''))).toContain('play');
  expect(new Set(written).size).toBe(written.length);
  const numbers = names.map((name) => name.split(' ')[0]);
  expect(new Set(numbers).size).toBe(written.length);
});

test('the lines that were running are told, and what calls= means', () => {
  const text = encode(knownProfile());
  expect(text).toContain('fn=(2)\n21 3000 3\n24 1000 1\n');
  expect(text).toMatch(/^# calls= is the number of samples/m);
  expect(text).toMatch(/^events: Microseconds Samples$/m);
});

test('a function that calls itself costs its call nothing, and the call is there', () => {
  const text = encode(buildProfile([{ stack: ['walk@music', 'walk@music', 'walk@music'], times: 3 }]));
  expect(text).toContain('cfl=(1)\ncfn=(1)\ncalls=3 1\n1 0 0\n');
});

test('functions of one file and name are told apart', () => {
  const anonymous = (line: number) =>
    ({ name: '(anonymous)', file: '/srv/bot/a.js', line, column: 3, kind: 'bot' }) as const;
  const text = encode(buildProfile([{ stack: [anonymous(4)] }, { stack: [anonymous(9)] }]));
  expect(text).toContain(') (anonymous):4:3\n');
  expect(text).toContain(') (anonymous):9:3\n');
});

test('parts of samples add up to samples, and parts of a µs to all of them', () => {
  const samples = [1, 2, 3].map((line) => ({ stack: ['play@music'], us: 1_000 / 3, line }));
  const text = encode(buildProfile(samples));
  expect(text).toContain('\n1 333 1\n2 334 1\n3 333 1\n');
  expect(text).toContain('summary: 1000 3\n');
});

test('no stack is too deep', () => {
  const stack = Array.from({ length: 20_000 }, (_, depth) => `f${depth % 50}@music`);
  expect(encode(buildProfile([{ stack }]))).toContain('summary: 1000 1\n');
});

describe.skipIf(!HAS_CALLGRIND_ANNOTATE)('callgrind_annotate (needs valgrind)', () => {
  const selfOf = (profile: Profile) => {
    const { functions, total, problems } = annotate(encode(profile));
    expect(problems).toBe('');
    const self = new Map([...functions].filter(([, { us }]) => us > 0).map(([name, { us }]) => [name, us]));
    return { self, total };
  };
  const truth = (profile: Profile) =>
    new Map(
      [...selfUsOf(profile)].map(([key, us]) => {
        const [name, file] = key.split('\n');
        return [`${file || '???'}:${name}`, us];
      }),
    );

  test('tells what each function took itself', () => {
    const profile = knownProfile();
    const { self, total } = selfOf(profile);
    expect(self).toEqual(truth(profile));
    expect(total).toEqual({ us: recordedUs(profile), samples: samplesOf(profile) });
  });

  test('tells what each took with what it called, recursion once', () => {
    const { functions } = annotate(
      encode(
        buildProfile([
          { stack: ['walk@music', 'walk@music', 'walk@music', 'leaf@music'], times: 3 },
          { stack: ['walk@music', 'walk@music'], times: 2 },
          { stack: ['leaf@music'] },
        ]),
      ),
      { inclusive: true },
    );
    expect(functions.get('/srv/bot/cogs/music.js:walk')).toEqual({ us: 5_000, samples: 5 });
    expect(functions.get('/srv/bot/cogs/music.js:leaf')).toEqual({ us: 4_000, samples: 4 });
    expect(functions.get('???:shard 0 main')).toEqual({ us: 6_000, samples: 6 });
  });

  test('reads profiles of any shape', () => {
    for (const profile of fc.sample(profiles, { seed: 7, numRuns: 20 })) {
      if (samplesOf(profile) === 0) continue;
      const { self, total } = selfOf(profile);
      expect(self).toEqual(truth(profile));
      expect(total.us).toBe(recordedUs(profile));
    }
  });

  test('reads hostile names', () => {
    const profile = hostileProfile();
    const { self, total } = selfOf(profile);
    expect(total).toEqual({ us: recordedUs(profile), samples: samplesOf(profile) });
    expect([...self.values()].reduce((sum, us) => sum + us, 0)).toBe(recordedUs(profile));
  });
});
