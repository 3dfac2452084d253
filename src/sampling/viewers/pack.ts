import { NumberedTexts } from '../numbered.ts';
import type { Profile } from '../profile.ts';
import {
  PACKED_KINDS,
  type PackedKind,
  type PackedSource,
  type PackedSpan,
  type Payload,
} from './payload.ts';
import { unifyFrames } from './unify.ts';

/** What a page shows beside the recording. */
export interface PageOptions {
  /** Whether the code that the recording brings is put in, for all to read who have the page. Default: false. */
  readonly includeSource?: boolean;
  /** What is a smaller share of the picture than this is drawn as one box; 0: nothing. Default: 0.001. */
  readonly smallestShare?: number;
}

const SMALLEST_SHARE = 0.001;

/** @param profiles one recording, or two that are compared, the earlier one first */
export function pack(profiles: readonly Profile[], options: PageOptions): Payload {
  const strings = new NumberedTexts();
  const { frames, indexes } = unifyFrames(profiles);
  const tables = profiles.map((profile, run) => ({ profile, frameOf: indexes[run]! }));
  const lines = packLines(tables, frames.length);
  return {
    strings: strings.all,
    runs: profiles.map(({ name, startedAtEpochMs, durationUs, intervalUs, nodeVersion, unit }) => ({
      name,
      startedAtEpochMs,
      durationUs,
      intervalUs,
      nodeVersion,
      ...(unit !== undefined && { unit }),
    })),
    frames: {
      name: frames.map(({ name }) => strings.of(name)),
      file: frames.map(({ file }) => strings.of(file)),
      line: frames.map(({ line }) => line),
      kind: frames.map(({ kind }) => numberOfKind(kind)),
      package: frames.map((frame) => strings.of(frame.package ?? '')),
      cog: frames.map((frame) => strings.of(frame.cog ?? '')),
    },
    nodes: packNodes(tables),
    owners: packOwners(profiles, strings),
    threads: profiles.flatMap(({ threads }, run) =>
      threads.map(({ name, shard, id, missed, startPauseMs }) => ({
        run,
        name,
        shard,
        id,
        missed,
        startPauseMs,
      })),
    ),
    cells: packCells(profiles),
    lines,
    spans: packSpans(profiles),
    sources: options.includeSource === true ? packSources(profiles.at(-1)!) : [],
    smallestShare: options.smallestShare ?? SMALLEST_SHARE,
  };
}

interface Table {
  readonly profile: Profile;
  readonly frameOf: Uint32Array;
}

function numberOfKind(kind: PackedKind): number {
  return PACKED_KINDS.indexOf(kind);
}

function packNodes(tables: readonly Table[]): Payload['nodes'] {
  const frame: number[] = [];
  const parent: number[] = [];
  let last = 0;
  for (const { profile, frameOf } of tables) {
    const { nodes } = profile;
    for (let node = 0; node < nodes.frame.length; node++) {
      const index = frameOf[nodes.frame[node]!]!;
      frame.push(index - last);
      last = index;
      const caller = nodes.parent[node]!;
      parent.push(caller < 0 ? 0 : node - caller);
    }
  }
  return { frame, parent };
}

function packOwners(profiles: readonly Profile[], strings: NumberedTexts): Payload['owners'] {
  const owners = profiles.flatMap((profile) => profile.owners);
  return {
    kind: owners.map(({ kind }) => numberOfKind(kind)),
    name: owners.map(({ name }) => strings.of(name)),
    cog: owners.map(({ cog = '' }) => strings.of(cog)),
  };
}

