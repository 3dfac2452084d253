import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Followed, Unsettled } from '../../src/cog/unsettled.ts';
import { Books } from '../../src/store/books.ts';
import type { CallOrigins } from '../../src/store/heaviest/heaviest.ts';

const MOST_KNOWN = 16_384;

class Call implements Followed {
  place = 0;
  books: Books | undefined;
  startedAtNs = 0;
  from: CallOrigins | undefined;
  readonly context = undefined;
}

/** As the recorder goes about it: what was let go never comes back, other room is used again. */
class World {
  readonly unsettled = new Unsettled<Call>();
  readonly running: Call[] = [];
  readonly idle: Call[] = [];

  begin(books: Books, startedAtNs: number): Call {
    let call = this.idle.pop();
    if (call === undefined) this.unsettled.add((call = new Call()));
    Object.assign(call, { books, startedAtNs });
    this.running.push(call);
    return call;
  }

  settle(at: number, mostIdle: number): void {
    const [call] = this.running.splice(at, 1);
    const books = call!.books!;
    call!.books = undefined;
    if (this.idle.length < mostIdle && this.unsettled.has(call!)) this.idle.push(call!);
    else this.unsettled.delete(call!, books);
  }

  seen(): Call[] {
    const seen: Call[] = [];
    this.unsettled.forEach((books, call) => {
      expect(books).toBe(call.books);
      seen.push(call);
    });
    return seen;
  }
}

const books = (name: string) => new Books(name, 0, 0);
const byStart = (a: Call, b: Call) => a.startedAtNs - b.startedAtNs;

test('are exactly the calls that run, whatever begins and settles when', () => {
  const step = fc.oneof(
    fc.record({ begin: fc.nat(2) }),
    fc.record({ settle: fc.nat(), mostIdle: fc.nat(3) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const world = new World();
      const targets = ['a', 'b', 'c'].map(books);
      let nowNs = 0;
      for (const one of steps) {
        if ('begin' in one) world.begin(targets[one.begin]!, ++nowNs);
        else if (world.running.length > 0) world.settle(one.settle % world.running.length, one.mostIdle);
        expect(world.seen().sort(byStart)).toEqual(world.running.toSorted(byStart));
      }
      expect(world.unsettled.onlyCounted.size).toBe(0);
    }),
  );
});

describe('where there are too many', () => {
  const counts = ({ unsettled }: World) => {
    const all = new Map(unsettled.onlyCounted);
    unsettled.forEach((own) => {
      all.set(own, (all.get(own) ?? 0) + 1);
    });
    return all;
  };

  test('the oldest of each target stay, and all are counted until they settle', () => {
    const world = new World();
    const [leaking, usual] = [books('leaking'), books('usual')];
    for (let at = 0; at < 100; at++) world.begin(usual, 1e9 + at);
    for (let at = 0; at < 100_000; at++) world.begin(leaking, 2e9 - at);
    expect(counts(world)).toEqual(
      new Map([
        [leaking, 100_000],
        [usual, 100],
      ]),
    );
    const seen = world.seen();
    expect(seen.length).toBeLessThanOrEqual(MOST_KNOWN);
    expect(seen.filter((call) => call.books === usual)).toHaveLength(100);
    // It makes room for half of what it keeps.
    const oldest = seen.filter((call) => call.books === leaking).sort(byStart);
    for (let at = 0; at < 4_000; at++) expect(oldest[at]!.startedAtNs).toBe(2e9 - 99_999 + at);
    while (world.running.length > 0) world.settle(world.running.length - 1, 1_024);
    expect([...counts(world)]).toEqual([]);
    expect(world.idle.length).toBeLessThanOrEqual(1_024);
    // What was let go is not used again: each call that begins now is seen.
    for (let at = 0; at < 2_000; at++) world.begin(usual, at);
    expect(world.seen()).toHaveLength(2_000);
  });

  test('they may have begun all at once', () => {
    const world = new World();
    const own = books('a');
    for (let at = 0; at < 100_000; at++) world.begin(own, 5);
    expect(counts(world)).toEqual(new Map([[own, 100_000]]));
    expect(world.seen().length).toBeGreaterThanOrEqual(MOST_KNOWN / 2);
  });
});

test('where a call came from is let go once ids were erased', () => {
  const world = new World();
  const from = (erasures: number): CallOrigins => ({ names: ['user'], ids: ['1'.repeat(18)], erasures });
  const before = world.begin(books('a'), 1);
  before.from = from(0);
  const since = world.begin(books('a'), 2);
  since.from = from(1);
  world.unsettled.forgetOrigins(1);
  expect([before.from, since.from]).toEqual([undefined, from(1)]);
});
