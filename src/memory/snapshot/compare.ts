import { Classes } from './classes.ts';
import type { Heap } from './heap.ts';
import { IdSet } from './id-set.ts';

/** What is wanted of a snapshot to compare another one with it: 16 bytes an object. The heap itself can go. */
export interface Census {
  readonly ids: Uint32Array;
  /** Of each object the class, an index of `names`. */
  readonly classes: Uint32Array;
  readonly sizes: Float64Array;
  readonly names: readonly string[];
}

/** How a class has changed from one snapshot to a later one. */
export interface ClassChange {
  readonly name: string;
  /** Objects that only the later one has. */
  readonly newCount: number;
  readonly newBytes: number;
  /** Objects that only the earlier one has. */
  readonly freedCount: number;
  readonly freedBytes: number;
  readonly countDelta: number;
  /** Shallow sizes: those of new objects, less those of freed ones, and what the others have grown by. */
  readonly bytesDelta: number;
}

export interface Comparison {
  /** Those that have grown the most first, then those that have shrunk. What has not changed is left out. */
  readonly rows: readonly ClassChange[];
  readonly countDelta: number;
  readonly bytesDelta: number;
  /**
   * Of the objects that both have by their ids, how many are of the same class, from 0 to 1. It is near 1 where both
   * snapshots come from one process. Else ids mean nothing, and new and freed objects cannot be told.
   */
  readonly agreement: number;
}

/** Below this two snapshots do not come from one process. */
const LEAST_AGREEMENT = 0.9;
/** So many ids tell whether they do. */
const SAMPLES = 10_000;

export function censusOf({ graph }: Heap): Census {
  const classes = new Classes(graph);
  let count = 0;
  for (let node = 0; node < graph.nodeCount; node++) if (graph.sizeOf(node) > 0) count++;
  const ids = new Uint32Array(count);
  const numbers = new Uint32Array(count);
  const sizes = new Float64Array(count);
  let at = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const size = graph.sizeOf(node);
    if (size === 0) continue;
    ids[at] = graph.nodeIds[node]!;
    numbers[at] = classes.of(node);
    sizes[at++] = size;
  }
  return { ids, classes: numbers, sizes, names: classes.names };
}

/** What has come, gone and grown between two snapshots of one process: V8 gives an object one id for its life. */
export function compare(before: Census, after: Census): Comparison {
  const changes = new Map<string, Mutable<ClassChange>>();
  const add = (census: Census, other: IdSet, sign: 1 | -1) => {
    const known = census.names.map((name) => {
      const change = changes.get(name) ?? emptyChange(name);
      changes.set(name, change);
      return change;
    });
    for (let index = 0; index < census.ids.length; index++) {
      const change = known[census.classes[index]!]!;
      const size = census.sizes[index]!;
      change.countDelta += sign;
      change.bytesDelta += sign * size;
      if (other.has(census.ids[index]!)) continue;
      if (sign === 1) {
        change.newCount++;
        change.newBytes += size;
      } else {
        change.freedCount++;
        change.freedBytes += size;
      }
    }
  };
  add(before, new IdSet(after.ids), -1);
  add(after, new IdSet(before.ids), 1);
  const rows = [...changes.values()]
    .filter(({ newCount, freedCount, bytesDelta }) => newCount > 0 || freedCount > 0 || bytesDelta !== 0)
    .sort((a, b) => b.bytesDelta - a.bytesDelta || b.countDelta - a.countDelta);
  return {
    rows,
    countDelta: after.ids.length - before.ids.length,
    bytesDelta: sum(after.sizes) - sum(before.sizes),
    agreement: agreementOf(before, after),
  };
}

/** Whether ids mean the same in both, so that new objects can be told from old ones. */
export function isOfOneProcess({ agreement }: Comparison): boolean {
  return agreement >= LEAST_AGREEMENT;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function emptyChange(name: string): Mutable<ClassChange> {
  return { name, newCount: 0, newBytes: 0, freedCount: 0, freedBytes: 0, countDelta: 0, bytesDelta: 0 };
}

function sum(sizes: Float64Array): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function agreementOf(before: Census, after: Census): number {
  const step = Math.max(1, Math.floor(before.ids.length / SAMPLES));
  const sampled = new Map<number, string>();
  for (let index = 0; index < before.ids.length; index += step)
    sampled.set(before.ids[index]!, before.names[before.classes[index]!]!);
  let common = 0;
  let same = 0;
  for (let index = 0; index < after.ids.length; index++) {
    const name = sampled.get(after.ids[index]!);
    if (name === undefined) continue;
    common++;
    if (name === after.names[after.classes[index]!]) same++;
  }
  return common === 0 ? 0 : same / common;
}
