import { ownerName } from '../../sampling/groups.ts';
import type { FrameKind } from '../../sampling/profile.ts';
import type { AllocationData } from './data.ts';
import { SampleVariance, uncertaintyOf } from './estimate.ts';

/** What was allocated, as far as the samples tell. */
export interface AllocatedBytes {
  readonly bytes: number;
  /** How far that may lie from the truth, 19 times of 20: see `estimate.ts`. */
  readonly uncertaintyBytes: number;
  /** Of how many objects that were sampled: V8 does not tell how many there were. */
  readonly samples: number;
}

export interface AllocationOwner extends AllocatedBytes {
  /** The cog; else the package, Node.js, native code or this profiler. */
  readonly name: string;
  readonly isCog: boolean;
}

/** A function, or the line where some begin. */
export interface AllocationPlace extends AllocatedBytes {
  readonly name: string;
  /** An absolute path, a URL such as `node:fs`, or empty. */
  readonly file: string;
  /** Where the function begins: V8 does not tell the line within it. 0 where it is not known. */
  readonly line: number;
  readonly kind: FrameKind;
  readonly cog?: string;
  /** With what it has called. */
  readonly totalBytes: number;
}

/** What was allocated where, the most first. */
export interface AllocationTables {
  readonly all: AllocatedBytes;
  readonly cogs: readonly AllocationOwner[];
  /** By the function that allocated, be it the bot's, of a package, or Node's. */
  readonly functions: readonly AllocationPlace[];
  /** By the place of the innermost function of the bot on the stack, with what that called for it. */
  readonly lines: readonly AllocationPlace[];
}

export function tablesOf(data: AllocationData): AllocationTables {
  const nodes = nodeSums(data);
  const all = new Sum();
  for (const node of nodes) all.add(node);
  return {
    all: all.taken(),
    cogs: byOwner(data, nodes),
    functions: byFunction(data, nodes),
    lines: byLine(data, nodes),
  };
}

class Sum {
  bytes = 0;
  variance = 0;
  samples = 0;

  add({ bytes, variance, samples }: Sum): void {
    this.bytes += bytes;
    this.variance += variance;
    this.samples += samples;
  }

  taken(): AllocatedBytes {
    const { bytes, samples } = this;
    return { bytes, samples, uncertaintyBytes: uncertaintyOf(this.variance) };
  }
}

/** What each node allocated itself. */
function nodeSums({ nodes, samples, facts }: AllocationData): Sum[] {
  const sums = Array.from(nodes.frame, () => new Sum());
  const variances = new SampleVariance(facts.intervalBytes);
  samples.node.forEach((node, index) => {
    const bytes = samples.bytes[index]!;
    sums[node]!.bytes += bytes;
    sums[node]!.variance += variances.of(bytes);
    sums[node]!.samples++;
  });
  return sums;
}

function byOwner({ owners, owner }: AllocationData, nodes: readonly Sum[]): AllocationOwner[] {
  const sums = owners.map(() => new Sum());
  for (const [node, sum] of nodes.entries()) sums[owner[node]!]!.add(sum);
  return owners
    .map((one, index) => ({
      name: one.kind === 'cog' ? one.name : ownerName(one),
      isCog: one.kind === 'cog',
      ...sums[index]!.taken(),
    }))
    .filter(({ samples }) => samples > 0)
    .sort(mostFirst);
}

function byFunction({ frames, nodes }: AllocationData, sums: readonly Sum[]): AllocationPlace[] {
  const self = frames.map(() => new Sum());
  const total = new Float64Array(frames.length);
  sums.forEach((sum, node) => {
    if (sum.samples === 0) return;
    self[nodes.frame[node]!]!.add(sum);
    // Recursion counts once.
    const seen = new Set<number>();
    for (let at = node; at >= 0; at = nodes.parent[at]!) seen.add(nodes.frame[at]!);
    for (const frame of seen) total[frame]! += sum.bytes;
  });
  return frames
    .map((frame, index) => ({ ...placeOf(frame), totalBytes: total[index]!, ...self[index]!.taken() }))
    .filter(({ samples }) => samples > 0)
    .sort(mostFirst);
}

function byLine({ frames, nodes }: AllocationData, sums: readonly Sum[]): AllocationPlace[] {
  const lines = new Map<string, { frame: number; sum: Sum }>();
  sums.forEach((sum, node) => {
    const site = siteOf({ frames, nodes }, node);
    if (sum.samples === 0 || site < 0) return;
    const frame = nodes.frame[site]!;
    const { file, line } = frames[frame]!;
    const key = `${line}\n${file}`;
    const known = lines.get(key) ?? { frame, sum: new Sum() };
    lines.set(key, known);
    known.sum.add(sum);
  });
  return [...lines.values()]
    .map(({ frame, sum }) => ({ ...placeOf(frames[frame]!), totalBytes: sum.bytes, ...sum.taken() }))
    .sort(mostFirst);
}

/** The innermost node around that is of a function of the bot; -1 where none is. */
export function siteOf({ frames, nodes }: Pick<AllocationData, 'frames' | 'nodes'>, node: number): number {
  let at = node;
  while (at >= 0 && frames[nodes.frame[at]!]!.kind !== 'bot') at = nodes.parent[at]!;
  return at;
}

function placeOf({ name, file, line, kind, cog }: AllocationData['frames'][number]) {
  return { name, file, line, kind, ...(cog !== undefined && { cog }) };
}

function mostFirst(a: { bytes: number; name: string }, b: { bytes: number; name: string }): number {
  return b.bytes - a.bytes || (a.name < b.name ? -1 : 1);
}
