import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Row } from './benchmark.ts';
import { Child } from './child.ts';
import type { Analysed, HeapSnapshotProcess } from './processes/heap-snapshot.ts';
import { median, rotated } from './statistics.ts';

const PROCESS = new URL('./processes/heap-snapshot.ts', import.meta.url);
/** What another analyser may take, at the snapshot that is given: V8's own limit would end it. */
const HEAP_MIB = 12_000;
const SONGS = 100_000;
const REPEATS = 3;
const TIME_AT_MOST = 1 / 3;
const MEMORY_AT_MOST = 0.7;
/** What it adds to find out what each of hundreds of cogs holds. */
const BY_COG_AT_MOST = 1.5;
/** 750 MB in 1.5 GB. Of small files the process itself is the most. */
const MEMORY_PER_BYTE = 2;
const LARGE_BYTES = 250e6;

/** A folder with memlab in its `node_modules`: it is large, and nothing that we would install. */
const memlab = process.env['COGSCOPE_BENCH_MEMLAB'];
/** A snapshot to be measured in place of one that is made. */
const given = process.env['COGSCOPE_BENCH_SNAPSHOT'];

const SUBJECTS = [
  {
    name: 'cogscope',
    analyse: (child: Child<HeapSnapshotProcess>, file: string) => child.call('ours', file, false),
  },
  {
    name: 'cogscope by cog',
    analyse: (child: Child<HeapSnapshotProcess>, file: string) => child.call('ours', file, true),
  },
  ...(memlab === undefined
    ? []
    : [
        {
          name: 'memlab',
          analyse: (child: Child<HeapSnapshotProcess>, file: string) => child.call('memlab', file, memlab),
        },
      ]),
];

/** From a file to what each object retains. */
export const heapSnapshot = {
  name: 'heap-snapshot',
  title: 'how long it takes to find out what keeps what alive, and the most memory that it takes',
  method:
    `Medians over ${REPEATS} processes each, in turn; memory is the most that the process was given. ` +
    (given === undefined
      ? `A heap with ${SONGS.toLocaleString('en')} objects of five parts.`
      : 'The snapshot that COGSCOPE_BENCH_SNAPSHOT names.') +
    (memlab === undefined
      ? '\nmemlab is not measured: COGSCOPE_BENCH_MEMLAB names no folder that it is installed in.'
      : ''),
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'cogscope-bench-'));
    try {
      const file = given ?? (await made(join(folder, 'made.heapsnapshot')));
      yield* measured(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
} as const satisfies Benchmark;

async function made(file: string): Promise<string> {
  using child = new Child<HeapSnapshotProcess>(PROCESS);
  await child.call('write', file, SONGS);
  return file;
}

async function* measured(file: string): AsyncIterable<Row> {
  const fileBytes = statSync(file).size;
  const figures = new Map<string, Analysed[]>(SUBJECTS.map(({ name }) => [name, []]));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const { name, analyse } of rotated(SUBJECTS, repeat)) {
      using child = new Child<HeapSnapshotProcess>(PROCESS, [`--max-old-space-size=${HEAP_MIB}`]);
      figures.get(name)!.push(await analyse(child, file));
    }
  }
  check(figures);
  yield { case: 'file', subject: 'snapshot', unit: 'bytes', value: fileBytes };
  const of = (name: string, key: 'ms' | 'peakBytes') =>
    median(figures.get(name)!.map((figure) => figure[key]));
  for (const { name } of SUBJECTS) {
    const aim = name !== 'memlab' && fileBytes > LARGE_BYTES && { atMost: fileBytes * MEMORY_PER_BYTE };
    yield { case: 'time', subject: name, unit: 'ms', value: of(name, 'ms') };
    yield { case: 'memory', subject: name, unit: 'bytes', value: of(name, 'peakBytes'), ...aim };
  }
  yield {
    case: 'time',
    subject: 'cogscope by cog',
    unit: 'ms',
    value: of('cogscope by cog', 'ms'),
    ratioTo: 'cogscope',
    ratio: of('cogscope by cog', 'ms') / of('cogscope', 'ms'),
    atMost: BY_COG_AT_MOST,
  };
  for (const { name } of SUBJECTS.slice(2)) {
    const ours = { subject: 'cogscope', ratioTo: name } as const;
    const time = of('cogscope', 'ms');
    yield {
      ...ours,
      case: 'time',
      unit: 'ms',
      value: time,
      ratio: time / of(name, 'ms'),
      atMost: TIME_AT_MOST,
    };
    const memory = of('cogscope', 'peakBytes');
    yield {
      ...ours,
      case: 'memory',
      unit: 'bytes',
      value: memory,
      ratio: memory / of(name, 'peakBytes'),
      atMost: MEMORY_AT_MOST,
    };
  }
}

/** All must have found the same. */
function check(figures: ReadonlyMap<string, readonly Analysed[]>): void {
  const sizes = new Set([...figures.values()].flat().map(({ largestBytes }) => largestBytes));
  if (sizes.size !== 1) throw new Error(`The largest Map retains ${[...sizes].join(' or ')} bytes.`);
}
