import type { SummaryRow } from '../../store/summary.ts';

/**
 * How bad the figures of a target are, the worst first; one entry a level. An interaction has to be acknowledged
 * within 3 s, and who waits for an answer longer than a second notices.
 */
export const SEVERITIES = [
  { name: 'bad', slowMs: 2_500, errorShare: 0.05, icon: '🔴', mark: '!', ansi: 31 },
  { name: 'warning', slowMs: 1_000, errorShare: 0.01, icon: '🟡', mark: ' ', ansi: 33 },
  { name: 'good', slowMs: 0, errorShare: 0, icon: '🟢', mark: ' ', ansi: undefined },
] as const;

export type Severity = (typeof SEVERITIES)[number];

/** By the 95th percentile and the share of calls that failed; what was not called is good. */
export function severityOf({ p95Ms, errors, count }: SummaryRow): Severity {
  const errorShare = count === 0 ? 0 : errors / count;
  const found = SEVERITIES.find((level) => p95Ms >= level.slowMs || errorShare >= level.errorShare);
  return found ?? SEVERITIES[2];
}
