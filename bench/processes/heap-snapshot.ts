import { createRequire } from 'node:module';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { serve } from '../child.ts';
import { cogsOf, openHeap } from '../internals.ts';

/** Writes a snapshot, or analyses one in one way or another. */

export interface Analysed {
  readonly ms: number;
  /** The most that the process had in memory. */
  readonly peakBytes: number;
  /** What the Map retains that retains the most. */
  readonly largestBytes: number;
}

/** As far as it is used here. */
interface Memlab {
  readonly config: { muteConsole: boolean };
  getFullHeapFromFile(file: string): Promise<{
    readonly nodes: {
      forEach(
        visit: (node: {
          readonly type: string;
          readonly name: string;
          readonly retainedSize: number;
        }) => void,
      ): void;
    };
  }>;
}

const api = {
  /** A heap with so many objects of five parts each. */
  write(file: string, songs: number): void {
    const songsByName = new Map(
      Array.from({ length: songs }, (_, index) => [
        `song:${index}`,
        {
          title: `song ${index}`,
          artist: { name: `artist ${index % 5_000}`, tags: ['loud', 'new', index] },
          plays: [index, index + 0.5],
          likes: index * 1.5,
        },
      ]),
    );
    writeHeapSnapshot(file);
    if (songsByName.size !== songs) throw new Error('There must be something in the heap.');
  },

  /** @param byCog whether what each file holds is found too, as if it were a cog */
  async ours(file: string, byCog: boolean): Promise<Analysed> {
    const startedAtMs = performance.now();
    const heap = await openHeap(file);
    const { graph, retainedSizes } = heap;
    if (byCog) {
      const found = await cogsOf(heap, async (sites) => sites.map(({ script }) => script));
      if (found === undefined) throw new Error('There must be code of some file in the heap.');
    }
    const ms = performance.now() - startedAtMs;
    const peakBytes = peak();
    let largestBytes = 0;
    for (let node = 0; node < graph.nodeCount; node++) {
      if (retainedSizes[node]! <= largestBytes || graph.nodeKindNameOf(node) !== 'object') continue;
      if (graph.nameText(node) === 'Map') largestBytes = retainedSizes[node]!;
    }
    return { ms, peakBytes, largestBytes };
  },

  async memlab(file: string, folder: string): Promise<Analysed> {
    const load = createRequire(join(folder, 'package.json'));
    const part = (name: string) => load(`@memlab/${name}`) as Memlab;
    const { config } = part('core');
    const { getFullHeapFromFile } = part('heap-analysis');
    config.muteConsole = true;
    const startedAtMs = performance.now();
    const { nodes } = await getFullHeapFromFile(file);
    const ms = performance.now() - startedAtMs;
    const peakBytes = peak();
    let largestBytes = 0;
    nodes.forEach(({ type, name, retainedSize }) => {
      if (type === 'object' && name === 'Map') largestBytes = Math.max(largestBytes, retainedSize);
    });
    return { ms, peakBytes, largestBytes };
  },
};
export type HeapSnapshotProcess = typeof api;
serve(api);

function peak(): number {
  return process.resourceUsage().maxRSS * 1_024;
}
