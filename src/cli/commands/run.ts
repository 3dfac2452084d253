import type { RecordedProgram } from '../../sampling/outside/record-program.ts';
import { defineCommand, type Option } from '../command.ts';
import { OUTPUT_OPTIONS, outputOf } from '../profile-output.ts';
import { ENDINGS, RECORDING_OPTIONS, recordingOptionsOf, UNTRACKED } from '../recording-options.ts';

const GOES_ON = 'The program goes on, and its inspector is closed.';

/** Starts a program, and records it from before its first line on. */
export const run = defineCommand({
  name: 'run',
  arguments: ['FILE'],
  rest: 'ARGUMENT',
  summary:
    'Starts a Node program and records its CPU from before its first line on. What is for the program itself ' +
    'stands behind `--`. Until the recording is over its inspector is open on loopback: any user of this machine ' +
    'could have it run code.',
  options: {
    duration: {
      type: 'string',
      value: 'TIME',
      help: 'how long at most, such as 30s, 5m; the end of the program, or Ctrl-C, ends it before that',
      default: '60m',
    },
    ...RECORDING_OPTIONS,
    ...OUTPUT_OPTIONS,
  } as Readonly<Record<string, Option>>,
  async run({ arguments: program, options }, terminal) {
    const how = recordingOptionsOf(options);
    const output = outputOf(options);
    // It takes what looks into code, which the other commands need nothing of.
    const { recordProgram } = await import('../../sampling/outside/record-program.ts');
    const stop = new AbortController();
    let recorded: RecordedProgram | undefined;
    let last: NodeJS.Signals | undefined;
    const passOn = () => {
      // Of Ctrl-C, the terminal tells the program too.
      if (last !== undefined && last !== 'SIGINT') recorded?.kill(last);
    };
    const end = (signal: NodeJS.Signals) => {
      last = signal;
      stop.abort();
      passOn();
    };
    for (const signal of ENDINGS) process.on(signal, end);
    try {
      const complained = (line: string) => process.stderr.write(`${line}\n`);
      recorded = await recordProgram(program, { ...how, signal: stop.signal, complained });
      passOn();
      await output.write(recorded.profile, terminal, [UNTRACKED, ...(recorded.goesOn ? [GOES_ON] : [])]);
      return await recorded.ended;
    } finally {
      for (const signal of ENDINGS) process.off(signal, end);
    }
  },
});
