import { createHash } from 'node:crypto';
import type { Profiler } from '../../profiler.ts';
import { formatDuration, formatSpan } from '../../render/units.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Entry } from '../desk/widgets.ts';
import { MARKS } from './calls.ts';

/** What is kept of the calls of a target while it is verbose. */
export type Traces = Awaited<ReturnType<Profiler['traces']>>;

/** Custom ids have no room for more. */
const KEY_LENGTH = 6;
/** How many entries a select has at most. */
const MOST_ENTRIES = 25;

/** Why a call is kept, in the order in which calls are offered. */
const REASONS = ['slowest', 'failed', 'latest'] as const;

interface KeptCall {
  readonly trace: Trace;
  readonly reasons: readonly (typeof REASONS)[number][];
}

/** Each call once, with why it is kept: the slowest first, then what failed, then the latest. */
export function keptCalls(traces: Traces): KeptCall[] {
  const kept = new Map<string, { trace: Trace; reasons: (typeof REASONS)[number][] }>();
  for (const reason of REASONS) {
    for (const trace of traces[reason]) {
      const known = kept.get(trace.id);
      if (known === undefined) kept.set(trace.id, { trace, reasons: [reason] });
      else known.reasons.push(reason);
    }
  }
  return [...kept.values()];
}

/** What stands for a call in custom ids. */
export function keyOfCall({ id }: Trace): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, KEY_LENGTH);
}

/** The call of a key; the slowest, where none is chosen. Undefined where it is not kept any more. */
export function callOf(calls: readonly KeptCall[], key: string): Trace | undefined {
  if (key === '') return calls[0]?.trace;
  return calls.find(({ trace }) => keyOfCall(trace) === key)?.trace;
}

/**
 * As they are offered in a select: as many of each reason as there is room for. There, times cannot be in the time zone
 * of who reads them.
 */
export function callEntries(calls: readonly KeptCall[], isSharded: boolean, nowEpochMs: number): Entry[] {
  const share = Math.floor(MOST_ENTRIES / REASONS.length);
  const offered = REASONS.flatMap((reason) =>
    calls.filter(({ reasons }) => reasons[0] === reason).slice(0, share),
  );
  return offered.map(({ trace, reasons }) => {
    const { durationMs, outcome, error, shard, startedAtEpochMs } = trace;
    const clock = new Date(startedAtEpochMs).toISOString().slice(11, 19);
    return {
      value: keyOfCall(trace),
      label: `${MARKS[outcome]} ${formatDuration(durationMs)}${error === undefined ? '' : ` · ${error.kind}`}`,
      description: [
        `${formatSpan(Math.max(0, nowEpochMs - startedAtEpochMs))} ago, ${clock} UTC`,
        ...(isSharded ? [`shard ${shard}`] : []),
        reasons.join(', '),
      ].join(' · '),
    };
  });
}
