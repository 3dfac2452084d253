import type { Tree, TreeNode } from './tree.ts';

/** A rectangle of the picture. Positions are shares of its width. */
export interface Box {
  readonly x: number;
  readonly width: number;
  /** 0 is where the picture begins. */
  readonly row: number;
  /** What it stands for; of several that are small, whom they are called by. */
  readonly node: TreeNode;
  /** How many it stands for that are too small to be drawn one by one. */
  readonly smallCount: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly rowCount: number;
}

/** How wide a node is drawn. */
export type WidthOf = (node: TreeNode) => number;

/**
 * Where everything is, from a node on, which is as wide as the picture.
 * @param smallest a share of the width: what is narrower becomes one box, at the end of those that have the same caller
 */
export function layOut(tree: Tree, top: TreeNode, smallest: number, widthOf: WidthOf): Layout {
  const boxes: Box[] = [];
  const whole = widthOf(top);
  let rowCount = 0;
  if (whole <= 0) return { boxes, rowCount };
  const first = top.parent === undefined ? 0 : 1;
  if (first === 1) boxes.push({ x: 0, width: 1, row: 0, node: top, smallCount: 0 });
  const waiting = [{ node: top, x: 0, row: first }];
  rowCount = first;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let { x } = next;
    let small = 0;
    let smallCount = 0;
    for (const child of tree.childrenOf(next.node)) {
      const width = widthOf(child) / whole;
      if (width <= 0) continue;
      if (width < smallest) {
        small += width;
        smallCount++;
        continue;
      }
      boxes.push({ x, width, row: next.row, node: child, smallCount: 0 });
      waiting.push({ node: child, x, row: next.row + 1 });
      x += width;
      rowCount = Math.max(rowCount, next.row + 1);
    }
    if (smallCount > 0) {
      boxes.push({ x, width: small, row: next.row, node: next.node, smallCount });
      rowCount = Math.max(rowCount, next.row + 1);
    }
  }
  return { boxes, rowCount };
}

/** The box at a point; undefined where there is none. */
export function boxAt({ boxes }: Layout, x: number, row: number): Box | undefined {
  return boxes.find((box) => box.row === row && x >= box.x && x < box.x + box.width);
}

export type Direction = 'left' | 'right' | 'in' | 'out';

/** Where an arrow leads from a box: to the next one in its row, the widest that it calls, or its caller. */
export function neighbour({ boxes }: Layout, from: Box, direction: Direction): Box | undefined {
  if (direction === 'in') {
    const callees = boxes.filter(
      ({ row, x, width }) =>
        row === from.row + 1 && x >= from.x - ROUNDING && x + width <= from.x + from.width + ROUNDING,
    );
    return callees.reduce<Box | undefined>(
      (best, box) => (best === undefined || box.width > best.width ? box : best),
      undefined,
    );
  }
  if (direction === 'out') {
    const middle = from.x + from.width / 2;
    return boxes.find((box) => box.row === from.row - 1 && middle >= box.x && middle < box.x + box.width);
  }
  const row = boxes.filter((box) => box.row === from.row).sort((a, b) => a.x - b.x);
  return row[row.indexOf(from) + (direction === 'left' ? -1 : 1)];
}

/** Sums of shares differ in the last digits. */
const ROUNDING = 1e-9;
