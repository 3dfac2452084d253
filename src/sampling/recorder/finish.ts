import type { SourceMaps } from '../../frameworks/source-maps.ts';
import { keptSamples } from '../filter.ts';
import { ownerName } from '../groups.ts';
import { Pairs, Sums } from '../pairs.ts';
import type { Frame, Marker, NodeTable, Profile, Thread } from '../profile.ts';
import type { Assembly } from './assembly.ts';
import { withAwaiting } from './awaiting.ts';
import type { CallPaths } from './call-paths.ts';
import { isFile } from './classify.ts';
import { type CounterName, countersOf } from './counters.ts';
import { FileLines } from './file-lines.ts';
import { loopCounter } from './loop-counter.ts';
import { Owners } from './owners.ts';
import type { Samples } from './samples.ts';

const US_PER_NS = 1e-3;
/** The bot's own thread, as it is called. */
export const MAIN = 'main';

/** A thread that was recorded. */
export interface RecordedThread {
  readonly name: string;
  readonly id: number;
  readonly samples: Samples;
  readonly startPauseMs: number;
  /** Where it is not all of the time that was recorded, in µs of the monotonic clock. */
  readonly fromUs?: number;
  readonly toUs?: number;
}

/** Something that took a while, in ns of the monotonic clock. */
export interface Took {
  readonly kind: Marker['kind'];
  /** Of a stall, whoever had most of it is found out. */
  readonly name: string | undefined;
  readonly fromNs: number;
  readonly toNs: number;
}

/** All that was recorded. The bot's own thread comes first. */
export interface Recorded {
  readonly about: Pick<Profile, 'name' | 'startedAtEpochMs' | 'intervalUs' | 'nodeVersion'>;
  /** In µs of the monotonic clock. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly shard: number;
  readonly assembly: Assembly;
  readonly threads: readonly RecordedThread[];
  readonly calls: CallPaths;
  readonly took: readonly Took[];
  readonly counters: readonly CounterName[];
  /** As `Counters` has them. */
  readonly readings: readonly Float64Array[];
  /** Whether only what is a target's is to be kept. */
  readonly onlyTargets: boolean;
}

/** Frames as they were written: where there is a source map, in the source. */
export function sourceFrames({ frames }: Assembly, maps: SourceMaps): Frame[] {
  return frames.map(({ line, column, ...frame }) => {
    if (frame.kind !== 'bot' || line === 0 || !isFile(frame.file)) return { ...frame, line, column };
    return { ...frame, ...maps.resolve({ file: frame.file, line, column }) };
  });
}

/** The files of the bot's own code. */
export function botFiles(frames: readonly Pick<Frame, 'kind' | 'file'>[]): string[] {
  return [
    ...new Set(frames.filter(({ kind, file }) => kind === 'bot' && isFile(file)).map(({ file }) => file)),
  ];
}

/**
 * @param frames as `sourceFrames` has them
 * @param cogs of each file of the bot, its cog
 */
export function finish(
  recorded: Recorded,
  frames: readonly Frame[],
  cogs: ReadonlyMap<string, string>,
  maps: SourceMaps,
): Profile {
  const { about, fromUs, toUs, shard, assembly, calls, took } = recorded;
  const named = frames.map((frame) =>
    frame.kind === 'bot' ? { ...frame, cog: cogs.get(frame.file) ?? 'bot' } : frame,
  );
  const nodes: NodeTable = {
    frame: Uint32Array.from(assembly.nodes.seconds()),
    parent: assembly.nodes.firsts(),
    lines: sourceLines(assembly, frames, maps),
  };
  const owners = new Owners(named, nodes, calls, (node) => assembly.isOwn(node));
  const kept: Uint8Array[] = [];
  const whose: Int32Array[] = [];
  const threads = recorded.threads.map(({ name, id, samples, startPauseMs, ...times }): Thread => {
    const { who, ...columns } = samples.columns(fromUs, times.toUs ?? toUs, times.fromUs ?? fromUs);
    const owner = columns.node.map((node, sample) => owners.of(node, who[sample]!));
    whose.push(who);
    kept.push(Uint8Array.from(owner, (one) => (owners.all[one]!.kind === 'target' ? 1 : 0)));
    return { name, shard, id, ...columns, owner, missed: samples.missed, startPauseMs };
  });
  const durationUs = Math.round(toUs - fromUs);
  const markers = took.flatMap(({ kind, name, fromNs, toNs }): Marker[] => {
    const since = (ns: number) => Math.min(durationUs, Math.max(0, Math.round(ns * US_PER_NS - fromUs)));
    const times = { fromUs: since(fromNs), toUs: since(toNs) };
    return times.toUs <= times.fromUs ? [] : [{ kind, name: name ?? '', thread: 0, ...times }];
  });
  const stacks: Profile = {
    ...about,
    durationUs,
    frames: named,
    nodes,
    owners: owners.all,
    threads,
    markers,
    counters: [
      ...loopCounter(threads[0]!, (node) => named[nodes.frame[node]!]!.kind === 'idle'),
      ...countersOf(recorded.counters, recorded.readings, recorded),
    ],
  };
  const whole = withAwaiting(stacks, whose, calls);
  const profile = recorded.onlyTargets ? keptSamples(whole, kept) : whole;
  return { ...profile, markers: profile.markers.map((marker) => withName(profile, marker)) };
}

/**
 * How often which line of the source was running. Where V8 has put a function into its caller, it tells the lines of
 * the one as the other's: those that cannot be of the caller, by where that begins and its file ends, are left out.
 */
function sourceLines(
  { lines, ticks, nodes, frames: compiled }: Assembly,
  frames: readonly Frame[],
  maps: SourceMaps,
): NodeTable['lines'] {
  const found = new Pairs();
  const sums = new Sums();
  const files = new FileLines();
  for (let row = 0; row < lines.size; row++) {
    const node = lines.firstOf(row);
    const frame = nodes.secondOf(node);
    const { kind, file } = compiled[frame]!;
    const isOwn = kind === 'bot' && isFile(file);
    const line = isOwn ? maps.lineOf(file, lines.secondOf(row)) : lines.secondOf(row);
    const written = frames[frame]!;
    if (isOwn && (line < written.line || line > files.countOf(written.file))) continue;
    sums.add(found.of(node, line), ticks.at(row));
  }
  const rows = Uint32Array.from({ length: found.size }, (_, row) => row).sort(
    (a, b) => found.firstOf(a) - found.firstOf(b) || found.secondOf(a) - found.secondOf(b),
  );
  return {
    node: rows.map((row) => found.firstOf(row)),
    line: rows.map((row) => found.secondOf(row)),
    ticks: rows.map((row) => sums.at(row)),
  };
}

/** A stall has the name of whoever had most of it. */
function withName({ threads, owners }: Profile, marker: Marker): Marker {
  if (marker.kind !== 'stall') return marker;
  const { atUs, weightUs, owner } = threads[marker.thread]!;
  const shares = new Map<number, number>();
  for (let sample = firstFrom(atUs, marker.fromUs); atUs[sample]! <= marker.toUs; sample++) {
    shares.set(owner[sample]!, (shares.get(owner[sample]!) ?? 0) + weightUs[sample]!);
  }
  const [most] = [...shares].sort(([, a], [, b]) => b - a);
  return { ...marker, name: most === undefined ? '' : ownerName(owners[most[0]]!) };
}

function firstFrom(atUs: Float64Array, us: number): number {
  let [low, high] = [0, atUs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (atUs[middle]! < us) low = middle + 1;
    else high = middle;
  }
  return low;
}
