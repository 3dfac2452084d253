import type { Frame, NodeTable, Owner, Profile, Thread } from './profile.ts';

/**
 * Which samples count.
 *
 * - `wall`: all of them
 * - `cpu`: those in which something ran
 * - `loop`: those in which JavaScript, or native code that it called, held the event loop
 */
export const MODES = ['wall', 'cpu', 'loop'] as const;
type Mode = (typeof MODES)[number];

/** What of a profile is looked at; what is missing does not narrow it. */
export interface ProfileFilter {
  readonly mode?: Mode;
  /** False leaves out the samples in which garbage was collected. */
  readonly gc?: boolean;
  /** False folds the functions of Node, and the native code that they call, into what called them. */
  readonly internals?: boolean;
  /** False leaves out what this profiler took itself. */
  readonly profiler?: boolean;
  /** Names of threads. */
  readonly threads?: readonly string[];
  readonly shards?: readonly number[];
  readonly cogs?: readonly string[];
  /** Names of owners, such as the ids of targets. */
  readonly owners?: readonly string[];
  /** Samples on whose stack there is a function of one of these packages. */
  readonly packages?: readonly string[];
}

/** The frame that stands for the functions of Node that nothing else has called, where they are folded. */
const INTERNALS: Frame = { name: '(node)', file: '', line: 0, column: 0, kind: 'node' };

/**
 * The part of a profile that is asked for. Frames and owners keep their numbers, so that what is found in it can be
 * looked up in the whole; nodes are renumbered.
 */
export function filtered(profile: Profile, filter: ProfileFilter): Profile {
  if (Object.values(filter).every((value) => value === undefined)) return profile;
  const folded = filter.internals === false ? foldInternals(profile) : profile;
  const isNodeIn = nodeTest(profile, filter);
  const isOwnerIn = profile.owners.map((owner) => isOwnerWanted(owner, filter));
  const numbers: number[] = [];
  const threads: Thread[] = [];
  profile.threads.forEach((thread, index) => {
    numbers.push(isThreadWanted(thread, filter) ? threads.length : -1);
    if (numbers[index] === -1) return;
    // What is folded is judged by where it was.
    const kept = Uint8Array.from(thread.node, (node, sample) =>
      isNodeIn[node] === 1 && isOwnerIn[thread.owner[sample]!] ? 1 : 0,
    );
    threads.push(only(folded.threads[index]!, kept));
  });
  const markers = profile.markers.flatMap((marker) => {
    const thread = numbers[marker.thread]!;
    return thread === -1 ? [] : [{ ...marker, thread }];
  });
  const counters = profile.counters.filter(({ shard }) => filter.shards?.includes(shard) ?? true);
  return compacted({ ...folded, threads, markers, counters }, folded);
}

/** The part of a profile that these samples are: a mark for each sample of each thread, 1 where it is kept. */
export function keptSamples(profile: Profile, kept: readonly Uint8Array[]): Profile {
  const threads = profile.threads.map((thread, index) => only(thread, kept[index]!));
  return compacted({ ...profile, threads }, profile);
}

/**
 * Whether what has so few samples is left out of a report.
 * @param count of what is shown
 * @param above of what it is part of
 */
export function isHidden(
  count: number,
  above: number,
  { minCount, noise }: { readonly minCount: number; readonly noise: number },
): boolean {
  return count < minCount || (noise > 0 && count <= noise * Math.sqrt(above));
}

function isThreadWanted({ name, shard }: Thread, { threads, shards }: ProfileFilter): boolean {
  return (threads?.includes(name) ?? true) && (shards?.includes(shard) ?? true);
}

function isOwnerWanted({ kind, name, cog }: Owner, { cogs, owners, profiler }: ProfileFilter): boolean {
  if (kind === 'profiler' && profiler === false) return false;
  const ownCog = cog ?? (kind === 'cog' ? name : undefined);
  const isCogIn = cogs === undefined || (ownCog !== undefined && cogs.includes(ownCog));
  return isCogIn && (owners?.includes(name) ?? true);
}

