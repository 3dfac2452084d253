import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Profile as Pprof } from 'pprof-format';
import { expect, test } from 'vitest';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import { pprof } from '../../../src/sampling/formats/pprof.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, HOSTILE_NAMES, hostileProfile, profiles, recordedUs, samplesOf } from '../build.ts';
import { isRunning, knownProfile, selfUsOf, taken } from '../truth.ts';

const decode = (profile: Profile) =>
  Pprof.decode(gunzipSync(pprof.encode(profile, optionsFor(pprof)) as Uint8Array));

/** A sample in words. */
interface Said {
  readonly values: number[];
  /** The innermost first, each as `name\nfile`. */
  readonly stack: string[];
  readonly line: number;
  readonly labels: Record<string, string | number>;
}

function said(read: Pprof): Said[] {
  const text = (index: number | bigint) => read.stringTable.strings[Number(index)]!;
  const functions = new Map(read.function.map((one) => [Number(one.id), one]));
  const locations = new Map(read.location.map((one) => [Number(one.id), one]));
  return read.sample.map(({ value, locationId, label }) => {
    const lines = locationId.map((id) => locations.get(Number(id))!.line[0]!);
    return {
      values: value.map(Number),
      stack: lines.map(({ functionId }) => {
        const { name, filename } = functions.get(Number(functionId))!;
        return `${text(name)}\n${text(filename)}`;
      }),
      line: Number(lines[0]!.line),
      labels: Object.fromEntries(
        label.map(({ key, str, num }) => [text(key), Number(str) > 0 ? text(str) : Number(num)]),
      ),
    };
  });
}

function sums(samples: readonly Said[], value: number, keyOf: (sample: Said) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const sample of samples) {
    const key = keyOf(sample);
    sums.set(key, (sums.get(key) ?? 0) + sample.values[value]!);
  }
  return taken(sums);
}

test('what is counted: samples, time of the CPU, time of the clock', () => {
  const profile = knownProfile();
  const read = decode(profile);
  const text = (index: number | bigint) => read.stringTable.strings[Number(index)];
  expect(read.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
    ['wall', 'nanoseconds'],
  ]);
  expect(text(read.defaultSampleType)).toBe('cpu');
  expect(Number(read.period)).toBe(1_000_000);
  expect(text(read.periodType!.unit)).toBe('nanoseconds');
  expect(BigInt(read.timeNanos)).toBe(1_800_000_000_000_000_000n);
  expect(Number(read.durationNanos)).toBe(profile.durationUs * 1_000);
  const samples = said(read);
  expect(sums(samples, 2, ({ stack }) => stack[0]!)).toEqual(taken(selfUsOf(profile), 1_000));
  expect(sums(samples, 1, ({ stack }) => stack[0]!)).toEqual(taken(selfUsOf(profile, isRunning), 1_000));
  expect(samples.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(samplesOf(profile));
});

test('whom samples belong to, and where they were taken', () => {
  const samples = said(decode(knownProfile()));
  const owners = sums(samples, 2, ({ labels }) => String(labels['owner']));
  expect(owners.get('music/command/play')).toBe(3_000_000);
  expect(owners.get('music/command/skip')).toBe(1_000_000);
  const ofSkip = samples.find(({ labels }) => labels['owner'] === 'music/command/skip')!;
  expect(ofSkip.labels).toEqual({ cog: 'music', owner: 'music/command/skip', thread: 'main', shard: 0 });
  const shards = sums(samples, 2, ({ labels }) => String(labels['shard']));
  expect(shards.get('1')).toBe(5_234_000);
});

test('the innermost function first, at the line that was running', () => {
  const samples = said(decode(knownProfile()));
  const inner = samples.filter(({ stack }) => stack.length === 3 && stack[0]!.startsWith('play\n'));
  expect(inner.map(({ line, stack }) => [line, stack[1]!.split('\n')[0]])).toEqual([[5, 'next']]);
  const ofNext = samples.filter(({ stack }) => stack[0]!.startsWith('next\n'));
  // Which owner ran which line is not known: V8 tells the lines of a function alone.
  expect(new Set(ofNext.map(({ line }) => line))).toEqual(new Set([21, 24]));
  expect(ofNext.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(4);
});

test('no id is 0, and none is twice or missing', () => {
  const read = decode(knownProfile());
  const functions = read.function.map(({ id }) => Number(id));
  const locations = read.location.map(({ id }) => Number(id));
  for (const ids of [functions, locations]) {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(0);
  }
  for (const { line } of read.location) expect(functions).toContain(Number(line[0]!.functionId));
  for (const { locationId } of read.sample)
    for (const id of locationId) expect(locations).toContain(Number(id));
  expect(read.stringTable.strings[0]).toBe('');
});

test('profiles of any shape keep all of their time', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const samples = said(decode(profile));
      expect(sums(samples, 2, ({ stack }) => stack[0]!)).toEqual(taken(selfUsOf(profile), 1_000));
    }),
    { numRuns: 50 },
  );
});

test('more time than 32 bits hold', () => {
  const profile = buildProfile([{ stack: ['play@music'], us: 300_000_000, times: 40 }]);
  const [sample] = said(decode(profile));
  expect(sample!.values).toEqual([40, 12_000_000_000_000, 12_000_000_000_000]);
});

test('hostile names', () => {
  const profile = hostileProfile();
  const samples = said(decode(profile));
  const found = new Set(samples.map(({ stack }) => stack[0]!.split('\n')[0]));
  for (const name of HOSTILE_NAMES) expect(found).toContain(name.toWellFormed().split('\n')[0]);
  expect(samples.reduce((sum, { values }) => sum + values[2]!, 0)).toBe(recordedUs(profile) * 1_000);
});
