import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Busy } from '../../src/trace/busy-loop.ts';
import { type Mark, Operation } from '../../src/trace/operation.ts';
import { divide, type Run } from '../../src/trace/partition.ts';
import { PART_KINDS } from '../../src/trace/trace.ts';
import type { Wake } from '../../src/trace/wake.ts';

const MS = 1e6;

interface Piece {
  kind: string;
  name: string | undefined;
  fromNs: number;
  toNs: number;
}

type Call = Parameters<typeof divide>[0];

/** In the order of time. */
function pieces(call: Call): Piece[] {
  const found: Piece[] = [];
  divide(call, (kind, name, fromNs, toNs) => {
    if (toNs !== fromNs) found.push({ kind, name, fromNs, toNs });
  });
  return found.sort((a, b) => a.fromNs - b.fromNs);
}

/** Written small: `cpu call 5` is 5 ms of it. Microscopic pieces are left out. */
function shares(call: Call): string[] {
  const sums = new Map<string, number>();
  for (const { kind, name, fromNs, toNs } of pieces(call)) {
    const key = name === undefined ? kind : `${kind} ${name}`;
    sums.set(key, (sums.get(key) ?? 0) + (toNs - fromNs) / MS);
  }
  return [...sums].filter(([, ms]) => ms > 0.01).map(([key, ms]) => `${key} ${Math.round(ms * 100) / 100}`);
}

/** A call as it is noted, in ms. */
class Noted {
  readonly #runs: Run[] = [];
  readonly #operations: Operation[] = [];
  readonly #marks: Mark[] = [];
  readonly #usual = new Map<string, number>();
  readonly call = { targetId: 'call' };
  readonly inner = { targetId: 'inner' };

  ran(fromMs: number, toMs: number, { wake, busy, of = this.call }: RunOptions = {}): this {
    this.#runs.push(this.#run(fromMs, toMs, wake, busy, of));
    return this;
  }

  waited(
    fromMs: number,
    toMs: number,
    { kind = 'http', stages, usualMs, of = this.call }: WaitOptions,
  ): this {
    const start = { kind, name: `${kind} span`, partName: `${kind}.example` };
    const operation = new Operation(start, of as never, fromMs * MS);
    operation.endedAtNs = toMs * MS;
    if (stages) {
      operation.stages = () =>
        stages.map(([stage, from, to]) => ({ kind: stage, name: 'route', fromNs: from * MS, toNs: to * MS }));
    }
    this.#operations.push(operation);
    this.#marks.push({ operation, atNs: toMs * MS, key: operation.keyOf() });
    this.#marks.sort((a, b) => a.atNs - b.atNs);
    if (usualMs !== undefined) this.#usual.set(operation.keyOf(), usualMs * MS);
    return this;
  }

  ends(atMs: number, busy?: BusyMs): Call {
    const fromNs = 0;
    const end = this.#run(atMs, atMs, undefined, busy, this.call);
    const usual = {
      of: (key: string, longerThanNs: number) => {
        const ns = this.#usual.get(key);
        return ns !== undefined && ns > longerThanNs ? ns : undefined;
      },
    };
    return { fromNs, end, runs: this.#runs, operations: this.#operations, marks: this.#marks, usual };
  }

  #run(
    fromMs: number,
    toMs: number,
    wake: Wake | undefined,
    busy: BusyMs | undefined,
    context: Run['context'],
  ): Run {
    const previous = this.#runs.findLast((run) => run.context === context);
    return {
      context,
      fromNs: fromMs * MS,
      toNs: toMs * MS,
      wake,
      busy: busy && busyOf(busy),
      previousToNs: previous?.toNs ?? fromMs * MS,
    };
  }
}

type BusyMs = readonly (readonly [targetId: string | undefined, fromMs: number, toMs: number])[];
interface RunOptions {
  wake?: Wake;
  busy?: BusyMs;
  of?: Run['context'];
}
interface WaitOptions {
  kind?: 'http' | 'rest' | 'database';
  stages?: readonly (readonly ['queue' | 'limit' | 'backoff' | 'network', number, number])[];
  usualMs?: number;
  of?: Run['context'];
}

function busyOf(stretches: BusyMs): Busy {
  return {
    fromNs: stretches[0]![1] * MS,
    stretches: stretches.map(([targetId, from, to]) => ({ targetId, fromNs: from * MS, toNs: to * MS })),
  };
}

