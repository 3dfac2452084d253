import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chromeTrace } from '../../../src/sampling/formats/chrome-trace.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, hostileProfile, profiles, recordedUs } from '../build.ts';
import { FirefoxProfiler, HAS_FIREFOX_PROFILER } from '../readers/firefox.ts';
import { knownProfile, requestProfile } from '../truth.ts';

interface Event {
  name: string;
  ph: string;
  cat: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  id?: string;
  args: {
    name?: string;
    data?: {
      startTime?: number;
      endTime?: number;
      cpuProfile?: { nodes: { id: number; parent?: number }[]; samples: number[] };
      timeDeltas?: number[];
    };
  };
}

const encode = (profile: Profile) => chromeTrace.encode(profile, optionsFor(chromeTrace)) as string;
const decode = (profile: Profile) => (JSON.parse(encode(profile)) as { traceEvents: Event[] }).traceEvents;
const chunksOf = (events: readonly Event[]) => events.filter(({ name }) => name === 'ProfileChunk');

/** The rules of Perfetto's importer and DevTools': what a sample or a parent refers to has been told before. */
function checkProfiles(events: readonly Event[]): void {
  const heads = events.filter(({ name }) => name === 'Profile');
  expect(new Set(heads.map(({ id }) => id)).size).toBe(heads.length);
  const known = new Map(heads.map(({ id, pid, tid }) => [`${id} ${pid} ${tid}`, new Set<number>()]));
  for (const { id, pid, tid, args } of chunksOf(events)) {
    const ids = known.get(`${id} ${pid} ${tid}`)!;
    const { cpuProfile, timeDeltas } = args.data!;
    for (const node of cpuProfile!.nodes) {
      expect(ids.has(node.id)).toBe(false);
      if (node.parent !== undefined) expect(ids.has(node.parent)).toBe(true);
      ids.add(node.id);
    }
    for (const sample of cpuProfile!.samples) expect(ids.has(sample)).toBe(true);
    expect(timeDeltas).toHaveLength(cpuProfile!.samples.length);
  }
}

test('whatever the profile, each part refers to what was told before', () => {
  checkProfiles(decode(knownProfile()));
  checkProfiles(decode(hostileProfile()));
  fc.assert(
    fc.property(profiles, (profile) => {
      const events = decode(profile);
      checkProfiles(events);
      const us = chunksOf(events).flatMap(({ args }) => args.data!.timeDeltas!);
      expect(us.reduce((sum, delta) => sum + delta, 0)).toBe(recordedUs(profile));
    }),
    { numRuns: 50 },
  );
});

test('many samples are in chunks', () => {
  const samples = Array.from({ length: 5_000 }, (_, at) => ({ stack: [`f${at % 100}@music`] }));
  const events = decode(buildProfile(samples));
  checkProfiles(events);
  const chunks = chunksOf(events);
  expect(chunks.length).toBeGreaterThan(1);
  const sampled = chunks.flatMap(({ args }) => args.data!.cpuProfile!.samples);
  expect(sampled).toHaveLength(5_001);
  // Each says when it begins.
  const [first, second] = chunks;
  const deltas = first!.args.data!.timeDeltas!.reduce((sum, delta) => sum + delta, 0);
  expect(second!.ts).toBe(first!.ts + deltas);
  expect(chunks.at(-1)!.args.data!.endTime).toBe(first!.ts + 5_000_000);
});

test('a process a shard, its threads by name', () => {
  const names = decode(knownProfile()).filter(({ ph }) => ph === 'M');
  expect(names.map(({ name, pid, tid, args }) => [name, pid, tid, args.name])).toEqual([
    ['process_name', 1, 1, 'bot (shard 0)'],
    ['thread_name', 1, 1, 'main'],
    ['process_name', 2, 2, 'bot (shard 1)'],
    ['thread_name', 2, 2, 'worker'],
  ]);
});

test('calls that lie across each other are on tracks of their own', () => {
  const events = decode(knownProfile());
  const begun = events.filter(({ ph }) => ph === 'b');
  const ended = events.filter(({ ph }) => ph === 'e');
  expect(begun.map(({ name }) => name)).toEqual([
    'music/command/play',
    'music/command/skip',
    'stall of 40 ms',
  ]);
  expect(new Set(begun.map(({ id }) => id)).size).toBe(3);
  const spans = begun.map(({ id, ts }) => ended.find((one) => one.id === id)!.ts - ts);
  expect(spans).toEqual([5_500, 5_000, 40_000]);
  const [collection] = events.filter(({ ph }) => ph === 'X');
  expect(collection).toMatchObject({ name: 'scavenge', dur: 700, pid: 1, tid: 1 });
});

test('requests lie across what they waited for, and events beside them', () => {
  const begun = decode(requestProfile()).filter(({ ph }) => ph === 'b');
  expect(begun.map(({ name, cat, pid }) => [name, cat, pid])).toEqual([
    ['PATCH /channels/:id 200', 'blink.user_timing,request', 1],
    ['queue PATCH /channels/:id', 'blink.user_timing,wait', 1],
    ['GET /users/:id 404', 'blink.user_timing,request', 2],
    ['limit PATCH /channels/:id', 'blink.user_timing,wait', 1],
    ['MESSAGE_CREATE', 'blink.user_timing,event', 2],
  ]);
});

describe.skipIf(!HAS_FIREFOX_PROFILER)('the Firefox Profiler (needs @firefox-devtools/profiler-cli)', () => {
  test('reads the samples of each function in each thread', async () => {
    await using firefox = await FirefoxProfiler.open('bot.trace.json', encode(knownProfile()));
    const samples = [0, 1].map(
      (thread) => new Map(firefox.functions(thread).map(({ name, selfSamples }) => [name, selfSamples])),
    );
    // It takes samples of its own, two a ms.
    expect([samples[0]!.get('next'), samples[0]!.get('play')]).toEqual([4, 2]);
    expect([samples[1]!.get('map'), samples[1]!.get('(program)')]).toEqual([4, 1]);
  }, 120_000);
});
