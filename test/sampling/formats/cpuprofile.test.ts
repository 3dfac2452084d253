import { Session } from 'node:inspector/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuprofile } from '../../../src/sampling/formats/cpuprofile.ts';
import type { FormatOptions } from '../../../src/sampling/formats/format.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import type { Frame, Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, profiles, recordedUs, samplesOf } from '../build.ts';
import { FirefoxProfiler, HAS_FIREFOX_PROFILER } from '../readers/firefox.ts';
import { isRunning, knownProfile, selfUsOf, taken } from '../truth.ts';

interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
    hitCount: number;
    children?: number[];
    positionTicks?: { line: number; ticks: number }[];
  }[];
  startTime: number;
  endTime: number;
  samples: number[];
  timeDeltas: number[];
}

const encode = (profile: Profile, wishes: Partial<FormatOptions> = {}) =>
  cpuprofile.encode(profile, optionsFor(cpuprofile, wishes)) as string;
const decode = (profile: Profile, wishes?: Partial<FormatOptions>) =>
  JSON.parse(encode(profile, wishes)) as CpuProfile;

/** As Chrome's DevTools have it: a sample lasts until the next one, and the last until the end. */
function selfUs({ nodes, samples, timeDeltas, startTime, endTime }: CpuProfile): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<string, number>();
  let atUs = startTime;
  samples.forEach((id, sample) => {
    atUs += timeDeltas[sample]!;
    const untilUs = sample + 1 < samples.length ? atUs + timeDeltas[sample + 1]! : endTime;
    const { functionName, url } = byId.get(id)!.callFrame;
    const key = `${functionName}\n${url}`;
    self.set(key, (self.get(key) ?? 0) + untilUs - atUs);
  });
  return taken(self);
}

const oneThread = (specs: Parameters<typeof buildProfile>[0]) =>
  buildProfile(specs.map((spec) => ({ ...spec, thread: 'main' })));

test('times as DevTools add them up', () => {
  const profile = knownProfile();
  expect(selfUs(decode(profile))).toEqual(taken(selfUsOf(profile)));
});