function timer(fromMs: number, dueMs: number, isHousekeeping = false): Wake {
  const name = `${dueMs - fromMs} ms`;
  return { kind: 'timer', name, startedAtNs: fromMs * MS, dueAtNs: dueMs * MS, isHousekeeping };
}

describe('what the time of a call goes to', () => {
  test('its own code, and what was waited for in between', () => {
    const noted = new Noted()
      .ran(0, 10)
      .waited(9, 40, {})
      .ran(40, 45)
      .ran(65, 70, { wake: timer(45, 65) });
    expect(shares(noted.ends(70))).toEqual(['cpu call 20', 'http http.example 30', 'timer 20']);
  });

  test('of several at once, the one that was waited for', () => {
    const noted = new Noted()
      .ran(0, 1)
      .waited(0.5, 30, { kind: 'database' })
      .waited(0.6, 50, {})
      .ran(30, 31)
      .ran(50, 51);
    expect(shares(noted.ends(51))).toEqual(['cpu call 3', 'http http.example 48']);
  });

  test('of what follows one another, each', () => {
    const noted = new Noted()
      .ran(0, 1)
      .waited(0.5, 30, { kind: 'database' })
      .ran(30, 31)
      .waited(30.5, 50, {})
      .ran(50, 51);
    expect(shares(noted.ends(51))).toEqual([
      'cpu call 3',
      'database database.example 29',
      'http http.example 19',
    ]);
  });

  test('not what it did not wait for, though its code is', () => {
    const noted = new Noted()
      .ran(0, 1)
      .waited(0.5, 30, {})
      .ran(30, 35)
      .ran(60, 61, { wake: timer(0, 60) });
    expect(shares(noted.ends(61))).toEqual(['cpu call 7', 'timer 54']);
  });

  test('a timer that is due waits for the loop, by the name of who ran', () => {
    const noted = new Noted().ran(0, 1).ran(80, 81, {
      wake: timer(0.5, 20),
      busy: [
        ['hog', 10, 60],
        [undefined, 60, 70],
        ['other hog', 70, 80],
      ],
    });
    expect(shares(noted.ends(81))).toEqual([
      'cpu call 2',
      'timer 19',
      'loop hog 40',
      'loop 10',
      'loop other hog 10',
    ]);
  });

  test('a request was answered after the usual time, as far as the loop was blocked', () => {
    const busy = [['hog', 20, 80]] as const;
    const known = new Noted().ran(0, 1).waited(1, 80, { usualMs: 30 }).ran(80, 81, { busy });
    expect(shares(known.ends(81))).toEqual(['cpu call 2', 'http http.example 30', 'loop hog 49']);
    const early = new Noted().ran(0, 1).waited(1, 80, { usualMs: 5 }).ran(80, 81, { busy });
    expect(shares(early.ends(81))).toEqual(['cpu call 2', 'http http.example 19', 'loop hog 60']);
    const late = new Noted().ran(0, 1).waited(1, 80, { usualMs: 500 }).ran(80, 81, { busy });
    expect(shares(late.ends(81))).toEqual(['cpu call 2', 'http http.example 79']);
    const unknown = new Noted().ran(0, 1).waited(1, 80, {}).ran(80, 81, { busy });
    expect(shares(unknown.ends(81))).toEqual(['cpu call 2', 'http http.example 19', 'loop hog 60']);
  });

  test('a request to Discord, stage by stage; its timers are its own', () => {
    const noted = new Noted()
      .ran(0, 1)
      .ran(60, 60.5, { wake: timer(10, 60) })
      .waited(0.5, 90, {
        kind: 'rest',
        stages: [
          ['queue', 0.5, 10],
          ['limit', 10, 60],
          ['network', 60, 90],
        ],
      })
      .ran(90, 91);
    expect(shares(noted.ends(91))).toEqual([
      'cpu call 2.5',
      'queue route 9',
      'limit route 50',
      'network route 29.5',
    ]);
    // The wait for the limit leads there even where the request is not over when the call is.
    const early = new Noted()
      .ran(0, 1)
      .waited(0.5, 90, {
        kind: 'rest',
        stages: [
          ['queue', 0.5, 10],
          ['limit', 10, 60],
          ['network', 60, 90],
        ],
      })
      .ran(60, 60.5, { wake: timer(10, 60) });
    expect(shares(early.ends(60.5))).toEqual(['cpu call 1.5', 'queue route 9', 'limit route 50']);
  });

  test('a limit that is over while others run waits for the loop from then on', () => {
    const noted = new Noted()
      .ran(0, 1)
      .waited(0.5, 90, {
        kind: 'rest',
        stages: [
          ['network', 0.5, 10],
          ['limit', 10, 60],
          ['network', 60, 90],
        ],
      })
      .ran(60, 60.5, { wake: timer(10, 40), busy: [['hog', 35, 60]] })
      .ran(90, 91);
    expect(shares(noted.ends(91))).toEqual([
      'cpu call 2.5',
      'network route 38.5',
      'limit route 30',
      'loop hog 20',
    ]);
  });

  test('a timer is set by what ran then, of which the beginning is known', () => {
    // The ms in which it was set began before that ran.
    const known = new Noted()
      .ran(0, 5)
      .waited(1, 30.4, {})
      .ran(30.4, 30.6)
      .ran(50, 51, { wake: timer(30, 50) });
    expect(shares(known.ends(51))).toEqual(['cpu call 6.2', 'http http.example 25.4', 'timer 19.4']);
    // The loop has not looked at the clock since a hog ran.
    const held = new Noted()
      .ran(0, 5)
      .waited(1, 30.4, { usualMs: 9 })
      .ran(30.4, 30.6, { busy: [['hog', 8, 30.4]] })
      .ran(50, 51, { wake: timer(8, 50) });
    expect(shares(held.ends(51))).toEqual([
      'cpu call 6.2',
      'http http.example 5',
      'loop hog 20.4',
      'timer 19.4',
    ]);
  });

  test('what nothing explains is other, back to where the same call was before', () => {
    const noted = new Noted();
    noted
      .ran(0, 1)
      .ran(20, 22, { of: noted.inner, wake: timer(0, 20) })
      .ran(50, 51);
    expect(shares(noted.ends(51))).toEqual(['cpu call 2', 'other 47', 'cpu inner 2']);
  });

  test('housekeeping is no step on the way', () => {
    const noted = new Noted()
      .ran(0, 1)
      .ran(30, 31, { wake: timer(0, 30, true) })
      .ran(60, 61);
    expect(shares(noted.ends(61))).toEqual(['cpu call 3', 'other 58']);
  });

  test('who asks for the next turn of the loop waits for those who run', () => {
    const noted = new Noted().ran(0, 1).ran(31, 32, { wake: { kind: 'turn' }, busy: [['hog', 1, 31]] });
    expect(shares(noted.ends(32))).toEqual(['cpu call 2', 'loop hog 30']);
  });

  test('files and look-ups, back to where it ran before', () => {
    const noted = new Noted()
      .ran(0, 1)
      .ran(11, 12, { wake: { kind: 'file', name: 'file system' } })
      .ran(32, 33, { wake: { kind: 'dns', name: 'example.org' } });
    expect(shares(noted.ends(33))).toEqual(['cpu call 3', 'file 10', 'dns example.org 20']);
  });

  test('a call within it that goes on by itself is charged under its own name', () => {
    const noted = new Noted();
    noted
      .ran(0, 1)
      .ran(1, 5, { of: noted.inner })
      .waited(4, 30, { kind: 'database', of: noted.inner })
      .ran(30, 33, { of: noted.inner })
      .ran(33.01, 34);
    expect(shares(noted.ends(34))).toEqual(['cpu call 1.99', 'cpu inner 7', 'database database.example 25']);
  });

  test('a call that runs nothing is other', () => {
    expect(shares(new Noted().ends(7))).toEqual(['other 7']);
  });
});

