import { sentence, someOf } from '../../render/text.ts';
import type { Summary } from '../../store/summary.ts';

const MOST_SHARDS_NAMED = 10;

/** What is missing of the figures. */
export function missing({ missingShards, problem }: Pick<Summary, 'missingShards' | 'problem'>): string[] {
  return [
    ...(missingShards.length > 0 ? [`⚠ Without what did not answer: ${shardList(missingShards)}.`] : []),
    ...(problem === undefined
      ? []
      : [`⚠ The store does not answer: only what is in memory. ${sentence(problem)}`]),
  ];
}

export function shardList(shards: readonly number[]): string {
  return `${shards.length === 1 ? 'shard' : 'shards'} ${someOf(shards.map(String), MOST_SHARDS_NAMED)}`;
}