/** Of each node, whether samples in it are wanted. */
function nodeTest({ frames, nodes }: Profile, { mode, gc, packages }: ProfileFilter): Uint8Array {
  const wanted = new Uint8Array(nodes.frame.length);
  const isBelowPackage = new Uint8Array(nodes.frame.length);
  const isBelowScript = new Uint8Array(nodes.frame.length);
  nodes.frame.forEach((index, node) => {
    const { kind, package: pack } = frames[index]!;
    const above = nodes.parent[node]!;
    const isInPackage = packages === undefined || (pack !== undefined && packages.includes(pack));
    if (isInPackage || isBelowPackage[above] === 1) isBelowPackage[node] = 1;
    if ((kind !== 'native' && kind !== 'awaiting') || isBelowScript[above] === 1) isBelowScript[node] = 1;
    const isRunning = kind !== 'idle' || (mode ?? 'wall') === 'wall';
    const isOnLoop = mode !== 'loop' || isBelowScript[node] === 1;
    const isCounted = gc !== false || kind !== 'gc';
    wanted[node] = isRunning && isOnLoop && isCounted && isBelowPackage[node] === 1 ? 1 : 0;
  });
  return wanted;
}

function only(thread: Thread, kept: Uint8Array): Thread {
  const isKept = (_value: number, sample: number) => kept[sample] === 1;
  return {
    ...thread,
    atUs: thread.atUs.filter(isKept),
    weightUs: thread.weightUs.filter(isKept),
    node: thread.node.filter(isKept),
    owner: thread.owner.filter(isKept),
  };
}

/** The same samples with the functions of Node out of the way; nodes may lead to a parent of the same frame. */
function foldInternals(profile: Profile): Profile {
  const { frames, nodes } = profile;
  const count = nodes.frame.length;
  /** The node that children of a node hang on, and the one that has its samples. The last one is `(node)`. */
  const parentFor = new Int32Array(count);
  const holder = new Uint32Array(count);
  nodes.frame.forEach((frame, node) => {
    const above = nodes.parent[node]!;
    const outer = above < 0 ? -1 : parentFor[above]!;
    const { kind } = frames[frame]!;
    const isFoldedAbove = above >= 0 && holder[above] !== above;
    const isInternal = kind === 'node' || (kind === 'native' && isFoldedAbove);
    parentFor[node] = isInternal ? outer : node;
    holder[node] = isInternal ? (outer < 0 ? count : outer) : node;
  });
  const parent = new Int32Array(count + 1).fill(-1);
  const frame = new Uint32Array(count + 1);
  frame.set(nodes.frame);
  frame[count] = frames.length;
  nodes.parent.forEach((above, node) => {
    if (above >= 0) parent[node] = parentFor[above]!;
  });
  const { lines } = nodes;
  // A line of what is folded is no line of what called it.
  const isKept = (_value: number, row: number) => holder[lines.node[row]!] === lines.node[row];
  const kept = {
    node: lines.node.filter(isKept),
    line: lines.line.filter(isKept),
    ticks: lines.ticks.filter(isKept),
  };
  return {
    ...profile,
    frames: [...frames, INTERNALS],
    nodes: { frame, parent, lines: kept },
    threads: profile.threads.map((thread) => ({ ...thread, node: thread.node.map((node) => holder[node]!) })),
  };
}

/** Without the nodes that no sample is in or below, and with as many hits of lines as samples are left. */
function compacted(profile: Profile, before: Profile): Profile {
  const { frame, parent, lines } = profile.nodes;
  const count = frame.length;
  const [had, has] = [hitsOf(before, count), hitsOf(profile, count)];
  const isUsed = Uint8Array.from(has, (hits) => (hits > 0 ? 1 : 0));
  for (let node = count - 1; node >= 0; node--) {
    if (isUsed[node] === 1 && parent[node]! >= 0) isUsed[parent[node]!] = 1;
  }
  const number = new Int32Array(count);
  let size = 0;
  for (let node = 0; node < count; node++) number[node] = isUsed[node] === 1 ? size++ : -1;
  const isIn = (_value: number, node: number) => isUsed[node] === 1;
  // Which of the samples of a node hit which line is not known: each line keeps its share.
  const ticks = lines.ticks.map((hits, row) => {
    const node = lines.node[row]!;
    return had[node] === 0 ? 0 : Math.floor((hits * has[node]!) / had[node]!);
  });
  const isHit = (_value: number, row: number) => ticks[row]! > 0;
  const nodes: NodeTable = {
    frame: frame.filter(isIn),
    parent: parent.filter(isIn).map((above) => (above < 0 ? -1 : number[above]!)),
    lines: {
      node: lines.node.filter(isHit).map((node) => number[node]!),
      line: lines.line.filter(isHit),
      ticks: ticks.filter(isHit),
    },
  };
  const threads = profile.threads.map((thread) => ({
    ...thread,
    node: thread.node.map((node) => number[node]!),
  }));
  return { ...profile, nodes, threads };
}

function hitsOf({ threads }: Profile, count: number): Uint32Array {
  const hits = new Uint32Array(count);
  for (const { node } of threads) for (const at of node) hits[at]!++;
  return hits;
}
