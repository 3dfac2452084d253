import { parseDuration } from '../cog/duration.ts';
import { INTERVAL_US, parseInterval } from '../sampling/recorder/options.ts';
import { type Option, UsageError } from './command.ts';

const DURATION_MS = { min: 100, max: 3_600_000 } as const;

/** What ends a recording before its time; what there is of it is written. */
export const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What is said of each. */
export const UNTRACKED =
  'From outside no calls are known: samples belong to cogs and packages, by the functions that ran.';

/** How a process is recorded from outside: for the help of a command that does it, and for `recordingOptionsOf`. */
export const RECORDING_OPTIONS: Readonly<Record<'interval' | 'exact', Option>> = {
  interval: {
    type: 'string',
    value: 'TIME',
    help: 'between two samples, such as 500us, 1ms, 1khz',
    default: '1ms',
  },
  exact: {
    type: 'boolean',
    help: 'know loops that ran before, at 1 ms for each MB of heap; else only where that is 64 MB at most',
  },
};

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** @throws UsageError */
export function recordingOptionsOf({ duration, interval, exact }: Given) {
  return {
    durationMs: durationOf(duration as string),
    intervalUs: intervalOf(interval as string),
    exact: exact as boolean | undefined,
  };
}

function durationOf(text: string): number {
  const ms = parseDuration(text, 's');
  if (ms !== undefined && ms >= DURATION_MS.min && ms <= DURATION_MS.max) return ms;
  throw new UsageError('`--duration` is a time from 100ms to 60m.');
}

function intervalOf(text: string): number {
  const us = parseInterval(text);
  if (us !== undefined && us >= INTERVAL_US.min && us <= INTERVAL_US.max) return us;
  throw new UsageError('`--interval` is a time from 100us to 10ms.');
}
