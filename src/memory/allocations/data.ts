import type { Frame, Owner, Profile } from '../../sampling/profile.ts';
import { CallPaths } from '../../sampling/recorder/call-paths.ts';
import { Owners } from '../../sampling/recorder/owners.ts';
import { NOBODY } from '../../sampling/recorder/timeline.ts';
import type { SampleColumns, SampledTree } from './tree.ts';

/** What is known of a sample of allocations, besides what was allocated where. Plain data. */
export interface AllocationFacts {
  /** Unique while the process runs. */
  readonly id: string;
  /** What was sampled: the bot, the id of a target, or what the program says. */
  readonly name: string;
  readonly startedBy: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  /** One object was sampled of so many bytes, on average. */
  readonly intervalBytes: number;
  /** Whether it counts what is garbage by now; else what was alive at the end. */
  readonly churn: boolean;
  /** The id of the target during one call of which it was taken. */
  readonly target?: string;
  /** For how long the end held up the bot. */
  readonly pauseMs: number;
  /** Beside the heap, and in no sample: how much more there was at the end than at the beginning. */
  readonly externalBytes: number;
  /** Of those, what buffers have. */
  readonly arrayBuffersBytes: number;
  /** How much more of the heap was in use. */
  readonly heapUsedBytes: number;
  readonly nodeVersion: string;
  /** Sentences on what falls short. */
  readonly notes: readonly string[];
}

/** A sample of allocations, complete. Plain data: it travels between threads. */
export interface AllocationData {
  readonly facts: AllocationFacts;
  /** As they were written. */
  readonly frames: readonly Frame[];
  readonly nodes: SampledTree['nodes'];
  readonly owners: readonly Owner[];
  /** Of each node: the index of whom its allocations belong to. */
  readonly owner: Uint32Array;
  readonly samples: SampleColumns;
}

/** @param frames as `Places` has them */
export function allocationData(
  facts: AllocationFacts,
  { nodes, isOwn, samples }: Pick<SampledTree, 'nodes' | 'isOwn' | 'samples'>,
  frames: readonly Frame[],
): AllocationData {
  return { facts, frames, nodes, samples, ...ownersOf(nodes, isOwn, frames) };
}

/** Whose allocations are by node: of the innermost function of the bot on the stack, else of the package. */
export function ownersOf(nodes: SampledTree['nodes'], isOwn: Uint8Array, frames: readonly Frame[]) {
  const none = { node: new Uint32Array(), line: new Uint32Array(), ticks: new Uint32Array() };
  const owners = new Owners(frames, { ...nodes, lines: none }, new CallPaths(), (node) => isOwn[node] === 1);
  const owner = nodes.frame.map((_, node) => owners.of(node, NOBODY));
  return { owners: owners.all, owner };
}

/** About what it takes in memory. */
export function sizeOf({ frames, nodes, samples }: AllocationData): number {
  const BYTES_OF = { frame: 200, node: 12, sample: 16 };
  return (
    frames.length * BYTES_OF.frame +
    nodes.frame.length * BYTES_OF.node +
    samples.node.length * BYTES_OF.sample
  );
}

const US_PER_MS = 1e3;

/** In the words of a recording of the CPU, for what draws and writes those: each weight is a number of bytes. */
export function toProfile({ facts, frames, nodes, owners, owner, samples }: AllocationData): Profile {
  const none = new Uint32Array();
  return {
    name: facts.name,
    unit: 'bytes',
    startedAtEpochMs: facts.startedAtEpochMs,
    durationUs: facts.durationMs * US_PER_MS,
    intervalUs: facts.intervalBytes,
    nodeVersion: facts.nodeVersion,
    frames,
    nodes: { ...nodes, lines: { node: none, line: none, ticks: none } },
    owners,
    threads: [
      {
        name: 'main',
        shard: 0,
        id: 0,
        atUs: Float64Array.from(samples.ordinal),
        weightUs: samples.bytes,
        node: samples.node,
        owner: samples.node.map((node) => owner[node]!),
        missed: 0,
        startPauseMs: 0,
      },
    ],
    markers: [],
    counters: [],
  };
}
