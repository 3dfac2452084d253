import { grouped } from '../grouped.ts';
import type { Marker, Profile, Thread } from '../profile.ts';
import {
  type CallFrame,
  callFramesOf,
  NOTHING,
  NOTHING_FRAME,
  type NodeIds,
  nodeIdsOf,
  ROOT,
  ROOT_FRAME,
  v8SamplesOf,
} from '../v8-profile.ts';
import type { ProfileFormat } from './format.ts';

/** As many samples as one event holds: viewers read events one at a time. */
const CHUNK_SAMPLES = 2_000;
const CPU_PROFILER = 'disabled-by-default-v8.cpu_profiler';
const METADATA = '__metadata';

/** Of Chrome's trace event format. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  /** In µs. */
  readonly ts: number;
  readonly dur?: number;
  readonly id?: string;
  readonly args: object;
}

type Place = Pick<TraceEvent, 'pid' | 'tid'>;

/**
 * A time line of all threads in Chrome's trace event format: the samples as V8 puts them into traces, and what took a
 * while beside them. A shard is shown as a process.
 */
export const chromeTrace: ProfileFormat = {
  name: 'chrome-trace',
  label: 'Chrome trace',
  extension: 'trace.json',
  mediaType: 'application/json',
  viewers: ['Perfetto', 'Chrome DevTools (Performance)', 'speedscope'],
  takes: ['group'],
  encode(profile, { group }) {
    const shown = grouped(profile, group);
    const startedAtUs = shown.startedAtEpochMs * 1_000;
    const ids = nodeIdsOf(shown);
    const nodes = chunkNodesOf(shown, ids);
    const events: string[] = [];
    const add = (event: TraceEvent) => events.push(JSON.stringify(event));
    for (const event of namesOf(shown)) add(event);
    shown.threads.forEach((thread, index) => {
      const place = placeOf(thread, index);
      for (const event of samplesOf(thread, place, startedAtUs, ids, new NewNodes(nodes))) add(event);
    });
    shown.markers.forEach((marker, index) => {
      const place = placeOf(shown.threads[marker.thread]!, marker.thread);
      for (const event of MARKERS[marker.kind](marker, index, place, startedAtUs)) add(event);
    });
    for (const event of countersOf(shown, startedAtUs)) add(event);
    return `{"traceEvents":[\n${events.join(',\n')}\n],"displayTimeUnit":"ms"}\n`;
  },
};

/** Ids of 0 stand for the kernel's idle process; those of threads are unique, whatever was merged. */
function placeOf({ shard }: Thread, index: number): Place {
  return { pid: shard + 1, tid: index + 1 };
}

function* namesOf({ name, threads }: Profile): Iterable<TraceEvent> {
  for (const [index, thread] of threads.entries()) {
    const place = placeOf(thread, index);
    const process = `${name} (shard ${thread.shard})`.toWellFormed();
    yield { name: 'process_name', ph: 'M', cat: METADATA, ...place, ts: 0, args: { name: process } };
    yield {
      name: 'thread_name',
      ph: 'M',
      cat: METADATA,
      ...place,
      ts: 0,
      args: { name: thread.name.toWellFormed() },
    };
  }
}

function* samplesOf(
  thread: Thread,
  place: Place,
  startedAtUs: number,
  ids: NodeIds,
  nodes: NewNodes,
): Iterable<TraceEvent> {
  const { samples, timeDeltas, endUs } = v8SamplesOf([thread], ids);
  const common = { ph: 'P', cat: CPU_PROFILER, ...place, id: `0x${place.tid.toString(16)}` };
  const data = { startTime: startedAtUs };
  yield { name: 'Profile', ...common, ts: startedAtUs, args: { data } };
  let ts = startedAtUs;
  for (let at = 0; at < samples.length; at += CHUNK_SAMPLES) {
    const some = samples.slice(at, at + CHUNK_SAMPLES);
    const deltas = timeDeltas.slice(at, at + CHUNK_SAMPLES);
    const cpuProfile = { nodes: nodes.of(some), samples: some };
    const end = at + CHUNK_SAMPLES >= samples.length ? { endTime: startedAtUs + endUs } : {};
    yield { name: 'ProfileChunk', ...common, ts, args: { data: { cpuProfile, timeDeltas: deltas, ...end } } };
    for (const delta of deltas) ts += delta;
  }
}

