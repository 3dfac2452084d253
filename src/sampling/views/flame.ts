import { type CallTree, callTree } from '../call-tree.ts';
import { filtered } from '../filter.ts';
import { functionName } from '../formats/lines.ts';
import { linksOf, withTotals } from '../nodes.ts';
import { Pairs, Sums } from '../pairs.ts';
import type { Frame, Owner, Profile } from '../profile.ts';

export interface FlameQuery {
  /** Of the whole width, from 0 to 1: what is narrower is put together with its neighbours. */
  readonly leastShare: number;
  /** Rows of functions and their groups; what is deeper is only counted. */
  readonly mostRows: number;
}

/** A box: its children stand below it, from its left edge on, the widest first. */
export interface FlameBox {
  readonly name: string;
  /** From 0 at the outermost. */
  readonly row: number;
  /** Of the whole width, from 0 to 1. */
  readonly from: number;
  readonly share: number;
  /** Of a function of the bot, and of the groups that belong to a cog. */
  readonly cog?: string;
  /** What the function is part of; what is put together of several is a `group`. */
  readonly kind: Frame['kind'] | 'group';
  /** How many functions it stands for, where these were too narrow to be seen. */
  readonly merged: number;
}

export interface Flame {
  readonly boxes: readonly FlameBox[];
  /** Samples in which something ran. */
  readonly samples: number;
  /** How many levels are deeper than what is shown. */
  readonly deeper: number;
  /** How many functions were too narrow. */
  readonly narrow: number;
}

/** Cog, command, and from there the functions: what the tree is put under. */
const GROUPS = ['cog', 'command'] as const;

/**
 * A flame graph that fits a picture: by cog and command, and from the first function of the bot on. What led there,
 * discord.js and Node, is the same for everything.
 */
export function flame([profile]: readonly [Profile], { leastShare, mostRows }: FlameQuery): Flame {
  const running = filtered(profile, { mode: 'cpu', profiler: false, internals: false });
  const tree = fromBotOn(running, callTree(running, { group: GROUPS, recursion: 'flat' }));
  return laidOut(running, tree, leastShare, mostRows);
}

/** The tree without what leads to the first function of the bot; stacks without such a function stay whole. */
function fromBotOn({ frames }: Profile, tree: CallTree): CallTree {
  const { parent, label, selfUs, selfCount } = tree;
  const size = parent.length;
  const image = new Pairs();
  const imageOf = new Int32Array(size);
  /** The node of the groups that each is in. */
  const groupOf = new Int32Array(size);
  const isBelowBot = new Uint8Array(size);
  const [us, count] = [new Sums(), new Sums()];
  for (let node = 0; node < size; node++) {
    const above = parent[node]!;
    const isGroup = label[node]! >= frames.length;
    const isBot = !isGroup && frames[label[node]!]!.kind === 'bot';
    if (isBot || (above >= 0 && isBelowBot[above] === 1)) isBelowBot[node] = 1;
    const isFirst = isBot && above >= 0 && isBelowBot[above] === 0;
    const base = above < 0 ? -1 : isFirst ? groupOf[above]! : imageOf[above]!;
    imageOf[node] = image.of(base, label[node]!);
    groupOf[node] = isGroup ? imageOf[node]! : above < 0 ? -1 : groupOf[above]!;
    us.add(imageOf[node]!, selfUs[node]!);
    count.add(imageOf[node]!, selfCount[node]!);
  }
  const parents = image.firsts();
  const weights = withTotals(parents, us.taken(image.size), count.taken(image.size));
  return { ...weights, parent: parents, label: image.seconds(), groups: tree.groups, cutCount: 0 };
}

interface Open {
  readonly node: number;
  readonly row: number;
  readonly from: number;
  readonly cog: string | undefined;
}

function laidOut(profile: Profile, tree: CallTree, leastShare: number, mostRows: number): Flame {
  const { child, next, root } = linksOf(tree.parent);
  const { totalUs, totalCount, parent } = tree;
  let [all, samples] = [0, 0];
  parent.forEach((above, node) => {
    if (above >= 0) return;
    all += totalUs[node]!;
    samples += totalCount[node]!;
  });
  const boxes: FlameBox[] = [];
  let [narrow, deepest] = [0, 0];
  const siblings = (first: number) => {
    const found: number[] = [];
    for (let node = first; node !== -1; node = next[node]!) if (totalUs[node]! > 0) found.push(node);
    return found.sort((a, b) => totalUs[b]! - totalUs[a]!);
  };
  const cogs = new Set(profile.owners.map(cogOf));
  const open: Open[] = [];
  const place = (first: number, row: number, left: number, cog: string | undefined) => {
    let from = left;
    let [merged, mergedShare] = [0, 0];
    for (const node of siblings(first)) {
      const share = totalUs[node]! / all;
      if (share < leastShare) {
        merged++;
        mergedShare += share;
        continue;
      }
      const described = describe(profile, tree, node, cogs, cog);
      boxes.push({ ...described, row, from, share, merged: 0 });
      open.push({ node, row, from, cog: described.cog });
      from += share;
    }
    narrow += merged;
    if (merged > 0 && mergedShare >= leastShare) {
      boxes.push({ name: `+${merged}`, row, from, share: mergedShare, kind: 'group', merged });
    }
  };
  place(root, 0, 0, undefined);
  while (open.length > 0) {
    const { node, row, from, cog } = open.pop()!;
    if (child[node] === -1) continue;
    if (row + 1 < mostRows) place(child[node]!, row + 1, from, cog);
    else deepest = Math.max(deepest, levelsBelow(tree, { child, next }, node));
  }
  return { boxes, samples, deeper: deepest, narrow };
}

function describe(
  { frames }: Profile,
  { label, groups }: CallTree,
  node: number,
  cogs: ReadonlySet<string | undefined>,
  cogAbove: string | undefined,
): Pick<FlameBox, 'name' | 'kind' | 'cog'> {
  const index = label[node]!;
  const frame = frames[index];
  if (frame === undefined) {
    const name = groups[index - frames.length]!;
    const cog = cogAbove ?? (cogs.has(name) ? name : undefined);
    return { name, kind: 'group', ...(cog !== undefined && { cog }) };
  }
  const cog = frame.cog ?? (frame.kind === 'bot' ? cogAbove : undefined);
  return { name: functionName(frame), kind: frame.kind, ...(cog !== undefined && { cog }) };
}

function cogOf({ kind, name, cog }: Owner): string | undefined {
  return cog ?? (kind === 'cog' ? name : undefined);
}

/** How many levels there are below a node. */
function levelsBelow(
  { totalUs }: CallTree,
  { child, next }: { readonly child: Int32Array; readonly next: Int32Array },
  node: number,
): number {
  let level: number[] = [node];
  for (let depth = 0; ; depth++) {
    const below: number[] = [];
    for (const above of level) {
      for (let one = child[above]!; one !== -1; one = next[one]!) if (totalUs[one]! > 0) below.push(one);
    }
    if (below.length === 0) return depth;
    level = below;
  }
}
