import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { evidenceOf, type Finding, findings } from '../../src/sampling/findings.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { buildProfile, type SampleSpec } from './build.ts';
import { sampled } from './v8.ts';

function bot(...samples: readonly SampleSpec[]): Profile {
  return buildProfile([
    { stack: ['(idle)'], times: 900 },
    { stack: ['emit@node:events', 'rank@levels:4'], owner: 'levels/command/rank', times: 90 },
    ...samples,
  ]);
}

function named(found: readonly Finding[], name: string): Finding | undefined {
  return found.find((finding) => finding.name === name);
}

test.each<[string, string[]]>([
  ['gc', ['(garbage collector)']],
  ['sync-fs', ['play@music:12', 'readFileSync@node:fs', 'read']],
  ['sync-crypto', ['play@music:12', 'pbkdf2Sync@node:internal/crypto/pbkdf2', 'run']],
  ['sync-zlib', ['play@music:12', 'zlibBufferSync@node:zlib', 'writeSync']],
  ['sync-process', ['play@music:12', 'execSync@node:child_process', 'spawn']],
  ['discord-cache', ['play@music:12', '_patch@npm:discord.js', 'set@npm:@discordjs/collection']],
  ['package lodash', ['play@music:12', 'merge@npm:lodash', 'baseMerge@npm:lodash']],
])('%s is found from stacks, with its share, owner and place', (name, stack) => {
  const finding = named(findings(bot({ stack, owner: 'music/command/play', times: 60 })), name)!;
  expect(finding).toMatchObject({ count: 60, us: 60_000, samples: 150, owner: 'music/command/play' });
  expect(evidenceOf(finding)).toMatch(/^40\.0 % ± 7\.\d of what ran, most of it music\/command\/play/);
  if (name !== 'gc') expect(finding.site).toMatchObject({ name: 'play', line: 12 });
});

test.each<[string, string[]]>([
  ['a function of the bot that is called like one of Node', ['readFileSync@music', 'run@music']],
  ['a function of a package that is', ['play@music', 'execSync@npm:shelljs']],
  ['functions of Node that do not hold the loop', ['play@music', 'readFile@node:fs', 'open']],
])('%s is none that holds the loop', (_what, stack) => {
  const found = findings(bot({ stack, times: 60 }));
  expect(found.filter(({ name }) => name.startsWith('sync-'))).toEqual([]);
});

test('what the bot does in a callback is not what called it', () => {
  const stack = ['play@music', 'filter@npm:@discordjs/collection', 'isOld@music:40'];
  expect(named(findings(bot({ stack, times: 60 })), 'discord-cache')).toBeUndefined();
});

test('nothing is found where little ran, or nothing did', () => {
  expect(findings(buildProfile([]))).toEqual([]);
  expect(findings(buildProfile([{ stack: ['(idle)'], times: 1_000 }]))).toEqual([]);
  expect(
    findings(buildProfile([{ stack: ['play@music', 'execSync@node:child_process'], times: 2 }])),
  ).toEqual([]);
});

test('a hot line is told by its place, and by what its source calls', () => {
  const profile = bot({ stack: ['play@music:12'], owner: 'music/command/play', times: 60, line: 14 });
  expect(findings(profile)[0]).toMatchObject({
    name: 'line cogs/music.js:14',
    count: 60,
    owner: 'music/command/play',
    site: { name: 'play', line: 14 },
  });
  const sources: string[] = [];
  const found = findings(profile, (file, line) => {
    sources.push(`${file}:${line}`);
    return '  const state = JSON.parse(text);';
  });
  expect(sources).toEqual(['/srv/bot/cogs/music.js:14']);
  expect(named(found, 'json')).toMatchObject({ count: 60, site: { line: 14 } });
  expect(
    named(
      findings(profile, () => 'if (/^(a+)+$/.test(text)) return;'),
      'regexp',
    )?.count,
  ).toBe(60);
  expect(
    named(
      findings(profile, () => 'const parsed = parse(text);'),
      'json',
    ),
  ).toBeUndefined();
});

describe('what V8 samples of planted faults', () => {
  const lineAt = (file: string, line: number) => readFileSync(file, 'utf8').split('\n')[line - 1];
  let found: Finding[];

  beforeAll(() => {
    const require = createRequire(import.meta.url);
    const plantedFaults = require('../fixtures/planted.cjs') as () => void;
    found = findings(sampled(plantedFaults), lineAt);
  });

  test.each([
    ['sync-crypto', 'hashes'],
    ['sync-zlib', 'packs'],
  ])('shows %s with who planted it', (name, planter) => {
    expect(named(found, name)).toMatchObject({ owner: 'planted/command/run', site: { name: planter } });
  });

  test.each([
    ['json', 'parses', 'JSON.parse(text)'],
    ['regexp', 'matches', '.test(almost)'],
  ])('shows %s as part of the line that calls it', (name, planter, text) => {
    const { site } = named(found, name)!;
    expect(site!.name).toBe(planter);
    expect(lineAt(site!.file, site!.line)).toContain(text);
  });
});
