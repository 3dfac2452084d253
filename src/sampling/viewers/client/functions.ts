import type { Label, Model } from './model.ts';
import type { Stacks } from './stacks.ts';
import { addCell, type Measured, nothing } from './tree.ts';

/** A function, wherever it was called. */
export interface FunctionTime {
  readonly label: Label;
  /** What it did by itself. */
  readonly self: Measured;
  /** With all that it called; where it calls itself, once. */
  readonly total: Measured;
}

/** All functions that are on a stack, those that did the most by themselves first. Not for inverted stacks. */
export function functionTimes(model: Model, stacks: Stacks): FunctionTime[] {
  const times = new Map<number, FunctionTime>();
  const lastSeen = new Int32Array(model.labels.length).fill(-1);
  for (let stack = 0; stack < stacks.cells.length; stack++) {
    const end = stacks.starts[stack + 1]!;
    for (let at = stacks.starts[stack]!; at < end; at++) {
      const index = stacks.labels[at]!;
      let time = times.get(index);
      if (time === undefined) {
        time = { label: model.labels[index]!, self: nothing(), total: nothing() };
        times.set(index, time);
      }
      if (lastSeen[index] !== stack) addCell(time.total, model, stacks.cells[stack]!);
      lastSeen[index] = stack;
      if (at === end - 1) addCell(time.self, model, stacks.cells[stack]!);
    }
  }
  return [...times.values()].sort(
    (a, b) => b.self.weightUs - a.self.weightUs || a.label.index - b.label.index,
  );
}

/** Who a function is called by, or what it calls, with the time that it took then; the most first. */
export interface Neighbour {
  readonly label: Label;
  readonly measured: Measured;
}

export interface Neighbours {
  readonly callers: readonly Neighbour[];
  readonly callees: readonly Neighbour[];
}

/** Not for inverted stacks. */
export function neighboursOf(model: Model, stacks: Stacks, index: number): Neighbours {
  const callers = new Map<number, Measured>();
  const callees = new Map<number, Measured>();
  for (let stack = 0; stack < stacks.cells.length; stack++) {
    const start = stacks.starts[stack]!;
    const end = stacks.starts[stack + 1]!;
    const above = new Set<number>();
    const below = new Set<number>();
    for (let at = start; at < end; at++) {
      if (stacks.labels[at] !== index) continue;
      if (at > start) above.add(stacks.labels[at - 1]!);
      if (at + 1 < end) below.add(stacks.labels[at + 1]!);
    }
    for (const label of above) addTo(callers, model, label, stacks.cells[stack]!);
    for (const label of below) addTo(callees, model, label, stacks.cells[stack]!);
  }
  return { callers: heaviest(model, callers), callees: heaviest(model, callees) };
}

function addTo(sums: Map<number, Measured>, model: Model, label: number, cell: number): void {
  let sum = sums.get(label);
  if (sum === undefined) sums.set(label, (sum = nothing()));
  addCell(sum, model, cell);
}

function heaviest(model: Model, sums: ReadonlyMap<number, Measured>): Neighbour[] {
  return [...sums]
    .map(([label, measured]) => ({ label: model.labels[label]!, measured }))
    .sort((a, b) => b.measured.weightUs - a.measured.weightUs || a.label.index - b.label.index);
}
