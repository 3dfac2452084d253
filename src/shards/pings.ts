import type { Client } from 'discord.js';

/** How long the last heartbeat of a shard took, in ms; null before the first one. */
export interface ShardPing {
  readonly shard: number;
  readonly pingMs: number | null;
}

/** Of discord.js 14 and of what comes after it. */
interface ClientLike {
  readonly ws?: { readonly shards?: ReadonlyMap<number, { readonly ping: number }> };
  readonly pings?: ReadonlyMap<number, number | null>;
}

/** Of each shard in this process: never an average of several. */
export function shardPings(client: Client): ShardPing[] {
  const { ws, pings } = client as unknown as ClientLike;
  const known: Iterable<readonly [number, number | null]> =
    pings ?? [...(ws?.shards ?? [])].map(([shard, { ping }]) => [shard, ping] as const);
  return [...known].map(([shard, ping]) => ({ shard, pingMs: ping === null || ping < 0 ? null : ping }));
}
