import { expect, test } from 'vitest';
import { Attachment } from '../../src/cog/attach.ts';
import { measureCallCostNs } from '../../src/cog/call-cost.ts';
import { Governor } from '../../src/cog/governor.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { propertySlot } from '../../src/cog/slots.ts';
import { Books } from '../../src/store/books.ts';
import { Keeper } from '../../src/store/keeper.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { summarise } from '../../src/store/summary.ts';

const NS_PER_S = 1e9;
/** A budget of 1 % of a core has room for 100,000 timed calls a second. */
const CALL_COST_NS = 100;
const BUDGET = 0.01;

/** Targets that are called so often a second, and a clock. */
class Load {
  readonly governor = new Governor(BUDGET, () => CALL_COST_NS);
  readonly targets: { books: Books; callsPerS: number; timed: number }[];
  #second = 0;

  constructor(...callsPerS: number[]) {
    this.targets = callsPerS.map((calls, index) => ({
      books: new Books(String(index), 0, index),
      callsPerS: calls,
      timed: 0,
    }));
    this.governor.govern(this.targets, 0);
  }

  run(seconds: number): this {
    for (let second = 0; second < seconds; second++) {
      for (const target of this.targets) {
        const timed = Math.round(target.callsPerS / (target.books.gap + 1));
        target.timed += timed;
        target.books.untimed += target.callsPerS - timed;
      }
      this.governor.govern(this.targets, ++this.#second * NS_PER_S);
    }
    return this;
  }

  get gaps(): number[] {
    return this.targets.map(({ books }) => books.gap);
  }
}

test('within the budget every call is timed', () => {
  const load = new Load(50_000, 40_000).run(60);
  expect(load.gaps).toEqual([0, 0]);
  expect(load.governor.share).toBeCloseTo(0.009, 4);
  expect(load.run(240).governor.averageShare).toBeCloseTo(0.009, 3);
});

test('over it, those that are called most are timed less closely, until it fits', () => {
  const load = new Load(5_000_000, 100, 90_000).run(2);
  expect(load.gaps[0]).toBeGreaterThan(0);
  expect(load.gaps[1]).toBe(0);
  expect(load.governor.share).toBeLessThan(0.1);
});

test('a target whose calls alone are too many is timed as rarely as can be', () => {
  const load = new Load(1e9).run(5);
  expect(load.gaps).toEqual([511]);
});

test('each call is timed again once it has been calm for a while, and not before', () => {
  const load = new Load(400_000).run(3);
  const gap = load.gaps[0]!;
  expect(gap).toBeGreaterThan(0);
  load.targets[0]!.callsPerS = 1_000;
  load.run(8);
  expect(load.gaps).toEqual([gap]);
  load.run(30);
  expect(load.gaps).toEqual([0]);
});

test('a minute that turns, where the counts begin anew, is no change', () => {
  const load = new Load(90_000).run(5);
  load.targets[0]!.timed = 0;
  load.run(1);
  expect(load.governor.share).toBeCloseTo(0.009, 4);
});

test('the cost of a call is measured', () => {
  expect(measureCallCostNs()).toBeGreaterThan(1);
});

function raise(error: unknown): never {
  throw error;
}

test('calls that go untimed are counted, and the others stand for them', async () => {
  const recorder = new Recorder(new MetricStore());
  const holder = {
    run(n: number) {
      if (n % 2 === 0) throw new RangeError('even');
      return n;
    },
  };
  const target = { id: 'a', cog: 'a', kind: 'method', name: 'a', slot: propertySlot(holder, 'run') } as const;
  const books = recorder.open('a');
  new Attachment(target, recorder).record(target, books);
  books.gap = 7;
  for (let call = 0; call < 20_000; call++) {
    if (call % 2 === 0) expect(() => holder.run(call)).toThrow(RangeError);
    else expect(holder.run(call)).toBe(call);
  }
  const fromEpochMs = Date.now() - 60_000;
  const keeper = new Keeper(recorder);
  const figures = await keeper.collect(() => fromEpochMs, fromEpochMs, raise);
  const [row] = await summarise(
    'target',
    new Map([[0, figures]]),
    () => fromEpochMs,
    () => target,
  );
  expect(row!.count).toBe(20_000);
  // One in eight; a run of 20,000 with a chance of less than 1 in 10^9 to lie outside.
  expect(row!.timed).toBeGreaterThan(2_200);
  expect(row!.timed).toBeLessThan(2_800);
  expect(row!.errors / row!.count).toBeGreaterThan(0.4);
  expect(row!.errors / row!.count).toBeLessThan(0.6);
  expect(row!.errorKinds).toEqual([['RangeError', row!.errors]]);
  expect(row!.p50Ms).toBeGreaterThan(0);
  recorder.dispose();
});
