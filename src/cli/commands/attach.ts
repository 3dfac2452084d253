import { defineCommand, type Option, UsageError } from '../command.ts';
import { OUTPUT_OPTIONS, outputOf } from '../profile-output.ts';
import { ENDINGS, RECORDING_OPTIONS, recordingOptionsOf, UNTRACKED } from '../recording-options.ts';

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
    ...RECORDING_OPTIONS,
    ...OUTPUT_OPTIONS,
  } as Readonly<Record<string, Option>>,
  async run({ arguments: [given], options }, terminal) {
    const pid = pidOf(given!);
    const how = recordingOptionsOf(options);
    const output = outputOf(options);
    // It takes what looks into code, which the other commands need nothing of.
    const { recordProcess } = await import('../../sampling/outside/record-process.ts');
    const stop = new AbortController();
    const end = () => stop.abort();
    for (const signal of ENDINGS) process.on(signal, end);
    try {
      terminal.status(`Recording process ${pid} for ${options['duration']} …`);
      const { profile, wasOpen } = await recordProcess(pid, { ...how, signal: stop.signal });
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
