import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Context } from '../../../src/context/contexts.ts';
import { CallPaths } from '../../../src/sampling/recorder/call-paths.ts';
import { Stretches } from '../../../src/sampling/recorder/stretches.ts';
import { NOBODY, Timeline } from '../../../src/sampling/recorder/timeline.ts';
import type { Books } from '../../../src/store/books.ts';

function call(targetId: string, parent?: Context): Context {
  return new Context({ targetId } as Books, parent, 0);
}

/** The shortest gap that is one. */
const LONG_NS = 1_000;

/** Stretches one after the other, with gaps or without; whose is an index, or nobody's. */
const runs = fc.array(
  fc.record({
    whose: fc.integer({ min: -1, max: 3 }),
    gapNs: fc.integer({ min: 0, max: 9 }),
    ns: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 60 },
);

test('what is read from a timeline at any time is what was logged', () => {
  const contexts = ['a', 'b', 'c', 'd'].map((name) => call(name));
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 5 }), (stretches, parts) => {
      const timeline = new Timeline();
      const read = new Stretches();
      const paths = new CallPaths();
      const truth: (string | undefined)[] = [];
      let atNs = 1;
      stretches.forEach(({ whose, gapNs, ns }, index) => {
        for (let gap = 0; gap < gapNs; gap++) truth[atNs++] = undefined;
        timeline.ran(contexts[whose], atNs * LONG_NS, (atNs + ns) * LONG_NS);
        for (let length = 0; length < ns; length++) truth[atNs++] = contexts[whose]?.targetId;
        if (index % parts !== 0) return;
        const part = timeline.take();
        paths.add(part);
        for (const chunk of part.stretches) read.add(chunk);
      });
      const part = timeline.take();
      paths.add(part);
      for (const chunk of part.stretches) read.add(chunk);
      for (let ns = 1; ns < truth.length; ns++) {
        // Within the ns: at its edges one stretch ends and another begins.
        const who = read.whoAt((ns + 0.5) * LONG_NS);
        expect(who === NOBODY ? undefined : paths.targetOf(who)).toBe(truth[ns]);
      }
    }),
  );
});

test('a long timeline is given away whole, whatever it is cut into', () => {
  const timeline = new Timeline();
  const [a, b] = [call('a'), call('b')];
  const count = 20_001;
  for (let at = 0; at < count; at++) timeline.ran(at % 2 ? a : b, at * 10, at * 10 + 5);
  const { stretches, newTargets, lost } = timeline.take();
  expect(newTargets).toEqual(['b', 'a']);
  expect(lost).toBe(0);
  const read = new Stretches();
  for (const chunk of stretches) read.add(chunk);
  for (let at = 0; at < count; at++) {
    expect(read.whoAt(at * 10 + 2)).toBe(at % 2 ? 2 : 1);
    expect(read.whoAt(at * 10 + 7)).toBe(NOBODY);
  }
  expect(timeline.take()).toEqual({
    stretches: [],
    calls: [],
    newTargets: [],
    newPaths: new Int32Array(),
    lost: 0,
  });
});

test('what hardly pauses is one stretch', () => {
  const timeline = new Timeline();
  const [a, b] = [call('a'), call('b')];
  timeline.ran(a, 0, 5_000);
  timeline.ran(a, 5_999, 8_000);
  timeline.ran(a, 9_000, 9_500);
  timeline.ran(b, 9_500, 10_000);
  expect([...timeline.take().stretches[0]!]).toEqual([1, 0, 8_000, 1, 9_000, 9_500, 2, 9_500, 10_000]);
});

test('only what runs for the counted calls, and while they last, is a target’s', () => {
  let isEnough = 0;
  const timeline = new Timeline({ targetId: 'a', count: 2, enough: () => isEnough++ });
  const before = call('a');
  timeline.ran(before, 1_000, 2_000);
  const contexts = ['a', 'a', 'a'].map((name) => call(name));
  for (const context of contexts) timeline.begun(context);
  const inner = call('b', contexts[0]);
  timeline.ran(inner, 3_000, 4_000);
  timeline.ran(contexts[1], 5_000, 6_000);
  // The third is one too many.
  timeline.ran(contexts[2], 7_000, 8_000);
  timeline.ran(call('b'), 9_000, 10_000);
  for (const context of [inner, ...contexts]) {
    context.endedAtNs = 11_000;
    timeline.ended(context);
  }
  // What a call has left behind is no more part of it.
  timeline.ran(contexts[0], 12_000, 13_000);
  const part = timeline.take();
  const { stretches, calls, newTargets } = part;
  const paths = new CallPaths();
  paths.add(part);
  const whose = (at: number) => (at === NOBODY ? undefined : paths.targetOf(at));
  expect([...stretches[0]!].filter((_, at) => at % 3 === 0).map(whose)).toEqual([
    undefined,
    'b',
    'a',
    undefined,
    undefined,
    undefined,
  ]);
  const called = [...calls[0]!].filter((_, at) => at % 3 === 0).map((at) => newTargets[at - 1]);
  expect(called).toEqual(['b', 'a', 'a']);
  expect(isEnough).toBe(1);
  expect(timeline.endedCalls).toBe(2);
});

test('what a call is within, and is not over, is told with it; what is on the stack does not wait', () => {
  const listener = call('bot/listener');
  const running = new Set<Context>();
  const timeline = new Timeline(undefined, (context) => running.has(context));
  const inner = call('music/play', listener);
  const innermost = call('queue/fetch', inner);
  running.add(inner);
  timeline.ran(innermost, 1, 2);
  running.clear();
  timeline.ran(innermost, 2, 3);
  inner.endedAtNs = 4;
  timeline.ran(innermost, 4, 5);
  listener.endedAtNs = 6;
  timeline.ran(innermost, 6, 7);
  const paths = new CallPaths();
  const part = timeline.take();
  paths.add(part);
  const whose = [...part.stretches[0]!].filter((_, at) => at % 3 === 0);
  expect(whose.map((who) => paths.targetOf(who))).toEqual(Array<string>(4).fill('queue/fetch'));
  const told = whose.map((who) => paths.aroundOf(who).map((one) => `${one.target} ${one.isAwaiting}`));
  expect(told).toEqual([
    ['bot/listener true', 'music/play false'],
    ['bot/listener true', 'music/play true'],
    ['bot/listener true'],
    [],
  ]);
});

test('of recursion, as many calls are told as are looked at, and no more', () => {
  let context = call('deep');
  for (let depth = 0; depth < 1_000; depth++) context = new Context(context.books, context, 0);
  const timeline = new Timeline();
  timeline.ran(context, 1, 2);
  const part = timeline.take();
  const paths = new CallPaths();
  paths.add(part);
  expect(paths.aroundOf(part.stretches[0]![0]!)).toHaveLength(16);
});

test('what holds the loop for more than 50 ms in a row is a stall, however many callbacks it is', () => {
  const read = new Stretches();
  const ms = (...entries: readonly (readonly [number, number])[]) =>
    Float64Array.from(entries.flatMap(([from, to]) => [1, from * 1e6, to * 1e6]));
  read.add(ms([10, 40], [40.01, 70], [80, 120]));
  read.add(ms([120.02, 131], [140, 141]));
  read.end();
  expect(read.stalls).toEqual([
    { fromNs: 10e6, toNs: 70e6 },
    { fromNs: 80e6, toNs: 131e6 },
  ]);
});
