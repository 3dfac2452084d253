import {
  PACKED_KINDS,
  type PackedKind,
  type PackedSpan,
  type PackedThread,
  type Payload,
  type Run,
} from '../payload.ts';

/** What a box can stand for: a function, or what functions are grouped by. */
export interface Label {
  readonly index: number;
  readonly name: string;
  /** Empty for what is in no file. */
  readonly file: string;
  readonly line: number;
  readonly kind: PackedKind | 'group';
  readonly package: string;
  readonly cog: string;
  /** How often which line of it was running, from the first line on. */
  readonly lines: readonly LineHits[];
}

export interface LineHits {
  readonly line: number;
  readonly ticks: number;
}

interface Owner {
  readonly kind: PackedKind;
  readonly name: string;
  readonly cog: string;
}

/** The recording as the page works with it. */
export interface Model {
  readonly runs: readonly Run[];
  readonly threads: readonly PackedThread[];
  readonly owners: readonly Owner[];
  readonly spans: readonly PackedSpan[];
  /** The functions first, in the order of the payload, then what can be grouped by. */
  readonly labels: readonly Label[];
  readonly nodes: { readonly label: Int32Array; readonly parent: Int32Array };
  readonly cells: Cells;
  /** The names of all cogs that a function or a sample belongs to, sorted. */
  readonly cogs: readonly string[];
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly smallestShare: number;
  /** The label of what samples are grouped under. */
  groupLabel(by: GroupBy, cell: number): readonly number[];
}

interface Cells {
  readonly node: Int32Array;
  readonly thread: Int32Array;
  readonly owner: Int32Array;
  readonly count: Float64Array;
  readonly weightUs: Float64Array;
}

export type GroupBy = 'nothing' | 'cog' | 'thread';

export function unpack(payload: Payload): Model {
  const { strings, threads } = payload;
  const frameLabels = unpackFrames(payload);
  const owners = payload.owners.kind.map((kind, index) => ({
    kind: PACKED_KINDS[kind]!,
    name: strings[payload.owners.name[index]!]!,
    cog: strings[payload.owners.cog[index]!]!,
  }));
  const labels = [...frameLabels];
  const groups = new Map<string, number>();
  const group = (level: string, name: string, cog: string): number => {
    const key = `${level}\0${cog}\0${name}`;
    let index = groups.get(key);
    if (index === undefined) {
      index = labels.length;
      groups.set(key, index);
      labels.push({ index, name, file: '', line: 0, kind: 'group', package: '', cog, lines: [] });
    }
    return index;
  };
  const ownerGroups = owners.map((owner) => {
    const inside = [group('cog', owner.cog === '' ? OUTSIDE[owner.kind] : owner.cog, owner.cog)];
    const name = owner.kind === 'target' || owner.kind === 'package' ? owner.name : '';
    return name === '' ? inside : [...inside, group('owner', name, owner.cog)];
  });
  const threadGroups = threads.map((thread) => [group('thread', threadName(thread), '')]);
  const cells = {
    node: sums(payload.cells.node),
    thread: Int32Array.from(payload.cells.thread),
    owner: Int32Array.from(payload.cells.owner),
    count: Float64Array.from(payload.cells.count),
    weightUs: Float64Array.from(payload.cells.weightUs),
  };
  const cogs = new Set([...frameLabels.map(({ cog }) => cog), ...owners.map(({ cog }) => cog)]);
  cogs.delete('');
  return {
    runs: payload.runs,
    threads,
    owners,
    spans: payload.spans,
    labels,
    nodes: unpackNodes(payload),
    cells,
    cogs: [...cogs].sort((a, b) => a.localeCompare(b, 'en')),
    sources: new Map(payload.sources.map(({ file, text }) => [file, text.split(/\r?\n/)])),
    smallestShare: payload.smallestShare,
    groupLabel: (by, cell) => {
      if (by === 'cog') return ownerGroups[cells.owner[cell]!]!;
      return by === 'thread' ? threadGroups[cells.thread[cell]!]! : [];
    },
  };
}

/** What a sample belongs to that no cog has. */
export const OUTSIDE: Readonly<Record<PackedKind, string>> = {
  bot: 'bot',
  package: 'packages',
  node: 'Node.js',
  gc: 'garbage collection',
  native: 'native code',
  idle: 'idle',
  profiler: 'this profiler',
  awaiting: 'awaiting',
  target: 'no cog',
  cog: 'no cog',
};

export function threadName({ name, shard, id }: PackedThread): string {
  return `shard ${shard}, ${name}${id === 0 ? '' : ` (thread ${id})`}`;
}

function unpackFrames({ strings, frames, lines }: Payload): Label[] {
  const hits: LineHits[][] = frames.name.map(() => []);
  let frame = 0;
  for (const [row, step] of lines.frame.entries()) {
    frame += step;
    hits[frame]!.push({ line: lines.line[row]!, ticks: lines.ticks[row]! });
  }
  return frames.name.map((name, index) => ({
    index,
    name: strings[name]! || '(anonymous)',
    file: strings[frames.file[index]!]!,
    line: frames.line[index]!,
    kind: PACKED_KINDS[frames.kind[index]!]!,
    package: strings[frames.package[index]!]!,
    cog: strings[frames.cog[index]!]!,
    lines: hits[index]!,
  }));
}

function unpackNodes({ nodes }: Payload): Model['nodes'] {
  return {
    label: sums(nodes.frame),
    parent: Int32Array.from(nodes.parent, (distance, node) => (distance === 0 ? -1 : node - distance)),
  };
}

/** From differences to what they are between. */
function sums(differences: readonly number[]): Int32Array {
  let sum = 0;
  return Int32Array.from(differences, (difference) => (sum += difference));
}
