import type { CallSample } from '../../observations.ts';
import { code, moment } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import { partOf } from '../pages/paged.ts';
import type { TabPage, TabState } from './tabs.ts';

const CALLS_PER_PAGE = 8;
/** What stands for how a call ended. */
export const MARKS = { ok: '✓', error: '✗', aborted: '⊘' } as const;

/** Single calls, a line each. */
export function callLines(
  calls: readonly CallSample[],
  isSharded: boolean,
  { page: wanted, leastMs }: TabState,
): TabPage {
  const shown = calls.filter(({ durationMs }) => durationMs >= leastMs);
  const { items, page, pages } = partOf(shown, wanted, CALLS_PER_PAGE);
  const lines = items.map((call) => callLine(call, isSharded));
  if (leastMs > 0)
    lines.push('', `${shown.length} of ${calls.length} took ${formatDuration(leastMs)} or more.`);
  else if (lines.length === 0) lines.push('There are none.');
  return { text: lines.join('\n'), page, pages };
}

export function callLine(
  { startedAtEpochMs, durationMs, outcome, shard, error }: CallSample,
  isSharded: boolean,
): string {
  const failure =
    error && `${code(error.kind)}${error.topFrame === undefined ? '' : ` at ${code(error.topFrame)}`}`;
  const parts = [
    `${MARKS[outcome]} **${formatDuration(durationMs)}** ${moment(startedAtEpochMs, 'T')}, ${moment(startedAtEpochMs, 'R')}`,
    ...(isSharded ? [`shard ${shard}`] : []),
    ...(outcome === 'aborted' ? ['aborted'] : []),
    ...(failure === undefined ? [] : [failure]),
  ];
  return parts.join(' · ');
}
