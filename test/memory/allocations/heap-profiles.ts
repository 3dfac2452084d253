import { type AllocationData, allocationData } from '../../../src/memory/allocations/data.ts';
import type { HeapNode, HeapProfile } from '../../../src/memory/allocations/sampler.ts';
import { sampledTree } from '../../../src/memory/allocations/tree.ts';

/** A function and what it called; `bytes` is what each of its samples stands for. */
export interface NodeSpec {
  readonly name: string;
  readonly url?: string;
  /** From 1. */
  readonly line?: number;
  readonly bytes?: readonly number[];
  readonly calls?: readonly NodeSpec[];
}

/** What V8 would answer. */
export function heapProfile(specs: readonly NodeSpec[]): HeapProfile {
  let id = 1;
  const samples: HeapProfile['samples'][number][] = [];
  const nodeOf = ({ name, url = '', line = 0, bytes = [], calls = [] }: NodeSpec): HeapNode => {
    const own = ++id;
    for (const size of bytes) samples.push({ size, nodeId: own, ordinal: samples.length + 1 });
    return {
      callFrame: { functionName: name, url, lineNumber: line - 1, columnNumber: line === 0 ? -1 : 4 },
      selfSize: bytes.reduce((sum, one) => sum + one, 0),
      id: own,
      children: calls.map(nodeOf),
    };
  };
  const callFrame = { functionName: '(root)', url: '', lineNumber: -1, columnNumber: -1 };
  const children = specs.map(nodeOf);
  return { head: { callFrame, selfSize: 0, id: 1, children }, samples };
}

/** A sample of allocations, as it is kept. @param ownFolder that of the profiler's code */
export function allocationsOf(specs: readonly NodeSpec[], ownFolder?: string): AllocationData {
  const tree = sampledTree(heapProfile(specs), ownFolder);
  const frames = tree.frames.map((frame) =>
    frame.kind === 'bot' ? { ...frame, cog: /cogs[\\/]([^\\/]+)/.exec(frame.file)?.[1] ?? 'bot' } : frame,
  );
  return allocationData(
    {
      id: '1',
      name: 'bot',
      startedBy: 'Ada',
      startedAtEpochMs: Date.UTC(2026, 4, 1, 12),
      durationMs: 60_000,
      intervalBytes: 32_768,
      churn: false,
      pauseMs: 21.5,
      externalBytes: 3 * 2 ** 20,
      arrayBuffersBytes: -(2 ** 10),
      heapUsedBytes: 2 ** 20,
      nodeVersion: 'v24.0.0',
      notes: [],
    },
    tree,
    frames,
  );
}
