import { ownerName } from '../../sampling/groups.ts';
import type { Frame } from '../../sampling/profile.ts';
import { ownersOf } from './data.ts';
import { type SampleVariance, uncertaintyOf } from './estimate.ts';
import { siteOf } from './tables.ts';
import type { SampledTree } from './tree.ts';

/** What grows does so in most of the latest intervals: in so many, what was filled once stands out no more. */
const STEADY_INTERVALS = 5;
const MOST_FRAMES = 12;

/** Where new objects come from that stay. */
export interface AllocationSource {
  /** The cog; else the package, Node.js or native code. */
  readonly owner: string;
  readonly isCog: boolean;
  /** The innermost function of the bot, else the innermost: its name, its file, and the line where it begins. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The stack that most of it came by, the innermost function first; up to 12. */
  readonly stack: readonly { readonly name: string; readonly file: string; readonly line: number }[];
  /** What came in the last interval and is still there. */
  readonly newBytes: number;
  readonly uncertaintyBytes: number;
  /** The median of the latest intervals: what each of them leaves behind. */
  readonly steadyBytes: number;
  /** What is left of each of the latest intervals, up to ten; the oldest first. */
  readonly leftBytes: readonly number[];
}

/** What is alive of what a cog has allocated since sampling began, estimated. */
export interface LiveCog {
  readonly cog: string;
  readonly bytes: number;
  /** How far that may lie from the truth, 19 times of 20. */
  readonly uncertaintyBytes: number;
}

interface Source {
  readonly bytes: number[];
  variance: number;
  /** By innermost node. */
  readonly nodes: Map<number, number>;
  readonly owner: number;
  readonly frame: number;
}

/** What is left, by where it came from and in which interval. */
export class Cohorts {
  readonly #tree: SampledTree;
  readonly #frames: readonly Frame[];
  readonly #bounds: readonly number[];
  readonly #variances: SampleVariance;
  readonly #owned: ReturnType<typeof ownersOf>;

  constructor(
    tree: SampledTree,
    frames: readonly Frame[],
    bounds: readonly number[],
    variances: SampleVariance,
  ) {
    this.#tree = tree;
    this.#frames = frames;
    this.#bounds = bounds;
    this.#variances = variances;
    this.#owned = ownersOf(tree.nodes, tree.isOwn, frames);
  }

  sources(): { sources: AllocationSource[]; newBytes: number } {
    const found = new Map<string, Source>();
    const { samples } = this.#tree;
    const intervals = this.#bounds.length - 1;
    let newBytes = 0;
    samples.node.forEach((node, index) => {
      const interval = this.#intervalOf(samples.ordinal[index]!);
      if (interval < 0) return;
      const bytes = samples.bytes[index]!;
      const source = this.#sourceOf(node, found, intervals);
      source.bytes[interval]! += bytes;
      source.nodes.set(node, (source.nodes.get(node) ?? 0) + bytes);
      if (interval < intervals - 1) return;
      source.variance += this.#variances.of(bytes);
      newBytes += bytes;
    });
    const sources = [...found.values()].map((source) => this.#told(source));
    return {
      sources: sources
        .filter(({ steadyBytes }) => steadyBytes > 0)
        .sort((a, b) => b.steadyBytes - a.steadyBytes || b.newBytes - a.newBytes),
      newBytes,
    };
  }

  cogs(): LiveCog[] {
    const { owners, owner } = this.#owned;
    const { samples } = this.#tree;
    const cogs = new Map<string, { bytes: number; variance: number }>();
    samples.node.forEach((node, index) => {
      const { cog } = owners[owner[node]!]!;
      if (cog === undefined) return;
      const bytes = samples.bytes[index]!;
      const sum = cogs.get(cog) ?? { bytes: 0, variance: 0 };
      cogs.set(cog, { bytes: sum.bytes + bytes, variance: sum.variance + this.#variances.of(bytes) });
    });
    return [...cogs]
      .map(([cog, { bytes, variance }]) => ({ cog, bytes, uncertaintyBytes: uncertaintyOf(variance) }))
      .sort((a, b) => b.bytes - a.bytes);
  }

  /** -1 of what is older than all of them. */
  #intervalOf(ordinal: number): number {
    if (ordinal <= this.#bounds[0]!) return -1;
    return this.#bounds.findIndex((bound) => ordinal <= bound) - 1;
  }

  #sourceOf(node: number, found: Map<string, Source>, intervals: number): Source {
    const { nodes } = this.#tree;
    const site = siteOf({ frames: this.#frames, nodes }, node);
    const frame = nodes.frame[site < 0 ? node : site]!;
    const owner = this.#owned.owner[node]!;
    const { file, line, name } = this.#frames[frame]!;
    const key = `${owner}:${line}:${name}\n${file}`;
    let source = found.get(key);
    if (source === undefined) {
      source = { bytes: new Array<number>(intervals).fill(0), variance: 0, nodes: new Map(), owner, frame };
      found.set(key, source);
    }
    return source;
  }

  #told({ bytes, variance, nodes, owner, frame }: Source): AllocationSource {
    const { name, file, line } = this.#frames[frame]!;
    const whose = this.#owned.owners[owner]!;
    const [[heaviest]] = [...nodes].sort(([, a], [, b]) => b - a) as [[number, number]];
    return {
      owner: whose.kind === 'cog' ? whose.name : ownerName(whose),
      isCog: whose.kind === 'cog',
      name,
      file,
      line,
      stack: this.#stackOf(heaviest),
      newBytes: bytes.at(-1)!,
      uncertaintyBytes: uncertaintyOf(variance),
      steadyBytes: median(bytes.slice(-STEADY_INTERVALS)),
      leftBytes: bytes,
    };
  }

  #stackOf(node: number): AllocationSource['stack'] {
    const { nodes } = this.#tree;
    const stack: AllocationSource['stack'][number][] = [];
    for (let at = node; at >= 0 && stack.length < MOST_FRAMES; at = nodes.parent[at]!) {
      const { name, file, line } = this.#frames[nodes.frame[at]!]!;
      stack.push({ name, file, line });
    }
    return stack;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
