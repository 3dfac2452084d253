import type { Frame, Profile, Thread } from './profile.ts';
import { stretchesOf } from './stretches.ts';

/** What V8 and its viewers mean by these names, they mean for functions of no file only. */
const RESERVED = new Set(['(root)', '(idle)', '(program)', '(garbage collector)']);

/** The node above all others, and the one for time in which nothing ran, or nothing was recorded. */
export const ROOT = 1;
export const NOTHING = 2;
const FIRST = 3;

/** What nodes of ours are in V8's profiles. Viewers know of one node that is idle, right below the root. */
export interface NodeIds {
  idOf(node: number): number;
  parentIdOf(node: number): number;
}

export function nodeIdsOf({ frames, nodes }: Profile): NodeIds {
  const idOf = (node: number) => (frames[nodes.frame[node]!]!.kind === 'idle' ? NOTHING : node + FIRST);
  const parentIdOf = (node: number) => {
    const parent = nodes.parent[node]!;
    return parent === -1 ? ROOT : idOf(parent);
  };
  return { idOf, parentIdOf };
}

/** Where a function is, as V8 tells it: lines and columns are from 0, and -1 is unknown. */
export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export const ROOT_FRAME = placeless('(root)');
export const NOTHING_FRAME = placeless('(idle)');

function placeless(functionName: string): CallFrame {
  return { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
}

export function callFramesOf({ frames }: Profile): readonly CallFrame[] {
  const scripts = new Map<string, string>([['', '0']]);
  return frames.map(({ name, file, line, column }: Frame) => {
    if (!scripts.has(file)) scripts.set(file, String(scripts.size));
    return {
      functionName: (file !== '' && RESERVED.has(name) ? `${name}()` : name).toWellFormed(),
      scriptId: scripts.get(file)!,
      url: file.toWellFormed(),
      lineNumber: line - 1,
      columnNumber: column - 1,
    };
  });
}

/** Samples as V8 has them: each lasts until the next one, and the last one lasts no time. */
export interface V8Samples {
  /** Ids of nodes. */
  readonly samples: number[];
  /** From each sample to the next, in whole µs; the first is since the beginning. */
  readonly timeDeltas: number[];
  readonly endUs: number;
}

/** What several threads did, one thread after the other. */
export function v8SamplesOf(threads: readonly Thread[], { idOf }: NodeIds): V8Samples {
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let atUs = 0;
  let beginUs = 0;
  let endUs = 0;
  const add = (id: number, us: number) => {
    samples.push(id);
    timeDeltas.push(us - atUs);
    atUs = us;
  };
  for (const thread of threads) {
    const { fromUs, toUs } = stretchesOf(thread);
    for (let sample = 0; sample < fromUs.length; sample++) {
      const from = Math.round(beginUs + fromUs[sample]!);
      if (from > endUs) add(NOTHING, endUs);
      add(idOf(thread.node[sample]!), from);
      endUs = Math.round(beginUs + toUs[sample]!);
    }
    beginUs = endUs;
  }
  add(NOTHING, endUs);
  return { samples, timeDeltas, endUs };
}
