import { type GroupLevel, GroupPaths } from './groups.ts';
import { type Weights, withTotals } from './nodes.ts';
import { Pairs, Sums } from './pairs.ts';
import type { Profile } from './profile.ts';

/** Who called whom, merged: as columns, parents before their children. */
export interface CallTree extends Weights {
  /** -1 of the outermost. */
  readonly parent: Int32Array;
  /** An index of `frames` of the profile; from their number on, one of `groups`. */
  readonly label: Int32Array;
  /** The names of groups. */
  readonly groups: readonly string[];
  /** What was too deep to be followed; its samples belong to the last node that was. Inverted trees only. */
  readonly cutCount: number;
}

export interface TreeOptions {
  /** Levels that stacks are put under, the outermost first. */
  readonly group?: readonly GroupLevel[];
  /**
   * With `flat`, a function that is on the stack already is entered again in its first place: what was between them is
   * not told of these samples.
   */
  readonly recursion?: 'off' | 'flat';
}

/** Merges samples: a node is a function, and the way to it. */
export function callTree(profile: Profile, { group = [], recursion = 'off' }: TreeOptions = {}): CallTree {
  const { nodes } = profile;
  const places = new Places(profile, group);
  const tree = new Pairs();
  const [selfUs, selfCount] = [new Sums(), new Sums()];
  /** Nodes of the profile, each under a base: those that have their node in the tree. */
  const resolved = new Pairs();
  const nodeOf: number[] = [];
  const path: number[] = [];
  for (let place = 0; place < places.size; place++) {
    const base = places.enter(tree, place);
    let at = places.nodeOf(place);
    path.length = 0;
    while (at >= 0 && resolved.find(base, at) === -1) {
      path.push(at);
      at = nodes.parent[at]!;
    }
    let node = at < 0 ? base : nodeOf[resolved.find(base, at)]!;
    while (path.length > 0) {
      const next = path.pop()!;
      const frame = nodes.frame[next]!;
      node = (recursion === 'flat' ? onPath(tree, node, frame, base) : undefined) ?? tree.of(node, frame);
      nodeOf[resolved.of(base, next)] = node;
    }
    selfUs.add(node, places.us.at(place));
    selfCount.add(node, places.count.at(place));
  }
  return grown(tree, selfUs, selfCount, places.groups, 0);
}

/** The node on the way to another one that has a label; undefined where there is none. */
function onPath(tree: Pairs, from: number, label: number, base: number): number | undefined {
  for (let node = from; node !== base; node = tree.firstOf(node)) {
    if (tree.secondOf(node) === label) return node;
  }
  return undefined;
}

/**
 * What is deeper is not followed: the inverted tree of one recursion of 10 thousand calls, sampled everywhere, would
 * have 50 million nodes.
 */
const MOST_LEVELS = 256;
const MOST_NODES = 1_000_000;

/** Merges samples from within: a node is a function, and who called it. Self is what nothing more had called. */
export function invertedTree(profile: Profile, { group = [] }: Pick<TreeOptions, 'group'> = {}): CallTree {
  const { nodes } = profile;
  const places = new Places(profile, group);
  const tree = new Pairs();
  const [selfUs, selfCount] = [new Sums(), new Sums()];
  let cutCount = 0;
  /** What is still to be followed: of each place, its node in the tree and the next one in the profile. */
  let open = Uint32Array.from({ length: places.size }, (_, place) => place);
  const reached = Int32Array.from({ length: places.size }, (_, place) => places.enter(tree, place));
  const coming = Int32Array.from({ length: places.size }, (_, place) => places.nodeOf(place));
  // Level by level, so that what is left out is the deepest.
  for (let level = 0; open.length > 0; level++) {
    const isLast = level === MOST_LEVELS || tree.size > MOST_NODES;
    open = open.filter((place) => {
      const next = coming[place]!;
      if (next < 0 || isLast) {
        selfUs.add(reached[place]!, places.us.at(place));
        selfCount.add(reached[place]!, places.count.at(place));
        if (next >= 0) cutCount += places.count.at(place);
        return false;
      }
      reached[place] = tree.of(reached[place]!, nodes.frame[next]!);
      coming[place] = nodes.parent[next]!;
      return true;
    });
  }
  return grown(tree, selfUs, selfCount, places.groups, cutCount);
}

/** Where samples are: a path of groups and a node, with what was sampled there. */
class Places {
  readonly us = new Sums();
  readonly count = new Sums();
  readonly #paths: GroupPaths;
  /** The path, and the node. */
  readonly #places = new Pairs();
  readonly #firstGroup: number;

  constructor(profile: Profile, group: readonly GroupLevel[]) {
    this.#paths = new GroupPaths(profile, group);
    this.#firstGroup = profile.frames.length;
    profile.threads.forEach(({ node, owner, weightUs }, thread) => {
      for (let sample = 0; sample < node.length; sample++) {
        const path = this.#paths.of(thread, owner[sample]!, node[sample]!);
        const place = this.#places.of(path, node[sample]!);
        this.us.add(place, weightUs[sample]!);
        this.count.add(place, 1);
      }
    });
  }

  get size(): number {
    return this.#places.size;
  }

  nodeOf(place: number): number {
    return this.#places.secondOf(place);
  }

  /** The node of a tree that stands for the groups of a place; -1 where there are none. */
  enter(tree: Pairs, place: number): number {
    let node = -1;
    for (const name of this.#paths.namesOf(this.#places.firstOf(place))) {
      node = tree.of(node, this.#firstGroup + name);
    }
    return node;
  }

  get groups(): readonly string[] {
    return this.#paths.names;
  }
}

function grown(
  tree: Pairs,
  selfUs: Sums,
  selfCount: Sums,
  groups: readonly string[],
  cutCount: number,
): CallTree {
  const parent = tree.firsts();
  const weights = withTotals(parent, selfUs.taken(tree.size), selfCount.taken(tree.size));
  return { parent, label: tree.seconds(), groups, cutCount, ...weights };
}
