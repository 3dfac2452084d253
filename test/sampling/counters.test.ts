import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Collector } from '../../src/index.ts';
import { COLLECTORS } from '../../src/sampling/collectors/index.ts';
import { filtered } from '../../src/sampling/filter.ts';
import { PROFILE_FORMATS } from '../../src/sampling/formats/index.ts';
import { optionsFor } from '../../src/sampling/formats/options.ts';
import { merged } from '../../src/sampling/merge.ts';
import type { Counter, Profile } from '../../src/sampling/profile.ts';
import { loopCounter } from '../../src/sampling/recorder/loop-counter.ts';
import { VIEWS } from '../../src/sampling/views/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { profileOf, profilerAlone, spin } from '../fixtures/recording.ts';
import { buildProfile } from './build.ts';
import { FirefoxProfiler, HAS_FIREFOX_PROFILER } from './readers/firefox.ts';

const one = (): number => 1;
const counter = (name: string, unit: string, value: readonly number[], shard = 0): Counter => ({
  name,
  unit,
  shard,
  atUs: Float64Array.from(value, (_, index) => 250_000 * (index + 1)),
  value: Float64Array.from(value),
});
const COUNTERS = [
  counter('Event loop', '%', [10, 90.5, 20]),
  counter('Heap used', 'bytes', [2 ** 20, 2 ** 22]),
];
const known = buildProfile([{ stack: ['play@music'], times: 1_000 }], { counters: COUNTERS });

function written(name: string, profile: Profile = known): string {
  const format = PROFILE_FORMATS.find((one) => one.name === name)!;
  return format.encode(profile, optionsFor(format)) as string;
}

