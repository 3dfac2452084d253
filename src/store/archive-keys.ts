import type { Span } from './levels.ts';

const KEY_PREFIX = 'cogscope:v1';
/** Read or deleted in one go: a store may unpack all of them before the loop turns. */
const KEYS_AT_ONCE = 8;

/** The writer of an archive: a process of the bot, named by the first of its shards. */
export interface Shard {
  /** Id of the bot's application. */
  readonly application: string;
  readonly shard: number;
}

export type GetMany = (keys: readonly string[]) => Promise<(string | undefined)[]>;

function keyOf({ application, shard }: Shard, what: string): string {
  return `${KEY_PREFIX}:${application}:${shard}:${what}`;
}

export function keyOfState(shard: Shard): string {
  return keyOf(shard, 'state');
}

export function keyOfSpan(shard: Shard, { level, index }: Span): string {
  return keyOf(shard, `${level.name}:${index}`);
}

/** As many as are asked of a store at once. */
export function* batches<T>(items: readonly T[]): Iterable<T[]> {
  for (let at = 0; at < items.length; at += KEYS_AT_ONCE) yield items.slice(at, at + KEYS_AT_ONCE);
}
