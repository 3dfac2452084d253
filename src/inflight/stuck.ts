/** What is known of how long the calls of a target take that have ended. */
export interface Usual {
  readonly count: number;
  readonly p99Ms: number;
}

/**
 * From which age on a call counts as stuck, by how many calls of its target are known; the first rule that fits.
 * With 20 calls the p99 is the slowest of them; fewer say next to nothing of what is usual, and a minute is longer
 * than all that people wait for.
 */
const RULES = [
  { leastCalls: 20, timesP99: 10, leastMs: 10_000 },
  { leastCalls: 0, timesP99: 0, leastMs: 60_000 },
] as const;

/** No call is stuck that is younger, whatever is usual. */
export const NEVER_STUCK_BEFORE_MS = Math.min(...RULES.map(({ leastMs }) => leastMs));

/** @param usual undefined where no call has ended */
export function stuckAfterMs(usual: Usual | undefined): number {
  const { count, p99Ms } = usual ?? { count: 0, p99Ms: 0 };
  const { timesP99, leastMs } = RULES.find(({ leastCalls }) => count >= leastCalls)!;
  return Math.max(leastMs, timesP99 === 0 ? 0 : timesP99 * p99Ms);
}
