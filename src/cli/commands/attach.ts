import { parseDuration } from '../../cog/duration.ts';
import { INTERVAL_US, parseInterval } from '../../sampling/recorder/options.ts';
import { defineCommand, type Option, UsageError } from '../command.ts';
import { OUTPUT_OPTIONS, outputOf } from '../profile-output.ts';

const DURATION_MS = { min: 100, max: 3_600_000 } as const;
/** What ends a recording before its time; what there is of it is written. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const UNTRACKED =
  'From outside no calls are known: samples belong to cogs and packages, by the functions that ran.';
const LEFT_OPEN = 'The inspector of the process was open before, and is as it was.';

/** Records another process, which needs no change for it, and no restart. */
export const attach = defineCommand({
  name: 'attach',
  arguments: ['PID'],
  summary:
    'Records the CPU of a running Node process, also while its loop is blocked. Meanwhile its inspector is open on ' +
    'loopback: any user of this machine could have it run code.',
  options: {
    duration: {
      type: 'string',
      value: 'TIME',
      help: 'how long, such as 500ms, 10s, 5m; Ctrl-C ends it before that',
      default: '10s',
    },
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
    ...OUTPUT_OPTIONS,
  } as Readonly<Record<string, Option>>,
  async run({ arguments: [given], options }, terminal) {
    const pid = pidOf(given!);
    const durationMs = durationOf(options['duration'] as string);
    const intervalUs = intervalOf(options['interval'] as string);
    const exact = options['exact'] as boolean | undefined;
    const output = outputOf(options);
    // It takes what looks into code, which the other commands need nothing of.
    const { recordProcess } = await import('../../sampling/outside/record-process.ts');
    const stop = new AbortController();
    const end = () => stop.abort();
    for (const signal of ENDINGS) process.on(signal, end);
    try {
      terminal.status(`Recording process ${pid} for ${options['duration']} …`);
      const { signal } = stop;
      const { profile, wasOpen } = await recordProcess(pid, { durationMs, intervalUs, exact, signal });
      await output.write(profile, terminal, [UNTRACKED, ...(wasOpen ? [LEFT_OPEN] : [])]);
    } finally {
      for (const signal of ENDINGS) process.off(signal, end);
    }
  },
});

function pidOf(text: string): number {
  const pid = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (pid === 0) throw new UsageError('PID is the number of a process.');
  return pid;
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