test('profiles of any shape keep all of their time, and each sample', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const written = decode(profile);
      expect(selfUs(written)).toEqual(taken(selfUsOf(profile)));
      expect(written.endTime - written.startTime).toBe(recordedUs(profile));
      expect(written.timeDeltas).toHaveLength(written.samples.length);
      for (const delta of written.timeDeltas) expect(delta).toBeGreaterThanOrEqual(0);
      expect(written.nodes.reduce((sum, { hitCount }) => sum + hitCount, 0)).toBe(samplesOf(profile));
      const known = new Set(written.nodes.map(({ id }) => id));
      for (const id of written.samples) expect(known.has(id)).toBe(true);
      // Each node but the root is the child of one other.
      const children = written.nodes.flatMap((node) => node.children ?? []);
      expect([...children].sort((a, b) => a - b)).toEqual(
        [...known].filter((id) => id !== written.nodes[0]!.id).sort((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});

test('hits and lines of each node, lines from 1 and functions from 0', () => {
  const { nodes } = decode(
    oneThread([
      { stack: ['play@music', 'next@music:20'], times: 3, line: 21 },
      { stack: ['play@music', 'next@music:20'], line: 24 },
    ]),
  );
  const next = nodes.find(({ callFrame }) => callFrame.functionName === 'next')!;
  expect(next.hitCount).toBe(4);
  expect(next.callFrame).toMatchObject({ url: '/srv/bot/cogs/music.js', lineNumber: 19, columnNumber: 0 });
  expect(next.positionTicks).toEqual([
    { line: 21, ticks: 3 },
    { line: 24, ticks: 1 },
  ]);
  expect(nodes.map(({ callFrame }) => callFrame.functionName).sort()).toEqual([
    '(idle)',
    '(root)',
    'next',
    'play',
  ]);
});

test('what was not recorded is idle, and moves nothing', () => {
  const profile = oneThread([{ stack: ['play@music'], times: 2 }]);
  const late = { ...profile.threads[0]!, atUs: Float64Array.of(1_000, 5_000) };
  const { samples, timeDeltas } = decode({ ...profile, threads: [late] });
  const [play, idle] = [samples[0]!, samples[1]!];
  expect(samples).toEqual([play, idle, play, idle]);
  expect(timeDeltas).toEqual([0, 1_000, 3_000, 1_000]);
});

test('threads are one after the other, each under its name', () => {
  const written = decode(knownProfile());
  const named = (name: string) => written.nodes.find(({ callFrame }) => callFrame.functionName === name)!;
  const root = written.nodes[0]!;
  expect(root.children).toContain(named('shard 0 main').id);
  expect(root.children).toContain(named('shard 1 worker').id);
  expect(named('shard 1 worker').children).toEqual([named('rank').id]);
});

test('one thread is as V8 tells it, and under owners where that is asked for', () => {
  const profile = oneThread([
    { stack: ['play@music'], times: 2, owner: 'music/command/play', line: 3 },
    { stack: ['play@music'], times: 1, owner: 'music/command/skip', line: 3 },
  ]);
  const plain = decode(profile);
  expect(plain.nodes.map(({ callFrame }) => callFrame.functionName)).toEqual(['(root)', '(idle)', 'play']);
  const { nodes } = decode(profile, { group: ['command'] });
  const owner = nodes.find(({ callFrame }) => callFrame.functionName === 'music/command/play')!;
  expect(nodes[0]!.children).toContain(owner.id);
  const play = nodes.find(({ id }) => id === owner.children![0])!;
  expect(play).toMatchObject({ hitCount: 2, positionTicks: [{ line: 3, ticks: 2 }] });
});

test('a recording of V8 comes out as it was', async () => {
  const recorded = await record();
  const profile = modelOf(recorded);
  const written = decode(profile);
  // V8 knows garbage and programs below its root alone, and nothing of what was before the first sample.
  const self = selfUs(written);
  expect(self).toEqual(taken(selfUsOf(profile)));
  const burn = [...self].find(([key]) => key.startsWith('burn\n'))!;
  expect(burn[1]).toBeGreaterThan(0);
  const hot = written.nodes.find(({ callFrame }) => callFrame.functionName === 'burn')!;
  expect(hot.positionTicks!.length).toBeGreaterThan(0);
});

describe.skipIf(!HAS_FIREFOX_PROFILER)('the Firefox Profiler (needs @firefox-devtools/profiler-cli)', () => {
  test('reads the samples of each function', async () => {
    await using firefox = await FirefoxProfiler.open('bot.cpuprofile', encode(knownProfile()));
    const samples = new Map(firefox.functions(0).map(({ name, selfSamples }) => [name, selfSamples]));
    // It takes samples of its own, two a ms.
    expect([samples.get('next'), samples.get('map'), samples.get('(program)')]).toEqual([4, 4, 1]);
  }, 120_000);
});

function burn(untilMs: number): number {
  let sum = 0;
  while (performance.now() < untilMs) {
    for (let at = 0; at < 10_000; at++) sum += Math.sqrt(at);
  }
  return sum;
}

async function record(): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  burn(performance.now() + 150);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profile as unknown as CpuProfile;
}

const KINDS: Record<string, Frame['kind']> = { '(idle)': 'idle', '(garbage collector)': 'gc' };

/** What V8 tells, in the words of the model; V8's root is nobody's caller. */
function modelOf({ nodes, samples, timeDeltas, startTime }: CpuProfile): Profile {
  const indexOf = new Map(nodes.slice(1).map(({ id }, index) => [id, index]));
  const shown = nodes.slice(1);
  const parent = new Int32Array(shown.length).fill(-1);
  for (const { id, children } of shown) {
    for (const child of children ?? []) parent[indexOf.get(child)!] = indexOf.get(id)!;
  }
  const ticks = shown.flatMap(({ positionTicks = [] }, node) =>
    positionTicks.map((one) => ({ node, ...one })),
  );
  const column = (of: 'node' | 'line' | 'ticks') => Uint32Array.from(ticks, (one) => one[of]);
  const kept = samples.flatMap((id, sample) => {
    const node = indexOf.get(id);
    return node === undefined ? [] : [{ node, us: Math.max(0, timeDeltas[sample]!) }];
  });
  let atUs = 0;
  return {
    ...buildProfile([]),
    startedAtEpochMs: Math.floor(startTime / 1_000),
    frames: shown.map(({ callFrame: { functionName, url, lineNumber, columnNumber } }) => ({
      name: functionName || '(anonymous)',
      file: url,
      line: lineNumber + 1,
      column: columnNumber + 1,
      kind: url === '' ? (KINDS[functionName] ?? 'native') : 'bot',
    })),
    nodes: {
      frame: Uint32Array.from(shown.keys()),
      parent,
      lines: { node: column('node'), line: column('line'), ticks: column('ticks') },
    },
    owners: [{ kind: 'native', name: '' }],
    threads: [
      {
        name: 'main',
        shard: 0,
        id: 0,
        atUs: Float64Array.from(kept, ({ us }) => (atUs += us)),
        weightUs: Float64Array.from(kept, ({ us }) => us),
        node: Uint32Array.from(kept, ({ node }) => node),
        owner: new Uint32Array(kept.length),
        missed: 0,
        startPauseMs: 0,
      },
    ],
  };
}

test('functions that are idle are not counted as running', () => {
  const profile = knownProfile();
  const running = selfUs(decode(profile));
  running.delete('(idle)\n');
  expect(running).toEqual(taken(selfUsOf(profile, isRunning)));
});
