/** How long Discord waits for an acknowledgement, in ms: after that the interaction has failed for its user. */
export const DEADLINE_MS = 3_000;
/** An acknowledgement that takes longer came close to that. */
export const NEAR_MISS_MS = 2_000;
/** How long the token of an interaction is good for, in ms: nothing can come of one that is older. */
export const TOKEN_LIFETIME_MS = 900_000;

/**
 * What the time until an interaction is acknowledged is made of, in this order:
 *
 * - `gateway`: from its making by Discord to its arrival, beyond the fastest of late; see `LeastSeen`
 * - `loop`: from its arrival to the call of the bot's listeners, where the loop was busy meanwhile; see `LoopActivity`
 * - `handler`: from there to the first request that acknowledges it
 * - `rest`: from that request to the head of Discord's response, with all that is waited and tried again for it
 *
 * The parts add up to the whole. What the fastest interactions take from Discord to the bot counts as nothing, as it
 * cannot be told from a difference of the clocks; what responses take back, which Discord does not count, is in
 * `rest`. The two are about the same, so that the whole is about what Discord sees.
 */
export const PHASES = ['gateway', 'loop', 'handler', 'rest'] as const;
export type Phase = (typeof PHASES)[number];

/** A duration each phase, in their order, in ms. */
export type PhaseTimes = readonly [gatewayMs: number, loopMs: number, handlerMs: number, restMs: number];

export function wholeOf([gatewayMs, loopMs, handlerMs, restMs]: PhaseTimes): number {
  return gatewayMs + loopMs + handlerMs + restMs;
}

/** The one that took the most; of equals the first. */
export function longestPhase(times: readonly number[]): Phase {
  return PHASES[times.indexOf(Math.max(...times))]!;
}