describe('a recording', () => {
  test('has what the bot did beside the samples, and what its owner counts', async () => {
    const own: Collector[] = [
      { name: 'Players', read: () => 7 },
      {
        name: 'Broken',
        read() {
          throw new Error('planted');
        },
      },
      { name: 'Unknown', unit: 'things', read: () => Number.NaN },
    ];
    await using bot = await startBot({ collectors: own });
    const { _ws: gateway } = bot.client.ws as unknown as { _ws: EventEmitter };
    const listeners = gateway.listenerCount('dispatch');
    const recording = await bot.profiler.startRecording();
    expect(gateway.listenerCount('dispatch')).toBe(listeners + 3);
    const endMs = performance.now() + 1_200;
    while (performance.now() < endMs) {
      spin(10);
      await bot.discord.user('alice').says('hello');
      await sleep(5);
    }
    const { id } = await recording.stop();
    expect(gateway.listenerCount('dispatch')).toBe(listeners);
    const profile = profileOf(bot.profiler, id);
    const values = new Map(profile.counters.map(({ name, value }) => [name, [...value]]));
    expect([...values.keys()]).toEqual(['Event loop', 'GC', 'Heap used', 'REST queue', 'Gateway', 'Players']);
    for (const { atUs, value } of profile.counters) {
      expect(atUs).toHaveLength(value.length);
      expect(atUs.every((us, at) => us >= 0 && us <= profile.durationUs && us > (atUs[at - 1] ?? -1))).toBe(
        true,
      );
    }
    expect(new Set(values.get('Players'))).toEqual(new Set([7]));
    // It is what the samples say.
    const { activities } = VIEWS.overview([profile]);
    const busy = values.get('Event loop')!;
    expect(busy.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
    const mean = busy.reduce((sum, percent) => sum + percent, 0) / busy.length;
    expect(mean).toBeCloseTo(100 * (1 - activities.idle.share), 1);
    expect(values.get('GC')!.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
    expect(Math.min(...values.get('Heap used')!)).toBeGreaterThan(2 ** 20);
    expect(Math.max(...values.get('Gateway')!)).toBeGreaterThan(0);
    expect(Math.min(...values.get('REST queue')!)).toBeGreaterThanOrEqual(0);
  }, 60_000);

  test('has a name of its own for each', () => {
    const gateway = { on: () => undefined, prependListener: () => undefined, off: () => undefined };
    const bot = { gcNs: () => 0, waitingRequests: () => 0, gateway };
    const names = COLLECTORS.map((start) => start(bot)!.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([
    [[{ name: '', read: one }]],
    [[{ name: 'x' }]],
    [[null]],
    [[{ name: 'x', unit: 3, read: one }]],
    [Array.from({ length: 17 }, () => ({ name: 'x', read: one }))],
    ['x'],
  ])('is not made with collectors that are none: %j', (collectors) => {
    expect(() => profilerAlone({ collectors: collectors as unknown as Collector[] })).toThrow(
      'The option `collectors` must be a list',
    );
  });
});

test('how busy the loop was, in each quarter of a second, by samples that may be late', () => {
  const stacks = [
    { stack: ['play@music'], us: 125_000 },
    { stack: ['(idle)'], us: 125_000 },
    { stack: ['play@music'], us: 400_000 },
    { stack: ['(idle)'], us: 350_000 },
  ];
  const { threads, nodes, frames } = buildProfile(stacks);
  const isIdle = (node: number) => frames[nodes.frame[node]!]!.kind === 'idle';
  const [loop] = loopCounter(threads[0]!, isIdle);
  expect([...loop!.atUs]).toEqual([250_000, 500_000, 750_000, 1_000_000]);
  expect([...loop!.value]).toEqual([50, 100, 60, 0]);
  expect(
    loopCounter({ ...threads[0]!, node: new Uint32Array(), weightUs: new Float64Array() }, isIdle),
  ).toEqual([]);
});

test('the overview and the report tell them in short', () => {
  const { counters } = VIEWS.overview([known]);
  expect(counters).toEqual([
    expect.objectContaining({ name: 'Event loop', unit: '%', least: 10, greatest: 90.5 }),
    expect.objectContaining({ name: 'Heap used', mean: (2 ** 20 + 2 ** 22) / 2 }),
  ]);
  expect(written('markdown')).toMatch(/\| `Event loop` \| `40\.2 %` \| `10 %` \| `90\.5 %` \| ▁█▂ \|/);
});

test('of several shards, each says which; a filter of shards leaves out the others', () => {
  const other = buildProfile([{ stack: ['play@music'], thread: '1/main', times: 9 }], {
    counters: [counter('Event loop', '%', [50], 1)],
    startedAtEpochMs: known.startedAtEpochMs + 2,
  });
  const both = merged([known, other]);
  expect(VIEWS.overview([both]).counters.map(({ name }) => name)).toEqual([
    'Event loop (shard 0)',
    'Heap used (shard 0)',
    'Event loop (shard 1)',
  ]);
  expect(both.counters[2]!.atUs[0]).toBe(252_000);
  expect(filtered(both, { shards: [1] }).counters.map(({ shard }) => shard)).toEqual([1]);
});

test('Chrome traces have a track for each', () => {
  const { traceEvents } = JSON.parse(written('chrome-trace')) as {
    traceEvents: { name: string; ph: string; pid: number; ts: number; args: object }[];
  };
  const told = traceEvents
    .filter(({ ph }) => ph === 'C')
    .map(({ name, pid, ts, args }) => [name, pid, ts, args]);
  const startUs = known.startedAtEpochMs * 1_000;
  expect(told).toEqual([
    ['Event loop (%)', 1, startUs + 250_000, { value: 10 }],
    ['Event loop (%)', 1, startUs + 500_000, { value: 90.5 }],
    ['Event loop (%)', 1, startUs + 750_000, { value: 20 }],
    ['Heap used (bytes)', 1, startUs + 250_000, { value: 2 ** 20 }],
    ['Heap used (bytes)', 1, startUs + 500_000, { value: 2 ** 22 }],
  ]);
});

test('JSON Lines have a row for each value', () => {
  const lines = written('jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; strings: string[]; rows: number[][] });
  const strings = lines.filter(({ type }) => type === 'string').flatMap((line) => line.strings);
  const [row] = lines.find(({ type }) => type === 'counter')!.rows;
  expect(row!.map((value, at) => (at < 2 ? strings[value] : value))).toEqual([
    'Event loop',
    '%',
    0,
    250_000,
    10,
  ]);
});

test.skipIf(!HAS_FIREFOX_PROFILER)(
  'the Firefox Profiler has a track for each',
  async () => {
    await using firefox = await FirefoxProfiler.open('bot.gecko.json', written('gecko'));
    const told = firefox.tells('counter', 'list');
    expect(told).toMatch(/Event loop \(%\)/);
    expect(told).toMatch(/Heap used/);
    // The values as they are, not only how they change.
    expect(firefox.tells('counter', 'info', 'c-0')).toMatch(
      /\s91\s+\(\+81, 100%\)[\s\S]*\s20\s+\(-71, 22%\)/,
    );
    expect(firefox.tells('counter', 'info', 'c-1')).toContain('4.19MB');
  },
  120_000,
);
