import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Attachment } from '../../src/cog/attach.ts';
import type { LoopHold } from '../../src/cog/loop-holds.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { propertySlot } from '../../src/cog/slots.ts';
import { blockerOf } from '../../src/deadline/blockers.ts';
import { MetricStore } from '../../src/store/metric-store.ts';

/** Goes on by a nanosecond each time it is looked at, and where code burns time. */
const clock = vi.hoisted(() => ({ nowNs: 1e12 }));
vi.mock('../../src/cog/clock.ts', () => ({ monotonicNs: () => ++clock.nowNs, epochOffsetMs: () => 0 }));

const NS_PER_MS = 1e6;
const TARGETS = ['economy/listener/messageCreate', 'music/command/play', 'shop/task/restock'] as const;
const UNTRACKED = TARGETS.length;

/** A function as it goes: burns, calls others, burns, and burns again behind an `await` where it is asynchronous. */
interface Run {
  readonly who: number;
  readonly how: 'returns' | 'throws' | 'awaits';
  readonly burnsMs: readonly [before: number, after: number, behindAwait: number];
  readonly calls: readonly Run[];
}

const burn = fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 600 }));
const { run } = fc.letrec<{ run: Run }>((tie) => ({
  run: fc.record({
    who: fc.nat(UNTRACKED),
    how: fc.constantFrom('returns', 'throws', 'awaits'),
    burnsMs: fc.tuple(burn, burn, burn),
    calls: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('run'), { maxLength: 3 })),
  }),
}));

const recorders: Recorder[] = [];
afterEach(() => {
  for (const recorder of recorders.splice(0)) recorder.dispose();
});

/** Plays runs, one turn of the loop each, by functions behind real proxies; and notes who burnt when. */
async function play(runs: readonly Run[]) {
  const recorder = new Recorder(new MetricStore());
  recorders.push(recorder);
  const truth: { who: number; fromNs: number; toNs: number }[] = [];
  /** Who is on the stack: what is not tracked burns the time of who has called it. */
  const stack: number[] = [];
  const burn = (ms: number) => {
    const fromNs = clock.nowNs;
    clock.nowNs += ms * NS_PER_MS;
    truth.push({ who: stack.at(-1) ?? UNTRACKED, fromNs, toNs: clock.nowNs });
  };
  const onStack = (who: number, act: () => void) => {
    stack.push(who === UNTRACKED ? (stack.at(-1) ?? UNTRACKED) : who);
    act();
    stack.pop();
  };
  const holder: Record<string, (run: Run) => unknown> = {};
  const start = ({ who, burnsMs: [before, after], calls }: Run) =>
    onStack(who, () => {
      burn(before);
      for (const one of calls) call(one);
      burn(after);
    });
  const call = (one: Run) => {
    try {
      void holder[`${one.how} ${one.who}`]!(one);
    } catch {
      // As planted.
    }
  };
  for (let who = 0; who <= UNTRACKED; who++) {
    holder[`returns ${who}`] = start;
    holder[`throws ${who}`] = (one) => {
      start(one);
      throw new Error('planted');
    };
    holder[`awaits ${who}`] = async (one) => {
      start(one);
      await null;
      burn(one.burnsMs[2]);
    };
    const id = TARGETS[who];
    if (id === undefined) continue;
    for (const how of ['returns', 'throws', 'awaits']) {
      const slot = propertySlot(holder, `${how} ${who}`);
      const target = { id, cog: 'cog', kind: 'method', name: id, slot } as const;
      new Attachment(target, recorder).record(target, recorder.open(id));
    }
  }
  for (const one of runs) {
    call(one);
    // Microtasks only: what is behind an await goes on.
    for (let turn = 0; turn < 20; turn++) await null;
  }
  return { recorder, truth };
}

