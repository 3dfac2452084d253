import type { KnownInteraction } from '../rest/call.ts';
import type { Blocker } from './blockers.ts';
import { type AckFigures, type Miss, missOf } from './figures.ts';
import { type Id, type ReadId, readId } from './id-table.ts';
import { DEADLINE_MS } from './phases.ts';

/** An interaction that reached the bot. */
export interface Received extends Id, KnownInteraction {
  /** Where it is counted. */
  readonly figures: AckFigures;
  readonly token: unknown;
  /** Whether it is followed. */
  isKnown: boolean;
  /** Whether it is found by its token. */
  isByToken: boolean;
  /** Whether nothing has acknowledged it. */
  isOpen: boolean;
  readonly atEpochMs: number;
  readonly atMs: number;
  readonly gatewayMs: number;
  readonly loopMs: number;
  /** Who held the loop meanwhile; undefined where it is not known, or not worth to look. */
  readonly blockedBy: Blocker | undefined;
  /** When the first acknowledgement was sent, by the monotonic clock. */
  sentAtMs: number | undefined;
  /** Among those that an acknowledgement was sent for. */
  place: number;
  /** Acknowledgements that have no response yet. */
  inFlight: number;
  /** Whether Discord took one of them. */
  isOurs: boolean;
  /** What one of them failed with. */
  error: string | undefined;
}

/** Whether the deadline is over for one that was not acknowledged. */
export function isOver({ atMs, gatewayMs, loopMs }: Received, now: number): boolean {
  return gatewayMs + loopMs + now - atMs > DEADLINE_MS;
}

/** One that was not acknowledged: what was left of the deadline when it came went by in the handler, and in waiting. */
export function missed(received: Received): Miss {
  const { atMs, gatewayMs, loopMs, sentAtMs, error } = received;
  const leftMs = Math.max(0, DEADLINE_MS - gatewayMs - loopMs);
  const handlerMs = sentAtMs === undefined ? leftMs : Math.min(leftMs, sentAtMs - atMs);
  const times = [gatewayMs, loopMs, handlerMs, leftMs - handlerMs] as const;
  return missOf(error === undefined ? 'unanswered' : 'failed', received, times, error);
}

/** What of an interaction is looked at; of what looks like one and is none, nothing. Never throws. */
export function lookAt(interaction: unknown): { id?: ReadId | undefined; token?: unknown; shard: number } {
  try {
    const { id, token, guild } = interaction as InteractionLike;
    return { id: idOf(id), token, shard: guild?.shardId ?? 0 };
  } catch {
    return { shard: 0 };
  }
}

interface InteractionLike {
  readonly id?: unknown;
  readonly token?: unknown;
  readonly guild?: { readonly shardId?: number } | null;
}

/** The id of the interaction that a message answers. Never throws. */
export function answeredBy(message: unknown): Id | undefined {
  try {
    const { interactionMetadata, interaction } = message as MessageLike;
    return idOf((interactionMetadata ?? interaction)?.id);
  } catch {
    return undefined;
  }
}

interface MessageLike {
  readonly interactionMetadata?: { readonly id?: unknown } | null;
  readonly interaction?: { readonly id?: unknown } | null;
}

function idOf(value: unknown): ReadId | undefined {
  return typeof value === 'string' ? readId(value) : undefined;
}
