import { monotonicNs } from '../../cog/clock.ts';
import type { Collected, Collecting, Collector } from '../collectors/collector.ts';
import { COLLECTORS } from '../collectors/index.ts';
import type { Counter } from '../profile.ts';

const EVERY_MS = 250;
const US_PER_NS = 1e-3;
/** Of a reading: whose it is, when, in ns of the monotonic clock, and what it was. */
const FIELDS = 3;

/** What a counter is called. */
export type CounterName = Required<Pick<Collector, 'name' | 'unit'>>;

/** Reads all collectors again and again, until it is disposed of. */
export class Counters implements Disposable {
  readonly #collecting: Collecting[] = [];
  readonly #timer: NodeJS.Timeout;
  #readings: number[] = [];

  /** @param own those of the bot's owner */
  constructor(bot: Collected, own: readonly Collector[]) {
    for (const start of COLLECTORS) this.#collecting.push(...[start(bot) ?? []].flat());
    this.#collecting.push(...own);
    this.#timer = setInterval(() => this.#read(), EVERY_MS).unref();
  }

  get names(): CounterName[] {
    return this.#collecting.map(({ name, unit = '' }) => ({ name, unit }));
  }

  /** Gives away what was read since the last time. */
  take(): Float64Array<ArrayBuffer> {
    const readings = Float64Array.from(this.#readings);
    this.#readings = [];
    return readings;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const collecting of this.#collecting) collecting[Symbol.dispose]?.();
  }

  #read(): void {
    const nowNs = monotonicNs();
    this.#collecting.forEach((collecting, index) => {
      try {
        const value = collecting.read();
        if (Number.isFinite(value)) this.#readings.push(index, nowNs, value);
      } catch {
        // It may be the owner's.
      }
    });
  }
}

/** What was read in some time, by counter; those of which nothing was are left out. Times are of the monotonic clock. */
export function countersOf(
  names: readonly CounterName[],
  readings: readonly Float64Array[],
  { fromUs, toUs, shard }: { readonly fromUs: number; readonly toUs: number; readonly shard: number },
): Counter[] {
  const columns = names.map(() => ({ atUs: [] as number[], value: [] as number[] }));
  for (const some of readings) {
    for (let at = 0; at < some.length; at += FIELDS) {
      const us = some[at + 1]! * US_PER_NS;
      const column = columns[some[at]!];
      if (column === undefined || us < fromUs || us > toUs) continue;
      column.atUs.push(Math.round(us - fromUs));
      column.value.push(some[at + 2]!);
    }
  }
  return names.flatMap(({ name, unit }, index): Counter[] => {
    const { atUs, value } = columns[index]!;
    if (atUs.length === 0) return [];
    return [{ name, unit, shard, atUs: Float64Array.from(atUs), value: Float64Array.from(value) }];
  });
}
