import type { Profiler } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Assembly } from '../../../src/sampling/recorder/assembly.ts';
import { CallPaths } from '../../../src/sampling/recorder/call-paths.ts';
import { placeFunction } from '../../../src/sampling/recorder/classify.ts';
import { ClockOffset } from '../../../src/sampling/recorder/clock.ts';
import { Owners } from '../../../src/sampling/recorder/owners.ts';
import { Samples } from '../../../src/sampling/recorder/samples.ts';
import { NOBODY } from '../../../src/sampling/recorder/timeline.ts';
import { slice } from '../slices.ts';

const OWN = '/srv/bot/node_modules/cogscope/dist/';
const url = (path: string) => pathToFileURL(path).href;

test('functions are told apart by where V8 says that they are', () => {
  const place = (at: string, name = 'f') => placeFunction(name, at, OWN);
  expect(place('', '(idle)').kind).toBe('idle');
  expect(place('', '(garbage collector)').kind).toBe('gc');
  expect(place('', '(program)').kind).toBe('native');
  expect(place('', 'forEach')).toEqual({ kind: 'native', file: '' });
  expect(place('node:fs')).toEqual({ kind: 'node', file: 'node:fs' });
  // It runs because a recording does.
  expect(place('node:internal/async_hooks').kind).toBe('profiler');
  expect(place('wasm://wasm/0f').kind).toBe('native');
  expect(place(url(`${OWN}cog/attach.js`)).kind).toBe('profiler');
  // After a reload.
  expect(place(`${url('/srv/bot/cogs/music.js')}?t=17`)).toEqual({
    kind: 'bot',
    file: '/srv/bot/cogs/music.js',
  });
  expect(place('/srv/bot/cogs/music.cjs').kind).toBe('bot');
  expect(place(url('/srv/bot/node_modules/@a/b/node_modules/c/i.js'))).toMatchObject({
    kind: 'package',
    package: 'c',
  });
  expect(place(url('/srv/bot/node_modules/@a/b/i.js'))).toMatchObject({ kind: 'package', package: '@a/b' });
  expect(place('file://host/%zz').kind).toBe('bot');
  expect(place('evalmachine.<anonymous>').kind).toBe('bot');
});

describe('whom a sample belongs to', () => {
  const stacks: Record<string, readonly string[]> = {
    idle: ['(idle)'],
    gc: ['(garbage collector)'],
    native: ['(program)'],
    node: ['listOnTimeout node:internal/timers'],
    pack: ['emit node:events', `get ${url('/srv/bot/node_modules/undici/i.js')}`, 'write node:net'],
    cog: [`play ${url('/srv/bot/cogs/music.js')}`, `get ${url('/srv/bot/node_modules/undici/i.js')}`],
    loaded: [
      `main ${url('/srv/bot/cogs/music.js')}`,
      'Module._load node:internal/modules/cjs/loader',
      `top ${url('/srv/bot/node_modules/undici/i.js')}`,
      'compile node:internal/modules/cjs/loader',
    ],
    loads: [`main ${url('/srv/bot/cogs/music.js')}`, 'Module._load node:internal/modules/cjs/loader'],
    // The timing proxy passes on to the bot; its hooks, and what they call, are its own.
    passed: [
      `proxy ${url(`${OWN}cog/attach.js`)}`,
      `play ${url('/srv/bot/cogs/music.js')}`,
      'readSync node:fs',
    ],
    within: [
      'emit node:events',
      `proxy ${url(`${OWN}cog/attach.js`)}`,
      'run node:async_hooks',
      `play ${url('/srv/bot/cogs/music.js')}`,
    ],
    own: [
      `play ${url('/srv/bot/cogs/music.js')}`,
      `before ${url(`${OWN}context/loop-runs.js`)}`,
      'bigint node:process',
    ],
    hook: [`play ${url('/srv/bot/cogs/music.js')}`, 'promiseInitHook node:internal/async_hooks'],
  };
  const assembly = new Assembly(OWN);
  const samples = new Samples(1_000);
  const names = Object.keys(stacks);
  assembly.addSlice(
    samples,
    slice(Object.values(stacks)),
    (us) => us,
    () => 0,
    0,
  );
  const columns = samples.columns(0, 1e6);
  const frames = assembly.frames.map((frame) => (frame.kind === 'bot' ? { ...frame, cog: 'music' } : frame));
  const nodes = {
    frame: Uint32Array.from(assembly.nodes.seconds()),
    parent: assembly.nodes.firsts(),
    lines: { node: new Uint32Array(), line: new Uint32Array(), ticks: new Uint32Array() },
  };
  const paths = new CallPaths();
  paths.add({ newTargets: ['music/command/play'], newPaths: Int32Array.of(NOBODY, 2) });
  const owners = new Owners(frames, nodes, paths, (node) => assembly.isOwn(node));
  const ownerOf = (name: string, who: number) => {
    const { kind, name: whose } = owners.all[owners.of(columns.node[names.indexOf(name)]!, who)]!;
    return whose === '' ? kind : `${kind} ${whose}`;
  };

  test('is on a stack without the profiler, where that only passes calls on', () => {
    const stackOf = (name: string) => {
      const stack: string[] = [];
      for (let node = columns.node[names.indexOf(name)]!; node !== -1; node = nodes.parent[node]!)
        stack.unshift(frames[nodes.frame[node]!]!.name);
      return stack;
    };
    expect(stackOf('passed')).toEqual(['play', 'readSync']);
    expect(stackOf('within')).toEqual(['emit', 'play']);
    expect(stackOf('own')).toEqual(['play', 'before', 'bigint']);
  });

  test('is told by the stack, where no call is known', () => {
    expect(Object.fromEntries(names.map((name) => [name, ownerOf(name, 0)]))).toEqual({
      idle: 'idle',
      gc: 'gc',
      native: 'native',
      node: 'node',
      pack: 'package undici',
      cog: 'cog music',
      loaded: 'package undici',
      loads: 'cog music',
      passed: 'cog music',
      within: 'cog music',
      own: 'profiler',
      hook: 'profiler',
    });
  });

  test('is the call that ran, but for what is idle and what the profiler does', () => {
    const target = 'target music/command/play';
    expect(Object.fromEntries(names.map((name) => [name, ownerOf(name, 1)]))).toEqual({
      idle: 'idle',
      gc: target,
      native: target,
      node: target,
      pack: target,
      cog: target,
      loaded: target,
      loads: target,
      passed: target,
      within: target,
      own: 'profiler',
      hook: 'profiler',
    });
  });
});

