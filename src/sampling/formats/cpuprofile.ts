import { grouped } from '../grouped.ts';
import type { Profile } from '../profile.ts';
import { RunningLines } from '../running-lines.ts';
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

/**
 * What V8's own profiler answers: `Profiler.Profile` of Chrome's DevTools protocol. It knows one thread: several are
 * put one after the other, each under a frame of its name.
 */
export const cpuprofile: ProfileFormat = {
  name: 'cpuprofile',
  label: 'V8 CPU profile',
  extension: 'cpuprofile',
  mediaType: 'application/json',
  viewers: ['Chrome DevTools', 'VS Code', 'speedscope'],
  takes: ['group'],
  encode(profile, { group }) {
    const isOneThread = profile.threads.length <= 1 || group.includes('thread');
    const shown = grouped(profile, isOneThread ? group : ['thread', ...group]);
    const ids = nodeIdsOf(shown);
    const { samples, timeDeltas, endUs } = v8SamplesOf(shown.threads, ids);
    const startTime = shown.startedAtEpochMs * 1_000;
    const nodes = nodesOf(shown, ids);
    return JSON.stringify({ nodes, startTime, endTime: startTime + endUs, samples, timeDeltas });
  },
};

interface V8Node {
  readonly id: number;
  readonly callFrame: CallFrame;
  hitCount: number;
  children?: number[];
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

function nodesOf(profile: Profile, { idOf, parentIdOf }: NodeIds): V8Node[] {
  const callFrames = callFramesOf(profile);
  const lines = new RunningLines(profile.nodes);
  const nothing: V8Node = { id: NOTHING, callFrame: NOTHING_FRAME, hitCount: 0 };
  const root: V8Node = { id: ROOT, callFrame: ROOT_FRAME, hitCount: 0, children: [NOTHING] };
  const byId = new Map([root, nothing].map((node) => [node.id, node]));
  profile.nodes.frame.forEach((frame, node) => {
    const id = idOf(node);
    if (id === NOTHING) return;
    const positionTicks = [...lines.ticksOf(node)];
    const ticks = positionTicks.length > 0 ? { positionTicks } : {};
    byId.set(id, { id, callFrame: callFrames[frame]!, hitCount: 0, ...ticks });
    (byId.get(parentIdOf(node))!.children ??= []).push(id);
  });
  for (const thread of profile.threads) for (const node of thread.node) byId.get(idOf(node))!.hitCount++;
  return [...byId.values()];
}