/** A counter is a track of its shard. */
function* countersOf({ counters }: Profile, startedAtUs: number): Iterable<TraceEvent> {
  for (const { name, unit, shard, atUs, value } of counters) {
    const title = (unit === '' ? name : `${name} (${unit})`).toWellFormed();
    const common = { name: title, ph: 'C', cat: 'cogscope', pid: shard + 1, tid: 1 };
    for (const [index, us] of atUs.entries()) {
      yield { ...common, ts: startedAtUs + us, args: { value: value[index]! } };
    }
  }
}

interface ChunkNode {
  readonly id: number;
  readonly parent?: number;
  readonly callFrame: CallFrame;
}

/** The nodes that a thread has not been told of yet. */
class NewNodes {
  readonly #all: ReadonlyMap<number, ChunkNode>;
  readonly #told = new Set<number>();

  constructor(all: ReadonlyMap<number, ChunkNode>) {
    this.#all = all;
  }

  /** What is needed for these samples, the outermost first. */
  of(samples: readonly number[]): ChunkNode[] {
    const nodes: ChunkNode[] = [];
    for (const id of samples) {
      const path: ChunkNode[] = [];
      let at: number | undefined = id;
      while (at !== undefined && !this.#told.has(at)) {
        this.#told.add(at);
        const node: ChunkNode = this.#all.get(at)!;
        path.push(node);
        at = node.parent;
      }
      for (const node of path.reverse()) nodes.push(node);
    }
    return nodes;
  }
}

function chunkNodesOf(profile: Profile, { idOf, parentIdOf }: NodeIds): ReadonlyMap<number, ChunkNode> {
  const callFrames = callFramesOf(profile);
  const nodes = new Map<number, ChunkNode>([
    [ROOT, { id: ROOT, callFrame: ROOT_FRAME }],
    [NOTHING, { id: NOTHING, parent: ROOT, callFrame: NOTHING_FRAME }],
  ]);
  profile.nodes.frame.forEach((frame, node) => {
    const id = idOf(node);
    if (id === NOTHING) return;
    nodes.set(id, { id, parent: parentIdOf(node), callFrame: callFrames[frame]! });
  });
  return nodes;
}

type MarkerEvents = (marker: Marker, index: number, place: Place, startedAtUs: number) => TraceEvent[];

/** Calls and requests lie across each other, stalls across anything: each is on a track of its own beside the thread. */
const MARKERS: Record<Marker['kind'], MarkerEvents> = {
  call: besides('blink.user_timing'),
  stall: besides('blink.user_timing,stall'),
  request: besides('blink.user_timing,request'),
  wait: besides('blink.user_timing,wait'),
  event: besides('blink.user_timing,event'),
  gc: ({ name, fromUs, toUs }, _index, place, startedAtUs) => [
    {
      name: name.toWellFormed(),
      ph: 'X',
      cat: 'devtools.timeline,v8',
      ...place,
      ts: startedAtUs + fromUs,
      dur: toUs - fromUs,
      args: {},
    },
  ],
};

function besides(cat: string): MarkerEvents {
  return ({ name, fromUs, toUs }, index, place, startedAtUs) => {
    const common = {
      name: name.toWellFormed(),
      cat,
      ...place,
      id: `0x${(index + 1).toString(16)}`,
      args: {},
    };
    return [
      { ...common, ph: 'b', ts: startedAtUs + fromUs },
      { ...common, ph: 'e', ts: startedAtUs + toUs },
    ];
  };
}
