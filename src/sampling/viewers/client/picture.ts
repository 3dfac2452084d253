import { CHANGES, type ColourBy, labelColour } from './colours.ts';
import { type Change, changeOf, goneStacks, growthOf, recordedBy } from './compare.ts';
import { type Layout, layOut } from './layout.ts';
import type { Label, Model } from './model.ts';
import { type Found, find, matcher } from './search.ts';
import { type Stacks, stacksOf, type View } from './stacks.ts';
import { shown } from './text.ts';
import { type Measured, pathTo, Tree, type TreeNode } from './tree.ts';
import { type Words, wordsOf } from './words.ts';

export interface Look {
  readonly colourBy: ColourBy;
  readonly isRootBelow: boolean;
  /** What is narrower, as a share of the picture, becomes one box. */
  readonly smallest: number;
  /** Of two recordings: what there is now, or what there no longer is. */
  readonly side: 'now' | 'gone';
}

const FIRST_VIEW: View = {
  mode: 'cpu',
  thread: undefined,
  shard: undefined,
  cog: undefined,
  groupBy: 'cog',
  isInverted: false,
  isFolded: true,
};

/** Narrower than that, a box is not seen. */
const THINNEST_PX = 1;
/** From here on a change is drawn in its full colour. */
const GREAT_CHANGE = 0.25;

/** What is drawn, and all that follows from what the person chose. It knows of no page. */
export class Picture {
  readonly model: Model;
  readonly words: Words;
  view = FIRST_VIEW;
  look: Look;
  query = '';
  stacks!: Stacks;
  tree!: Tree;
  /** Where the picture begins. */
  top!: TreeNode;
  found: Found | undefined;
  /** All that was recorded of what the filters let through. */
  recorded!: Measured;

  constructor(model: Model) {
    this.model = model;
    this.words = wordsOf(model);
    this.look = { colourBy: 'cog', isRootBelow: false, smallest: model.smallestShare, side: 'now' };
    this.#build([]);
  }

  get isComparison(): boolean {
    return this.model.runs.length > 1;
  }

  show(view: Partial<View>): void {
    const path = pathTo(this.top).map(({ label }) => label);
    const isOtherWay = view.isInverted !== undefined && view.isInverted !== this.view.isInverted;
    this.view = { ...this.view, ...view };
    this.#build(isOtherWay ? [] : path);
  }

  change(look: Partial<Look>): void {
    const isOtherSide = look.side !== undefined && look.side !== this.look.side;
    this.look = { ...this.look, ...look };
    if (isOtherSide) this.#build([]);
  }

  search(query: string): void {
    this.query = query;
    const matches = matcher(query);
    this.found = matches === undefined ? undefined : find(this.model, this.stacks, matches);
  }

  labelOf(node: TreeNode): Label | undefined {
    return this.model.labels[node.label];
  }

  nameOf(node: TreeNode): string {
    return shown(this.labelOf(node)?.name ?? (this.look.side === 'gone' ? 'all that is gone' : 'all'), 500);
  }

  layout(widthPx: number): Layout {
    const smallest = Math.max(this.look.smallest, THINNEST_PX / Math.max(1, widthPx));
    return layOut(this.tree, this.top, smallest, this.widthOf);
  }

  readonly widthOf = (node: Measured): number =>
    this.look.side === 'gone' ? node.baseWeightUs : node.weightUs;

  /** The share of all that is drawn when nothing is zoomed into. */
  shareOf(measured: Measured): number {
    return this.widthOf(measured) / this.widthOf(this.tree.root);
  }

  samplesOf(measured: Measured): number {
    return this.look.side === 'gone' ? measured.baseCount : measured.count;
  }

  changeOf(node: Measured): Change {
    return changeOf(node, this.recorded);
  }

  colourOf(node: TreeNode): string {
    const label = this.labelOf(node);
    if (!this.isComparison)
      return label === undefined ? '#b3bac6' : labelColour(this.model, label, this.look.colourBy);
    // In the picture of what is gone, what leads there is still there.
    if (this.look.side === 'gone')
      return node.depth >= this.#goneFrom(node) ? CHANGES.gone.colour : CHANGES.noise.colour;
    const change = this.changeOf(node);
    return Math.abs(growthOf(node, this.recorded)) < GREAT_CHANGE
      ? CHANGES[change].faint
      : CHANGES[change].colour;
  }

  /** The tree of both recordings, where the one that is drawn is of what is gone. */
  #before: Tree | undefined;

  #build(path: readonly number[]): void {
    this.stacks = stacksOf(this.model, this.view);
    this.tree = new Tree(this.model, this.stacks);
    this.recorded = recordedBy(this.model, this.view);
    this.#before = undefined;
    if (this.isComparison && this.look.side === 'gone') {
      this.#before = this.tree;
      this.stacks = goneStacks(this.stacks, this.tree);
      this.tree = new Tree(this.model, this.stacks);
    }
    this.top = this.tree.follow(path);
    this.search(this.query);
  }

  /** How deep the newer recording still follows the way to a node. */
  #goneFrom(node: TreeNode): number {
    let at = this.#before!.root;
    for (const { label } of pathTo(node)) {
      const next = this.#before!.childrenOf(at).find((child) => child.label === label);
      if (next === undefined || next.count === 0) return at.depth + 1;
      at = next;
    }
    return Number.POSITIVE_INFINITY;
  }
}
