import type { Benchmark, Row } from './benchmark.ts';
import { Child } from './child.ts';
import type { Attributed, AttributionProcess } from './processes/attribution.ts';

const REPEATS = 3;
/** Contexts are part of V8 from Node 24 on. */
const AT_MOST_PERCENT = Number(process.versions.node.split('.')[0]) >= 24 ? 2 : 3;
const WRONG = 'misattributed';

export const attribution = {
  name: 'attribution',
  title: 'whose time samples are taken for, of commands that interleave',
  method:
    'Three commands and a background task work through timers, files and promises, all in one function that they share.\n' +
    'They note when they work: each sample is held against that. The plain profile goes by the innermost function of the\n' +
    `bot. Of ${REPEATS} processes, that with the most taken for somebody else’s.`,
  async *run() {
    const runs: { cogscope: Attributed; plain: Attributed }[] = [];
    while (runs.length < REPEATS) {
      using child = new Child<AttributionProcess>(new URL('./processes/attribution.ts', import.meta.url));
      runs.push(await child.call('run'));
    }
    const [worst] = runs.sort((a, b) => b.cogscope.misattributedPercent - a.cogscope.misattributedPercent);
    yield* rows('cogscope', worst!.cogscope, { atMost: AT_MOST_PERCENT });
    yield* rows('plain V8', worst!.plain, {});
  },
} as const satisfies Benchmark;

/** Who is down, whom it was taken for is across. */
function* rows(
  by: string,
  { table, misattributedPercent }: Attributed,
  aim: Pick<Row, 'atMost'>,
): Iterable<Row> {
  for (const { who, takenFor, ms } of table) {
    yield { case: `for ${takenFor}`, subject: `${by}: ${who}`, value: ms, unit: 'ms' };
  }
  yield { case: WRONG, subject: by, value: misattributedPercent, unit: 'percent', ...aim };
}