describe('whatever was noted', () => {
  const time = fc.integer({ min: 0, max: 1_000_000 });
  const wakes = fc.option(
    fc.oneof(
      fc.constantFrom<Wake>(
        { kind: 'turn' },
        { kind: 'file', name: 'file system' },
        { kind: 'dns', name: 'host' },
      ),
      fc.record({
        kind: fc.constant('timer' as const),
        name: fc.constant('1 ms'),
        startedAtNs: time,
        dueAtNs: time,
        isHousekeeping: fc.boolean(),
      }),
    ),
    { nil: undefined },
  );
  const stretches = (most: number) =>
    fc
      .uniqueArray(time, { maxLength: most * 2 })
      .map((times) => times.sort((a, b) => a - b))
      .map((times) =>
        Array.from({ length: times.length >> 1 }, (_, at) => [times[at * 2]!, times[at * 2 + 1]!] as const),
      );
  const contexts = [{ targetId: 'call' }, { targetId: 'inner' }];
  const stage = fc.constantFrom('queue', 'limit', 'backoff', 'network');

  const calls = fc
    .record({
      runs: stretches(20),
      kinds: fc.infiniteStream(fc.record({ wake: wakes, context: fc.nat(1), busy: fc.option(stretches(6)) })),
      operations: fc.array(
        fc.record({
          kind: fc.constantFrom('rest', 'http', 'database'),
          context: fc.nat(1),
          startedAtNs: time,
          marks: fc.array(time, { maxLength: 3 }),
          stages: stretches(4),
          names: fc.infiniteStream(stage),
        }),
        { maxLength: 10 },
      ),
      usual: fc.option(time, { nil: undefined }),
      end: time,
    })
    .map(({ runs, kinds, operations, usual, end }): Call => {
      const busyFrom = (found: readonly (readonly [number, number])[] | null): Busy | undefined =>
        found?.length
          ? {
              fromNs: found[0]![0],
              stretches: found.map(([fromNs, toNs], at) => ({
                targetId: at % 2 ? 'hog' : undefined,
                fromNs,
                toNs,
              })),
            }
          : undefined;
      const made: Run[] = [];
      const runOf = (fromNs: number, toNs: number): Run => {
        const { wake, context: which, busy } = kinds.next().value!;
        const context = contexts[which]!;
        const previousToNs = made.findLast((run) => run.context === context)?.toNs ?? fromNs;
        return { context, fromNs, toNs, wake, busy: busyFrom(busy), previousToNs };
      };
      for (const [fromNs, toNs] of runs) made.push(runOf(fromNs, toNs));
      const done = operations.map(({ kind, context, startedAtNs, stages, names }) => {
        const name = 'span';
        const operation = new Operation(
          { kind, name, partName: name } as never,
          contexts[context] as never,
          startedAtNs,
        );
        const staged = stages.map(([fromNs, toNs]) => ({
          kind: names.next().value!,
          name: 'route',
          fromNs,
          toNs,
        }));
        operation.stages = () => staged as never;
        return operation;
      });
      const marks = operations
        .flatMap((each, at) => each.marks.map((atNs) => ({ operation: done[at]!, atNs, key: '' })))
        .sort((a, b) => a.atNs - b.atNs);
      return {
        fromNs: 0,
        end: runOf(end, end),
        runs: made.filter(({ fromNs }) => fromNs < end),
        operations: done,
        marks,
        usual: { of: () => usual },
      };
    });

  test('each moment goes to one part', () => {
    fc.assert(
      fc.property(calls, (call) => {
        const found = pieces(call);
        let atNs = call.fromNs;
        for (const { kind, fromNs, toNs } of found) {
          expect(PART_KINDS).toContain(kind);
          expect(fromNs).toBe(atNs);
          expect(toNs).toBeGreaterThan(fromNs);
          atNs = toNs;
        }
        expect(atNs).toBe(Math.max(call.fromNs, call.end.fromNs));
      }),
      { seed: 271_828, numRuns: 3_000 },
    );
  });

  test('cpu is exactly what it ran, and loop is never more than others ran', () => {
    fc.assert(
      fc.property(calls, (call) => {
        const overlap = (fromNs: number, toNs: number, ran: readonly { fromNs: number; toNs: number }[]) =>
          ran.reduce(
            (sum, run) => sum + Math.max(0, Math.min(toNs, run.toNs) - Math.max(fromNs, run.fromNs)),
            0,
          );
        const found = pieces(call);
        const cpuNs = found
          .filter(({ kind }) => kind === 'cpu')
          .reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
        expect(cpuNs).toBe(overlap(call.fromNs, call.end.fromNs, call.runs));
        for (const { kind, name, fromNs, toNs } of found) {
          if (kind !== 'loop') continue;
          const others = [...call.runs, call.end].flatMap(({ busy }) => busy?.stretches ?? []);
          const ran = others.filter(({ targetId }) => targetId === name);
          expect(ran.some((stretch) => stretch.fromNs <= fromNs && toNs <= stretch.toNs)).toBe(true);
        }
      }),
      { seed: 161_803, numRuns: 2_000 },
    );
  });
});
