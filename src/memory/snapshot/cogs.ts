import { Classes } from './classes.ts';
import { type CogsOfSites, codeOfCogs } from './code.ts';
import type { ObjectRow } from './describe.ts';
import type { Heap } from './heap.ts';
import { holdingsOf, type SharedRow } from './holders.ts';
import { largestByOwner } from './largest.ts';
import { marksOf } from './marks.ts';

const LARGEST_OF_COG = 5;
export const MOST_CLASSES = 2_000;
const MOST_SHARED = 50;

/** How many objects of a class there are, and what they take themselves. */
export interface ClassSize {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** What a cog holds. */
export interface CogMemory {
  readonly cog: string;
  /** What only it keeps alive, in bytes. */
  readonly bytes: number;
  readonly objects: number;
  /** What it keeps alive together with other cogs, and nobody else does. */
  readonly sharedBytes: number;
  /** Of what only it keeps alive, the largest first; up to 2,000. */
  readonly classes: readonly ClassSize[];
  /** The objects that keep the most of it alive. */
  readonly largest: readonly ObjectRow[];
}

/** The memory of a heap by cog. All bytes are in one of `cogs`, in `shared`, or in `restBytes`. */
export interface CogsReport {
  /** The most bytes first. */
  readonly cogs: readonly CogMemory[];
  /** What several cogs keep alive together and nobody else does; the fifty largest. */
  readonly shared: readonly SharedRow[];
  readonly sharedBytes: number;
  /** What is there without any cog: the bot's own, discord.js, packages, Node. */
  readonly restBytes: number;
  readonly restObjects: number;
  /** By class, of all that is no single cog's; up to 2,000. */
  readonly restClasses: readonly ClassSize[];
}

/**
 * What each cog holds. Its own from the start are the objects that were marked when the snapshot was taken (its
 * commands, instances, exports), its functions and their variables. What is a cog's follows from that as `holdingsOf`
 * says. Hence:
 *
 * - What a cog gets from another one's module stays the other's, unless the bot has it as well.
 * - A collection that holds all commands, and the profiler with its proxies, are the bot's, and make nothing shared.
 * - What a package keeps in variables of its own is the bot's, also where one cog only uses it; what it has made for a
 *   cog, and only that refers to, is the cog's.
 * - What a cog hands to discord.js or to the bot, and these keep, is theirs: so are its objects in their caches.
 * @returns undefined where the snapshot was not taken by this package, and no code is known as a cog's
 */
export async function cogsOf(heap: Heap, cogsOfSites: CogsOfSites): Promise<CogsReport | undefined> {
  const { graph, retainedSizes } = heap;
  const marks = marksOf(graph);
  const code = await codeOfCogs(heap, cogsOfSites);
  const names = [...new Set([...(marks?.cogs.keys() ?? []), ...code.keys()])];
  if (names.length === 0) return undefined;
  const { holders, shared, owners } = holdingsOf(
    heap,
    names.map((name) => ({
      name,
      nodes: [...(marks?.cogs.get(name) ?? []), ...(code.get(name)?.nodes ?? [])],
      handedOut: [...(marks?.exported.get(name) ?? []), ...(code.get(name)?.exported ?? [])],
    })),
    marks?.nobodys,
  );
  const classes = classesByOwner(heap, owners, names.length);
  const largest = largestByOwner(heap, owners, names.length, LARGEST_OF_COG);
  const cogs = holders.map(({ name, exclusiveBytes, objects, sharedBytes }, index) => ({
    cog: name,
    bytes: exclusiveBytes,
    objects,
    sharedBytes,
    classes: classes[index + 1]!,
    largest: largest[index + 1]!,
  }));
  const sum = (of: (row: { bytes: number; objects: number }) => number) =>
    [...cogs, ...shared].reduce((total, row) => total + of(row), 0);
  return {
    cogs: cogs.sort((a, b) => b.bytes - a.bytes),
    shared: shared.slice(0, MOST_SHARED),
    sharedBytes: shared.reduce((total, { bytes }) => total + bytes, 0),
    restBytes: retainedSizes[graph.root]! - sum(({ bytes }) => bytes),
    restObjects: graph.nodeCount - sum(({ objects }) => objects),
    restClasses: classes[0]!,
  };
}

/** Of each owner, from 0 on, the classes of what it has, those that take the most first. */
function classesByOwner({ graph }: Heap, owners: Uint32Array, count: number): ClassSize[][] {
  const classes = new Classes(graph);
  const sizes = Array.from({ length: count + 1 }, () => new Map<number, { count: number; bytes: number }>());
  for (let node = 0; node < graph.nodeCount; node++) {
    const bytes = graph.sizeOf(node);
    if (bytes === 0) continue;
    const ofOwner = sizes[owners[node]!]!;
    const number = classes.of(node);
    const size = ofOwner.get(number);
    if (size === undefined) ofOwner.set(number, { count: 1, bytes });
    else {
      size.count++;
      size.bytes += bytes;
    }
  }
  return sizes.map((ofOwner) =>
    [...ofOwner]
      .map(([number, size]) => ({ name: classes.names[number]!, ...size }))
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, MOST_CLASSES),
  );
}
