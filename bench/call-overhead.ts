import type { Benchmark, Row } from './benchmark.ts';
import { Child } from './child.ts';
import type { CallOverheadProcess } from './processes/call-overhead.ts';
import { CASES } from './processes/calls.ts';
import { median, rotated } from './statistics.ts';
import { SUBJECTS, type SubjectName } from './subjects/index.ts';

const PROCESS = new URL('./processes/call-overhead.ts', import.meta.url);
const ROUNDS = 16;
const REPEATS = 3;

const OURS = 'cogscope' satisfies SubjectName;
/** Whom cogscope is compared with, and what it may cost at most of what they cost. */
const PEERS: readonly (readonly [name: SubjectName, atMost?: number])[] = [
  ['performance.now() + push', 1],
  ['tracingChannel + subscriber'],
  ['performance.timerify', 0.33],
  ['OpenTelemetry histogram'],
  ['prom-client, one label', 0.14],
  ['prom-client, four labels', 0.14],
  ['OpenTelemetry span'],
  ['Sentry root span'],
];

/**
 * Each subject has a process of its own, so that neither what the JIT learned of one subject nor the garbage of
 * one weighs on another. The processes take turns, so that the noise of the machine falls on all of them, and each
 * measures bare functions beside the timed ones. All of that happens several times over with new processes: the
 * JIT decides differently now and then, and then keeps to it.
 *
 * @param note what the number of targets means for the figures
 */
export function callOverhead(targets: number, note: string): Benchmark {
  return {
    name: `call-overhead-${targets}`,
    title: `what timing adds to a call, with ${targets === 1 ? 'one target' : `${targets} targets called in turn`}`,
    method:
      `${note}\n` +
      `Median batch of ${ROUNDS} of 5,000 calls, interleaved, less that of the bare function; the median of ${REPEATS} processes\n` +
      'a tool. What a tool does later, as packing up what it will send, counts; sending does not.',
    async *run() {
      for (const { name, async } of CASES) {
        const names = SUBJECTS.filter(({ syncOnly }) => !(async && syncOnly)).map((subject) => subject.name);
        const repeats: Map<SubjectName, Costs>[] = [];
        while (repeats.length < REPEATS) repeats.push(await measure(name, targets, names));
        yield* compare(name, repeats);
      }
    },
  };
}

/** Nanoseconds a call in one process. */
interface Costs {
  readonly bareNs: number;
  readonly addedNs: number;
}

async function measure(
  caseName: string,
  targets: number,
  names: readonly SubjectName[],
): Promise<Map<SubjectName, Costs>> {
  using processes = new DisposableStack();
  const runs = names.map((name) => ({
    name,
    child: processes.use(new Child<CallOverheadProcess>(PROCESS)),
    bareNs: [] as number[],
    timedNs: [] as number[],
  }));
  for (const { name, child } of runs) await child.call('setUp', name, caseName, targets);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { child, bareNs, timedNs } of rotated(runs, round)) {
      const costs = await child.call('round');
      bareNs.push(costs.bareNs);
      timedNs.push(costs.timedNs);
    }
  }
  return new Map(
    runs.map(({ name, bareNs, timedNs }) => [
      name,
      { bareNs: median(bareNs), addedNs: median(timedNs) - median(bareNs) },
    ]),
  );
}

function* compare(caseName: string, repeats: readonly ReadonlyMap<SubjectName, Costs>[]): Iterable<Row> {
  const common = { case: caseName, unit: 'ns' } as const;
  const all = repeats.flatMap((costs) => [...costs]);
  const bareNs = median(all.map(([, costs]) => costs.bareNs));
  yield { ...common, subject: 'the bare function', value: bareNs };
  const addedNs = (subject: SubjectName) =>
    median(all.filter(([name]) => name === subject).map(([, costs]) => costs.addedNs));
  const names = [...new Set(all.map(([name]) => name))];
  for (const subject of names) yield { ...common, subject, value: addedNs(subject) };
  const value = addedNs(OURS);
  for (const [ratioTo, atMost] of PEERS) {
    const ratio = value / addedNs(ratioTo);
    yield { ...common, subject: OURS, value, ratioTo, ratio, ...(atMost !== undefined && { atMost }) };
  }
}
