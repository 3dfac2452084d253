import { nodeWeights, outermost, type Weight, type Weights } from './nodes.ts';
import { Pairs } from './pairs.ts';
import type { Frame, Profile } from './profile.ts';

/** What each function has, by the index of its frame. */
export function functionWeights(profile: Profile): Weights {
  const { frames, nodes } = profile;
  const ofNodes = nodeWeights(profile);
  const isOutermost = outermost(nodes.parent, nodes.frame, frames.length);
  const sums = emptyWeights(frames.length);
  nodes.frame.forEach((frame, node) => {
    sums.selfUs[frame]! += ofNodes.selfUs[node]!;
    sums.selfCount[frame]! += ofNodes.selfCount[node]!;
    if (isOutermost[node] === 0) return;
    sums.totalUs[frame]! += ofNodes.totalUs[node]!;
    sums.totalCount[frame]! += ofNodes.totalCount[node]!;
  });
  return sums;
}

function emptyWeights(size: number): Weights {
  return {
    selfUs: new Float64Array(size),
    selfCount: new Float64Array(size),
    totalUs: new Float64Array(size),
    totalCount: new Float64Array(size),
  };
}

/** Samples in which one function had called another; -1 called those that nothing has called. */
export interface Edge extends Weight {
  readonly from: number;
  readonly to: number;
}

/** Who calls whom; each sample counts once for an edge, however often it is on the stack. */
export function edges(profile: Profile): Edge[] {
  const { nodes } = profile;
  const pairs = new Pairs();
  const pairOf = Int32Array.from(nodes.frame, (frame, node) => pairs.of(callerOf(profile, node), frame));
  const { totalUs, totalCount } = nodeWeights(profile);
  const isOutermost = outermost(nodes.parent, pairOf, pairs.size);
  const us = new Float64Array(pairs.size);
  const count = new Float64Array(pairs.size);
  pairOf.forEach((pair, node) => {
    if (isOutermost[node] === 0) return;
    us[pair]! += totalUs[node]!;
    count[pair]! += totalCount[node]!;
  });
  const all = Array.from(us, (_us, pair): Edge => {
    return { from: pairs.firstOf(pair), to: pairs.secondOf(pair), us: us[pair]!, count: count[pair]! };
  });
  return all.filter((edge) => edge.count > 0).sort((a, b) => b.count - a.count || b.us - a.us);
}

function callerOf({ nodes }: Profile, node: number): number {
  const above = nodes.parent[node]!;
  return above < 0 ? -1 : nodes.frame[above]!;
}

/** The functions that are asked for. */
export interface FunctionQuery {
  readonly name: string;
  /** The end of the path is enough. */
  readonly file?: string;
  /** Where the function begins. */
  readonly fromLine?: number;
  readonly toLine?: number;
}

/** The indices of the frames of functions: several may have one name. */
export function framesNamed({ frames }: Profile, query: FunctionQuery): number[] {
  const { name, file = '', fromLine = 0, toLine = Number.POSITIVE_INFINITY } = query;
  return frames.flatMap((frame, index) => {
    const isIn = frame.line >= fromLine && frame.line <= toLine && frame.file.endsWith(file);
    return frame.name === name && isIn ? [index] : [];
  });
}

/** Who called a function, or whom it called, the most often first. `frame` is -1 where nothing called it. */
export interface Neighbour extends Weight {
  readonly frame: number;
}

export function callersOf(profile: Profile, frame: number): Neighbour[] {
  return edges(profile)
    .filter(({ to }) => to === frame)
    .map(({ from, count, us }) => ({ frame: from, count, us }));
}

export function calleesOf(profile: Profile, frame: number): Neighbour[] {
  return edges(profile)
    .filter(({ from }) => from === frame)
    .map(({ to, count, us }) => ({ frame: to, count, us }));
}

/** A line that was running. */
export interface LineHits extends Weight {
  readonly frame: number;
  /** 0 where it is not known. */
  readonly line: number;
}

/**
 * Which lines were running, the most time first. The time of a node is split among its lines by their hits; what has
 * no hit, such as what was folded into it, is in line 0.
 */
export function lineHits(profile: Profile): LineHits[] {
  const { nodes } = profile;
  const { lines } = nodes;
  const { selfUs, selfCount } = nodeWeights(profile);
  const ticks = new Float64Array(nodes.frame.length);
  lines.node.forEach((node, row) => {
    ticks[node]! += lines.ticks[row]!;
  });
  const pairs = new Pairs();
  const sums: { us: number; count: number }[] = [];
  const add = (node: number, line: number, hits: number) => {
    const share = hits / Math.max(ticks[node]!, selfCount[node]!);
    const sum = (sums[pairs.of(nodes.frame[node]!, line)] ??= { us: 0, count: 0 });
    sum.us += selfUs[node]! * share;
    sum.count += selfCount[node]! * share;
  };
  lines.node.forEach((node, row) => {
    if (selfCount[node]! > 0) add(node, lines.line[row]!, lines.ticks[row]!);
  });
  ticks.forEach((hits, node) => {
    if (selfCount[node]! > hits) add(node, 0, selfCount[node]! - hits);
  });
  return sums
    .map((sum, pair) => ({ frame: pairs.firstOf(pair), line: pairs.secondOf(pair), ...sum }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.us - a.us || a.frame - b.frame || a.line - b.line);
}

/** Such as `cogs/music.js:12`: the last two parts of a path say which file it is. Empty for what is in none. */
export function placeOf({ file, line }: Pick<Frame, 'file' | 'line'>): string {
  if (file === '') return '';
  const short = file.startsWith('node:') ? file : file.split(/[\\/]/).slice(-2).join('/');
  return line > 0 ? `${short}:${line}` : short;
}