test('samples stand for all of the time, each for what is nearer to it than to any other', () => {
  const times = fc.uniqueArray(fc.integer({ min: 1_000, max: 90_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, (given) => {
      const sorted = [...given].sort((a, b) => a - b);
      const samples = new Samples(1_000);
      for (const [index, us] of sorted.entries()) samples.add(us, index, 0);
      const { atUs, weightUs } = samples.columns(500, 95_000.4);
      expect(weightUs.reduce((sum, us) => sum + us, 0)).toBe(94_500);
      let beginUs = 0;
      for (const [index, us] of atUs.entries()) {
        expect(us).toBe(sorted[index]! - 500);
        expect(us).toBeGreaterThanOrEqual(beginUs - 1);
        beginUs += weightUs[index]!;
        expect(us).toBeLessThanOrEqual(beginUs + 1);
      }
    }),
  );
});

test('what two slices both have is counted once, and what is missed is known', () => {
  const assembly = new Assembly(undefined);
  const samples = new Samples(1_000);
  const add = (one: Profiler.Profile) =>
    assembly.addSlice(
      samples,
      one,
      (us) => us,
      () => 0,
      2_500,
    );
  const stack = [['f file:///a.js']];
  const of = (startTime: number, times: number) =>
    slice(Array(times).fill(stack[0]) as string[][], startTime);
  // At 1,000 (its start), 2,000, … 6,000; the first two are too early.
  add(of(1_000, 5));
  // At 5,000 (its start), 6,000 and 7,000.
  add(of(5_000, 2));
  add(of(11_000, 2));
  expect([...samples.columns(2_500, 20_000).atUs]).toEqual([500, 1_500, 2_500, 3_500, 4_500, 9_500, 10_500]);
  expect(samples.missed).toBe(4);
  expect(assembly.nodes.size).toBe(2);
});

test('V8’s clock is taken for the other one where it may be the same', () => {
  const same = new ClockOffset();
  same.narrow(1_000, 990, 1_200);
  same.narrow(5_000, 4_000, 5_000.5);
  expect(same.us).toBe(0);
  const other = new ClockOffset();
  other.narrow(1_001_000, 900, 1_100);
  other.narrow(1_002_000, 1_990, 2_020);
  expect(other.us).toBeCloseTo(999_995, 0);
});
