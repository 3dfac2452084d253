import type * as inspector from 'node:inspector';
import { monotonicNs } from '../../cog/clock.ts';
import { SliceLength } from './slice-length.ts';

const NS_PER_MS = 1e6;
const NS_PER_US = 1e3;

/** What V8 is told to call a slice of a recording that is made from within the bot. */
export function sliceTitle(slice: number): string {
  return `cogscope ${slice}`;
}

/** Whether it is one of these: V8 tells each session of all that is recorded, also for others. */
export function isSliceTitle(title: string): boolean {
  return /^cogscope \d+$/.test(title);
}

/** V8's side of the inspector's console; the bot's own console is left alone. */
type ProfilerConsole = Pick<inspector.InspectorConsole, 'profile' | 'profileEnd'>;

export interface Slice {
  readonly title: string;
  /** Between these two it has begun, in µs of the monotonic clock. */
  readonly beforeUs: number;
  readonly afterUs: number;
}

/**
 * Has V8 record in slices, each begun before the one before it ends: so there is no gap, its profiler stays, and what
 * it writes out in one go holds the loop for some ms only.
 */
export class Slicer {
  readonly #console: ProfilerConsole;
  #count = 0;
  #current: Slice | undefined;
  readonly #length: SliceLength;

  /** @param mostMs how long a slice may last */
  constructor(console: ProfilerConsole, intervalUs: number, mostMs?: number) {
    this.#console = console;
    this.#length = new SliceLength(intervalUs, mostMs);
  }

  /** How long the present slice is to last. */
  get sliceMs(): number {
    return this.#length.ms;
  }

  /** Begins the first one. @returns how long V8 took for it, in ms: it looks at all code that there is */
  start(): number {
    const startedNs = monotonicNs();
    this.#begin();
    return (monotonicNs() - startedNs) / NS_PER_MS;
  }

  /** Begins the next one. @returns the one that is over */
  rotate(): Slice {
    const over = this.#current!;
    this.#begin();
    this.#length.learn(this.#end(over));
    return over;
  }

  /** @returns the last one; undefined where there is none */
  stop(): Slice | undefined {
    const over = this.#current;
    this.#current = undefined;
    if (over !== undefined) this.#end(over);
    return over;
  }

  #begin(): void {
    const title = sliceTitle(this.#count++);
    const beforeUs = monotonicNs() / NS_PER_US;
    this.#console.profile(title);
    this.#current = { title, beforeUs, afterUs: monotonicNs() / NS_PER_US };
  }

  #end({ title }: Slice): number {
    const startedNs = monotonicNs();
    this.#console.profileEnd(title);
    return (monotonicNs() - startedNs) / NS_PER_MS;
  }
}
