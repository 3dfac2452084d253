import { Session } from 'node:inspector';
import type { Frame, FrameKind, Profile } from '../../src/sampling/profile.ts';
import { buildProfile } from './build.ts';

interface V8Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
    readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SPECIAL: Record<string, FrameKind> = {
  '(idle)': 'idle',
  '(program)': 'native',
  '(garbage collector)': 'gc',
};

/** What V8 samples while a function runs, as a profile whose samples all belong to one cog, or to nobody. */
export function sampled(run: () => void, intervalUs = 500): Profile {
  const session = new Session();
  session.connect();
  const post = (method: string, params = {}): unknown => {
    let answer: unknown;
    session.post(method, params, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  };
  try {
    post('Profiler.enable');
    post('Profiler.setSamplingInterval', { interval: intervalUs });
    post('Profiler.start');
    run();
    const { profile } = post('Profiler.stop') as { profile: V8Profile };
    return converted(profile, intervalUs);
  } finally {
    session.disconnect();
  }
}

function converted(v8: V8Profile, intervalUs: number): Profile {
  const numbers = new Map<number, number>();
  const parents = new Map<number, number>();
  const frames: Frame[] = [];
  const [parent, frame]: [number[], number[]] = [[], []];
  const lines = { node: [] as number[], line: [] as number[], ticks: [] as number[] };
  // V8 tells parents before their children; the root is nobody's function.
  for (const { id, callFrame, children = [], positionTicks = [] } of v8.nodes) {
    for (const child of children) parents.set(child, id);
    if (callFrame.functionName === '(root)') continue;
    numbers.set(id, frame.length);
    parent.push(numbers.get(parents.get(id)!) ?? -1);
    frame.push(frames.push(frameOf(callFrame)) - 1);
    for (const { line, ticks } of positionTicks) {
      lines.node.push(numbers.get(id)!);
      lines.line.push(line);
      lines.ticks.push(ticks);
    }
  }
  let atUs = 0;
  const taken = v8.samples.map((id, index) => {
    const us = Math.max(0, v8.timeDeltas[index]!);
    atUs += us;
    return { node: numbers.get(id), us, atUs };
  });
  const kept = taken.flatMap(({ node, ...sample }) => (node === undefined ? [] : [{ node, ...sample }]));
  return {
    ...buildProfile([]),
    durationUs: v8.endTime - v8.startTime,
    intervalUs,
    nodeVersion: process.version,
    frames,
    nodes: {
      parent: Int32Array.from(parent),
      frame: Uint32Array.from(frame),
      lines: {
        node: Uint32Array.from(lines.node),
        line: Uint32Array.from(lines.line),
        ticks: Uint32Array.from(lines.ticks),
      },
    },
    owners: [{ kind: 'target', name: 'planted/command/run', cog: 'planted' }],
    threads: [
      {
        ...{ name: 'main', shard: 0, id: 0, missed: 0, startPauseMs: 0 },
        atUs: Float64Array.from(kept, (sample) => sample.atUs),
        weightUs: Float64Array.from(kept, (sample) => sample.us),
        node: Uint32Array.from(kept, (sample) => sample.node),
        owner: new Uint32Array(kept.length),
      },
    ],
  };
}

function frameOf({
  functionName,
  url,
  lineNumber,
  columnNumber,
}: V8Profile['nodes'][number]['callFrame']): Frame {
  const place = { name: functionName || '(anonymous)', line: lineNumber + 1, column: columnNumber + 1 };
  if (url === '') return { ...place, file: '', kind: SPECIAL[functionName] ?? 'native' };
  if (url.startsWith('node:')) return { ...place, file: url, kind: 'node' };
  const file = url.replace(/^file:\/\//, '');
  return { ...place, file, kind: 'bot', cog: 'planted' };
}
