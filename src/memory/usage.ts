import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

/** What the memory of this process goes to. */
export interface MemoryUsage {
  /** What the process has of the machine's memory. */
  readonly rssBytes: number;
  /** What objects take, those too that are garbage and have not been collected. */
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  /** Where V8 gives up. */
  readonly heapLimitBytes: number;
  /** What objects hold outside the heap, buffers included. */
  readonly externalBytes: number;
  readonly arrayBuffersBytes: number;
  /** The parts of the heap. */
  readonly spaces: readonly HeapSpace[];
}

export interface HeapSpace {
  readonly name: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

export function readUsage(): MemoryUsage {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return {
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    heapTotalBytes: heapTotal,
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
    spaces: heapSpaces(),
  };
}

/** Those that hold anything, the largest first. */
export function heapSpaces(): HeapSpace[] {
  return getHeapSpaceStatistics()
    .map(({ space_name, space_used_size, space_size }) => ({
      name: space_name.replace(/_space$/, '').replaceAll('_', ' '),
      usedBytes: space_used_size,
      totalBytes: space_size,
    }))
    .filter(({ usedBytes }) => usedBytes > 0)
    .sort((a, b) => b.usedBytes - a.usedBytes);
}