function packCells(profiles: readonly Profile[]): Payload['cells'] {
  const cells: Record<keyof Payload['cells'], number[]> = {
    node: [],
    thread: [],
    owner: [],
    count: [],
    weightUs: [],
  };
  const first = { node: 0, thread: 0, owner: 0 };
  for (const profile of profiles) {
    const { threads, nodes, owners } = profile;
    const { starts, thread, sample } = samplesByNode(profile);
    /** The cells of a node, by thread and owner. */
    const known = new Map<number, number>();
    for (let node = 0; node < nodes.frame.length; node++) {
      known.clear();
      for (let index = starts[node]!; index < starts[node + 1]!; index++) {
        const { owner, weightUs } = threads[thread[index]!]!;
        const whose = owner[sample[index]!]!;
        const key = thread[index]! * owners.length + whose;
        let cell = known.get(key);
        if (cell === undefined) {
          cell = cells.node.push(first.node + node) - 1;
          known.set(key, cell);
          cells.thread.push(first.thread + thread[index]!);
          cells.owner.push(first.owner + whose);
          cells.count.push(0);
          cells.weightUs.push(0);
        }
        cells.count[cell]!++;
        cells.weightUs[cell]! += weightUs[sample[index]!]!;
      }
    }
    first.node += nodes.frame.length;
    first.thread += threads.length;
    first.owner += owners.length;
  }
  return { ...cells, node: differences(cells.node) };
}

/** The samples of all threads, those of a node next to each other, in time that grows as their number does. */
function samplesByNode({ threads, nodes }: Profile) {
  const starts = new Uint32Array(nodes.frame.length + 1);
  for (const { node } of threads) for (const one of node) starts[one + 1]!++;
  for (let node = 0; node < nodes.frame.length; node++) starts[node + 1]! += starts[node]!;
  const thread = new Uint32Array(starts.at(-1)!);
  const sample = new Uint32Array(thread.length);
  const next = starts.slice();
  for (const [index, { node }] of threads.entries()) {
    for (let at = 0; at < node.length; at++) {
      const place = next[node[at]!]!++;
      thread[place] = index;
      sample[place] = at;
    }
  }
  return { starts, thread, sample };
}

function packLines(tables: readonly Table[], frameCount: number): Payload['lines'] {
  const ticksOf = Array.from({ length: frameCount }, () => new Map<number, number>());
  // Of two that are compared, only the newer one's: their lines are not of the same text.
  const { profile, frameOf } = tables.at(-1)!;
  const { node, line, ticks } = profile.nodes.lines;
  for (let index = 0; index < node.length; index++) {
    const byLine = ticksOf[frameOf[profile.nodes.frame[node[index]!]!]!]!;
    byLine.set(line[index]!, (byLine.get(line[index]!) ?? 0) + ticks[index]!);
  }
  const rows = ticksOf.flatMap((byLine, frame) =>
    [...byLine].sort(([a], [b]) => a - b).map(([at, count]) => ({ frame, at, count })),
  );
  return {
    frame: differences(rows.map(({ frame }) => frame)),
    line: rows.map(({ at }) => at),
    ticks: rows.map(({ count }) => count),
  };
}

function packSpans(profiles: readonly Profile[]): readonly PackedSpan[] {
  const spans = new Map<string, { -readonly [Key in keyof PackedSpan]: PackedSpan[Key] }>();
  let firstThread = 0;
  for (const { markers, threads } of profiles) {
    for (const { kind, name, thread: index, fromUs, toUs } of markers) {
      const thread = firstThread + index;
      const key = `${thread}\0${kind}\0${name}`;
      let span = spans.get(key);
      if (span === undefined) {
        span = { thread, kind, name, count: 0, totalUs: 0, longestUs: 0 };
        spans.set(key, span);
      }
      span.count++;
      span.totalUs += toUs - fromUs;
      span.longestUs = Math.max(span.longestUs, toUs - fromUs);
    }
    firstThread += threads.length;
  }
  return [...spans.values()];
}

/** Only of files that have a line to be shown. */
function packSources({ sources = [], frames }: Profile): readonly PackedSource[] {
  const files = new Set(frames.map(({ file }) => file));
  return sources.filter(({ file }) => files.has(file)).map(({ file, text }) => ({ file, text }));
}

function differences(rising: readonly number[]): number[] {
  return rising.map((value, index) => value - (rising[index - 1] ?? 0));
}
