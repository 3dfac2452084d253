import { resolve } from 'node:path';
import { defineCommand, UsageError } from '../command.ts';
import { OUTPUT_OPTIONS, outputOf } from '../profile-output.ts';
import { readRecording } from '../recording-io.ts';

/** Writes a recording of the CPU as any kind of file, on any machine. */
export const replay = defineCommand({
  name: 'replay',
  arguments: ['FILE'],
  summary: 'Writes a recording of the CPU (the export `recording`) as a flame graph, a table, …',
  options: OUTPUT_OPTIONS,
  async run({ arguments: [file], options }, terminal) {
    const output = outputOf(options);
    if (output.path !== undefined && resolve(output.path) === resolve(file!)) {
      throw new UsageError('The output would take the place of the recording.');
    }
    terminal.status('Reading …');
    await output.write(await readRecording(file!), terminal);
  },
});
