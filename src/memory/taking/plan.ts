import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { ProfilerError } from '../../errors.ts';
import { type ExpectedPause, Pauses, SNAPSHOT_MS_PER_MIB } from '../pause.ts';

/**
 * What V8 takes beside the heap while it writes a snapshot, in bytes for each one of the heap: 440 for each object, and
 * small objects take 36 each. A heap of usual objects needs some 8, one of long texts next to nothing.
 */
const MOST_MEMORY_FACTOR = 12;
/** The heap changes from one snapshot to the next, and so does what is in it. */
const MARGIN = 1.3;
/** The file, in bytes for each one of the heap: 1.5 is usual, 1.9 was the most. */
const MOST_FILE_FACTOR = 2;

/** What is asked of the machine before a snapshot is taken. */
export interface Machine {
  heapUsedBytes(): number;
  /** What this process may still take, by the limits of its container too. */
  freeMemoryBytes(): number;
  freeDiskBytes(folder: string): Promise<number>;
  /** The most memory that this process ever took, and what it takes now. */
  residentBytes(): { readonly most: number; readonly now: number };
}

export const MACHINE: Machine = {
  heapUsedBytes: () => process.memoryUsage().heapUsed,
  // The first knows of the container's limit and not of what others have taken, the second the other way round.
  freeMemoryBytes: () => Math.min(process.availableMemory(), freemem()),
  freeDiskBytes: async (folder) => {
    const { bavail, bsize } = await statfs(await nearestFolder(folder));
    return bavail * bsize;
  },
  residentBytes: () => ({ most: process.resourceUsage().maxRSS * 1_024, now: process.memoryUsage.rss() }),
};

/** The folder itself may not be there yet. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await statfs(at).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(at) === at) return at;
  }
}

/** What a snapshot would take now. */
export interface SnapshotPlan {
  /** For how long the bot does nothing else. */
  readonly pause: ExpectedPause;
  /** What may be needed at most, beside what is in use. */
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly fileBytes: number;
  readonly freeDiskBytes: number;
  /** Where the file would be. */
  readonly folder: string;
  /** What there is too little of; undefined where it can be taken. */
  readonly lacks: 'memory' | 'disk' | undefined;
}

/** Tells what a snapshot takes: by what is usual, and after the first one by what that took. */
export class SnapshotPlanner {
  readonly #machine: Machine;
  readonly #pauses = new Pauses(SNAPSHOT_MS_PER_MIB);
  #memoryFactor = MOST_MEMORY_FACTOR;

  /** @param machine what is asked for free memory and disk space */
  constructor(machine = MACHINE) {
    this.#machine = machine;
  }

  /** @throws ProfilerError SNAPSHOT_REFUSED, with the figures */
  async check(folder: string): Promise<void> {
    const plan = await this.plan(folder);
    if (plan.lacks === 'memory')
      throw new ProfilerError('SNAPSHOT_REFUSED', 'memory', plan.memoryBytes, plan.freeMemoryBytes);
    if (plan.lacks === 'disk')
      throw new ProfilerError('SNAPSHOT_REFUSED', 'the disk', plan.fileBytes, plan.freeDiskBytes);
  }

  async plan(folder: string): Promise<SnapshotPlan> {
    const heapBytes = this.#machine.heapUsedBytes();
    const memoryBytes = heapBytes * this.#memoryFactor;
    const freeMemoryBytes = this.#machine.freeMemoryBytes();
    const fileBytes = heapBytes * MOST_FILE_FACTOR;
    const freeDiskBytes = await this.#machine.freeDiskBytes(folder);
    const lacks = freeMemoryBytes < memoryBytes ? 'memory' : freeDiskBytes < fileBytes ? 'disk' : undefined;
    const pause = this.#pauses.expected(heapBytes);
    return { pause, memoryBytes, freeMemoryBytes, fileBytes, freeDiskBytes, folder, lacks };
  }

  /** Runs what writes a snapshot, and remembers what it took. */
  during(write: () => void): { readonly pauseMs: number } {
    const before = this.#machine.residentBytes();
    const heapBytes = this.#machine.heapUsedBytes();
    const { pauseMs } = this.#pauses.during(write);
    const { most } = this.#machine.residentBytes();
    // Where the process had taken more before, this one's peak is not to be seen.
    if (most > before.most)
      this.#memoryFactor = Math.min(MOST_MEMORY_FACTOR, ((most - before.now) / heapBytes) * MARGIN);
    return { pauseMs };
  }
}
