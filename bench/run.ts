import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Benchmark, Row } from './benchmark.ts';
import { BENCHMARKS } from './index.ts';
import { machine, toJson, toTable } from './report.ts';

/** `node bench/run.ts [--json] [name …]`: runs every benchmark, or those whose names contain one of the words. */
const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });

const chosen: Benchmark[] = BENCHMARKS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
if (chosen.length === 0) {
  fail(
    `No benchmark is called ${positionals.join(' or ')}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}.`,
  );
}
if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  fail('There is no build to measure: run `npm run bench`, which makes one first.');
}

// `| head` closes the pipe: that is no failure.
process.stdout.on('error', () => process.exit());
if (!values.json) console.log(`${machine()}\n`);
for (const benchmark of chosen) {
  const rows: Row[] = [];
  for await (const row of benchmark.run()) {
    rows.push(row);
    if (values.json) console.log(toJson(benchmark, row));
  }
  if (!values.json) console.log(toTable(benchmark, rows));
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