describe('who held the loop', () => {
  test('is never somebody else, in whatever history', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(run, { maxLength: 5 }),
        fc.integer({ min: 250, max: 3_000 }),
        fc.integer({ min: 0, max: 400 }),
        async (runs, lengthMs, agoMs) => {
          const { recorder, truth } = await play(runs);
          const toNs = clock.nowNs - agoMs * NS_PER_MS;
          const fromNs = toNs - lengthMs * NS_PER_MS;
          const msOf = TARGETS.map((_, who) =>
            truth
              .filter((one) => one.who === who)
              .map((one) => Math.max(0, Math.min(one.toNs, toNs) - Math.max(one.fromNs, fromNs)) / NS_PER_MS)
              .reduce((sum, ms) => sum + ms, 0),
          );
          const most = Math.max(...msOf);
          const found = blockerOf([recorder], fromNs, toNs);
          // To 0.01 ms, as looking at the clock takes time too.
          if (found === undefined) {
            expect(most).toBeLessThanOrEqual(lengthMs * 0.25 + 0.01);
          } else {
            expect(found.ms).toBeCloseTo(msOf[TARGETS.indexOf(found.targetId as never)]!, 2);
            expect(found.ms).toBeCloseTo(most, 2);
            expect(found.ms).toBeGreaterThan(lengthMs * 0.25 - 0.01);
            if (found.certainty === 'certain') expect(most).toBeGreaterThan(lengthMs * 0.5 - 0.01);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  const source = (...runs: [targetId: string, fromMs: number, toMs: number][]) => ({
    loopHolds: (): LoopHold[] =>
      runs.map(([targetId, fromMs, toMs]) => ({
        targetId,
        fromNs: fromMs * NS_PER_MS,
        toNs: toMs * NS_PER_MS,
      })),
  });
  const between = (...sources: Parameters<typeof blockerOf>[0]) =>
    blockerOf(sources, 1_000 * NS_PER_MS, 2_000 * NS_PER_MS);

  test('is told with what of the wait it held, and how sure that is', () => {
    expect(between(source(['a', 400, 1_600]))).toEqual({ targetId: 'a', ms: 600, certainty: 'certain' });
    expect(between(source(['a', 1_700, 9_000]))).toEqual({ targetId: 'a', ms: 300, certainty: 'likely' });
    expect(between(source(['a', 1_100, 1_300]))).toBeUndefined();
    expect(between()).toBeUndefined();
  });

  test('adds up short calls, and leaves what they called to whom it belongs', () => {
    const short = Array.from({ length: 40 }, (_, at): [string, number, number] => [
      'a',
      1_000 + at * 20,
      1_015 + at * 20,
    ]);
    expect(between(source(...short))).toEqual({ targetId: 'a', ms: 600, certainty: 'certain' });
    expect(between(source(['inner', 1_100, 1_900], ['outer', 1_050, 1_950]))).toEqual({
      targetId: 'inner',
      ms: 800,
      certainty: 'certain',
    });
  });

  test('counts once what several know', () => {
    const known = source(['a', 1_100, 1_400], ['b', 1_400, 1_650]);
    expect(between(known, known)).toEqual(between(known));
  });

  test('is not named any more once it is forgotten', async () => {
    const { recorder } = await play([{ who: 0, how: 'returns', burnsMs: [900, 0, 0], calls: [] }]);
    const stretch = [clock.nowNs - 1e9, clock.nowNs] as const;
    expect(blockerOf([recorder], ...stretch)?.targetId).toBe(TARGETS[0]);
    recorder.close(TARGETS[0]);
    expect(blockerOf([recorder], ...stretch)).toBeUndefined();
  });

  test('is known though it was called a thousand times since, and not beyond what is kept', async () => {
    const call = (who: number, ms: number): Run => ({ who, how: 'returns', burnsMs: [ms, 0, 0], calls: [] });
    const quick = Array.from({ length: 3_000 }, () => call(0, 0));
    const { recorder } = await play([call(0, 2_000), ...quick]);
    expect(blockerOf([recorder], clock.nowNs - 2e9, clock.nowNs)).toMatchObject({ targetId: TARGETS[0] });
    const long = await play([call(0, 2_000), ...Array.from({ length: 512 }, () => call(1, 5))]);
    expect(long.recorder.loopHolds(0, clock.nowNs)).toHaveLength(512);
  });
});
