const DISCORD_EPOCH_MS = 1_420_070_400_000;
const LOW_BITS = 22n;

/** Ids as Discord makes them: the clock in the high bits (clients read it), rising within a millisecond. */
export class Snowflakes {
  readonly #now: () => number;
  #lastMs = 0;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const ms = Math.max(this.#now(), this.#lastMs);
    this.#count = ms === this.#lastMs ? this.#count + 1 : 0;
    this.#lastMs = ms;
    return snowflakeAt(ms, this.#count);
  }
}

export function snowflakeAt(epochMs: number, count = 0): string {
  return ((BigInt(Math.floor(epochMs) - DISCORD_EPOCH_MS) << LOW_BITS) | BigInt(count)).toString();
}

export function snowflakeEpochMs(id: string): number {
  return Number(BigInt(id) >> LOW_BITS) + DISCORD_EPOCH_MS;
}

export function shardOf(guildId: string, shardCount: number): number {
  return Number((BigInt(guildId) >> LOW_BITS) % BigInt(shardCount));
}

/** Orders ids by age without BigInt: longer is newer. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
