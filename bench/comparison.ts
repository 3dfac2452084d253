import type { Row } from './benchmark.ts';
import { type Api, Child } from './child.ts';
import { median, rotated } from './statistics.ts';

/** Processes that do the same and differ in one thing. */
export interface Comparison<A extends Api> {
  readonly process: URL;
  /** The others are compared with the first. */
  readonly subjects: readonly {
    readonly name: string;
    readonly atMost?: number;
    setUp(child: Child<A>): Promise<void>;
  }[];
  /** Called once all are set up. */
  begin?(children: readonly Child<A>[]): Promise<void>;
  readonly cases: readonly {
    readonly name: string;
    /** How much more than the first the others should take, in ns: where it is given, that is told as well. */
    readonly addedAtMost?: number;
    /** Nanoseconds for one of whatever the case is about. */
    round(child: Child<A>): Promise<number>;
  }[];
  /** Called at the end. Throws where what was done cannot be compared. */
  check?(child: Child<A>): Promise<void>;
  readonly warmUpRounds: number;
  readonly rounds: number;
  /** How often all of it happens, with new processes. */
  readonly repeats: number;
}

/**
 * The processes take turns, and ratios and differences are those of neighbours, so that the noise of the machine falls
 * on all. The median is that of several processes each: the JIT decides differently now and then, and then keeps to it.
 */
export async function* compareProcesses<A extends Api>(comparison: Comparison<A>): AsyncIterable<Row> {
  const { subjects, cases, repeats } = comparison;
  const measured: Figure[][][] = [];
  while (measured.length < repeats) measured.push(await measure(comparison));
  for (const [at, { name: circumstances, addedAtMost }] of cases.entries()) {
    const rows = subjects.map(({ name: subject, atMost }, who) => {
      const of = (key: keyof Figure) => median(measured.map((figures) => figures[at]![who]![key]));
      return {
        row: { case: circumstances, subject, value: of('ns'), unit: 'ns' } as const,
        addedNs: of('addedNs'),
        ratio: of('ratio'),
        aim: atMost !== undefined && { atMost },
      };
    });
    for (const { row } of rows) yield row;
    for (const { row, addedNs } of addedAtMost === undefined ? [] : rows.slice(1)) {
      yield { ...row, subject: `added by it`, value: addedNs, atMost: addedAtMost! };
    }
    for (const { row, ratio, aim } of rows.slice(1)) {
      yield { ...row, ratioTo: subjects[0]!.name, ratio, ...aim };
    }
  }
}

/** Of one subject in one case. */
interface Figure {
  readonly ns: number;
  /** Beyond the first subject. */
  readonly addedNs: number;
  readonly ratio: number;
}

/** @returns the figures of each case, in the order of the subjects */
async function measure<A extends Api>(comparison: Comparison<A>): Promise<Figure[][]> {
  const { process, subjects, cases, warmUpRounds, rounds } = comparison;
  using stack = new DisposableStack();
  const children = subjects.map(() => stack.use(new Child<A>(process)));
  for (const [who, { setUp }] of subjects.entries()) await setUp(children[who]!);
  await comparison.begin?.(children);
  const figures: Figure[][] = [];
  for (const { round: run } of cases) {
    const costsNs = children.map((): number[] => []);
    for (let round = 0; round < warmUpRounds + rounds; round++) {
      for (const [who, child] of rotated([...children.entries()], round)) {
        const ns = await run(child);
        if (round >= warmUpRounds) costsNs[who]!.push(ns);
      }
    }
    const [baseNs] = costsNs;
    figures.push(
      costsNs.map((ownNs) => ({
        ns: median(ownNs),
        addedNs: median(ownNs.map((ns, round) => ns - baseNs![round]!)),
        ratio: median(ownNs.map((ns, round) => ns / baseNs![round]!)),
      })),
    );
  }
  for (const child of children) await comparison.check?.(child);
  return figures;
}
