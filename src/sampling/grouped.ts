import { type GroupLevel, GroupPaths } from './groups.ts';
import { Pairs } from './pairs.ts';
import type { Frame, NodeTable, Profile, Thread } from './profile.ts';
import { Rounding, RunningLines } from './running-lines.ts';

/**
 * The same samples, with the stack of each under frames that name its thread, cog, command or package, in that order of
 * levels. The figures stay the same, and any format can show whom they belong to.
 */
export function grouped(profile: Profile, levels: readonly GroupLevel[]): Profile {
  if (levels.length === 0) return profile;
  const paths = new GroupPaths(profile, levels);
  const labels = paths.names.map((name): Frame => ({ name, file: '', line: 0, column: 0, kind: 'bot' }));
  return underLabels(profile, labels, paths, (thread, sample) => {
    const { owner, node } = profile.threads[thread]!;
    return paths.of(thread, owner[sample]!, node[sample]!);
  });
}

/** Ways through labels, each with a number. */
interface LabelPaths {
  /** The labels of a path, by their numbers, the outermost first. */
  namesOf(path: number): readonly number[];
}

/**
 * The same samples, with the stack of each under the labels of its path.
 * @param pathOf the path of a sample, by the indices of its thread and of itself; -1 where its stack stays as it is
 */
export function underLabels(
  profile: Profile,
  labels: readonly Frame[],
  paths: LabelPaths,
  pathOf: (thread: number, sample: number) => number,
): Profile {
  const copies = new Copies(profile, labels.length, paths);
  const threads = profile.threads.map((thread, index): Thread => {
    const node = thread.node.map((leaf, sample) => copies.of(pathOf(index, sample), leaf));
    return { ...thread, node };
  });
  return { ...profile, frames: [...profile.frames, ...labels], nodes: copies.table(), threads };
}

/** The nodes that are needed, each once under each path of labels. */
class Copies {
  readonly #profile: Profile;
  readonly #labels: number;
  readonly #paths: LabelPaths;
  readonly #frame: number[] = [];
  readonly #parent: number[] = [];
  /** Of a copy, the node that it is one of; -1 of a label. */
  readonly #original: number[] = [];
  readonly #samples: number[] = [];
  /** A path and a node of the profile; for each the copy. */
  readonly #known = new Pairs();
  readonly #copyOf: number[] = [];
  /** A node and a label below it. */
  readonly #groups = new Map<number, number>();
  readonly #groupOf: number[] = [];

  constructor(profile: Profile, labels: number, paths: LabelPaths) {
    this.#profile = profile;
    this.#labels = labels;
    this.#paths = paths;
  }

  /** The copy of a node that is on a path, for a sample more. */
  of(path: number, leaf: number): number {
    const { frame, parent } = this.#profile.nodes;
    const missing: number[] = [];
    let known = -1;
    let node = leaf;
    while (node !== -1 && (known = this.#known.find(path, node)) === -1) {
      missing.push(node);
      node = parent[node]!;
    }
    let copy = known === -1 ? this.#group(path) : this.#copyOf[known]!;
    for (let at = missing.length - 1; at >= 0; at--) {
      const original = missing[at]!;
      copy = this.#add(frame[original]!, copy, original);
      this.#copyOf[this.#known.of(path, original)] = copy;
    }
    this.#samples[copy]!++;
    return copy;
  }

  table(): NodeTable {
    const frame = Uint32Array.from(this.#frame);
    return { frame, parent: Int32Array.from(this.#parent), lines: this.#lines() };
  }

  #group(path: number): number {
    if (path === -1) return -1;
    const known = this.#groupOf[path];
    if (known !== undefined) return known;
    let node = -1;
    for (const name of this.#paths.namesOf(path)) {
      const key = (node + 1) * this.#labels + name;
      let below = this.#groups.get(key);
      if (below === undefined) {
        below = this.#add(this.#profile.frames.length + name, node, -1);
        this.#groups.set(key, below);
      }
      node = below;
    }
    this.#groupOf[path] = node;
    return node;
  }

  #add(frame: number, parent: number, original: number): number {
    this.#parent.push(parent);
    this.#original.push(original);
    this.#samples.push(0);
    return this.#frame.push(frame) - 1;
  }

  /** Which copy of a node a line ran in is not known: each gets as large a part as it has of the samples. */
  #lines(): NodeTable['lines'] {
    const { nodes } = this.#profile;
    const lines = new RunningLines(nodes);
    const samples = new Uint32Array(nodes.frame.length);
    this.#original.forEach((original, copy) => {
      if (original !== -1) samples[original]! += this.#samples[copy]!;
    });
    const roundings = new Map<number, Rounding>();
    const columns: Record<keyof NodeTable['lines'], number[]> = { node: [], line: [], ticks: [] };
    this.#original.forEach((original, copy) => {
      if (original === -1 || this.#samples[copy] === 0) return;
      const share = this.#samples[copy]! / samples[original]!;
      for (const at of lines.rowsOf(original)) {
        if (!roundings.has(at)) roundings.set(at, new Rounding());
        const ticks = roundings.get(at)!.next(nodes.lines.ticks[at]! * share);
        if (ticks === 0) continue;
        columns.node.push(copy);
        columns.line.push(nodes.lines.line[at]!);
        columns.ticks.push(ticks);
      }
    });
    return {
      node: Uint32Array.from(columns.node),
      line: Uint32Array.from(columns.line),
      ticks: Uint32Array.from(columns.ticks),
    };
  }
}
