import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SourceMaps } from '../../../src/frameworks/source-maps.ts';
import { Assembly } from '../../../src/sampling/recorder/assembly.ts';
import { CallPaths } from '../../../src/sampling/recorder/call-paths.ts';
import { finish, sourceFrames } from '../../../src/sampling/recorder/finish.ts';
import { Samples } from '../../../src/sampling/recorder/samples.ts';
import { slice } from '../slices.ts';

const HERE = import.meta.url;

test('lines that a function cannot have, which V8 tells of what it has put into it, are left out', () => {
  const recorded = slice([
    [`burn ${HERE}`],
    [`read ${HERE.replace('finish', 'nothing')}`],
    ['now node:perf_hooks'],
  ]);
  for (const { callFrame, positionTicks } of recorded.nodes) {
    callFrame.lineNumber = 9;
    positionTicks!.push({ line: 3, ticks: 1 }, { line: 12, ticks: 2 }, { line: 5_000, ticks: 4 });
  }
  const assembly = new Assembly('/nowhere/');
  const samples = new Samples(1_000);
  assembly.addSlice(
    samples,
    recorded,
    (us) => us,
    () => 0,
    0,
  );
  const maps = new SourceMaps();
  const about = { name: 'bot', startedAtEpochMs: 0, intervalUs: 1_000, nodeVersion: 'v24.0.0' };
  const thread = { name: 'main', id: 0, samples, startPauseMs: 0 };
  const { nodes, frames } = finish(
    {
      about,
      fromUs: 0,
      toUs: 4_000,
      shard: 0,
      assembly,
      threads: [thread],
      calls: new CallPaths(),
      took: [],
      counters: [],
      readings: [],
      onlyTargets: false,
    },
    sourceFrames(assembly, maps),
    new Map([[fileURLToPath(HERE), 'cog']]),
    maps,
  );
  const linesOf = (name: string) =>
    [...nodes.lines.node].flatMap((node, row) =>
      frames[nodes.frame[node]!]!.name === name ? [[nodes.lines.line[row], nodes.lines.ticks[row]]] : [],
    );
  expect(linesOf('burn')).toEqual([[12, 2]]);
  // Of a file that is not there the end is not known; of Node's own code, nothing is.
  expect(linesOf('read')).toEqual([
    [12, 2],
    [5_000, 4],
  ]);
  expect(linesOf('now')).toHaveLength(3);
});
