import type { Label, Model } from './model.ts';
import type { Stacks } from './stacks.ts';
import { endOfPath } from './text.ts';
import { addCell, type Measured, nothing } from './tree.ts';

/** Whether something is what was searched for. */
export type Matcher = (label: Label) => boolean;

const COG = /^cog:\s*(.*)$/i;
const LINE = /^(.+):(\d+)$/;

/**
 * What is found by a query: the functions of a cog by `cog:music`, those that were running on a line by
 * `play.js:42`, else those whose name or file has it. Undefined for nothing.
 */
export function matcher(query: string): Matcher | undefined {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return undefined;
  const cog = COG.exec(wanted);
  if (cog !== null) return (label) => label.cog.toLowerCase() === cog[1];
  const place = LINE.exec(wanted);
  if (place !== null) {
    const line = Number(place[2]);
    return (label) =>
      label.file.toLowerCase().endsWith(place[1]!) &&
      (label.line === line || label.lines.some((hits) => hits.line === line));
  }
  return ({ name, file }) => name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted);
}

/** What leads to a function again. */
export function queryFor({ name, file, line }: Label): string {
  return file === '' || line === 0 ? name : `${endOfPath(file)}:${line}`;
}

export interface Found {
  /** By the index of the label: whether it was searched for. */
  readonly isFound: Uint8Array;
  readonly labelCount: number;
  /** The samples that have one of them on their stack. */
  readonly measured: Measured;
}

export function find(model: Model, stacks: Stacks, matches: Matcher): Found {
  const isFound = Uint8Array.from(model.labels, (label) => (matches(label) ? 1 : 0));
  const seen = new Set<number>();
  const measured = nothing();
  for (let stack = 0; stack < stacks.cells.length; stack++) {
    let isInside = false;
    for (let at = stacks.starts[stack]!; at < stacks.starts[stack + 1]!; at++) {
      const label = stacks.labels[at]!;
      if (isFound[label] === 0) continue;
      seen.add(label);
      isInside = true;
    }
    if (isInside) addCell(measured, model, stacks.cells[stack]!);
  }
  return { isFound, labelCount: seen.size, measured };
}
