#!/usr/bin/env node
import { COMMANDS } from './commands/index.ts';
import { run } from './run.ts';

/** Of a terminal that does not say it, and of files and pipes. */
const WIDTH = 100;
const CLEAR_LINE = '\r\x1b[K';

const { stdout, stderr } = process;
// Who reads the answer may have had enough of it, such as `head`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
/** Whether somebody sees the status: it would only be in the way in a file. */
const isWatched = stderr.isTTY && stdout.isTTY;

process.exitCode = await run(process.argv.slice(2), COMMANDS, {
  width: stdout.columns ?? WIDTH,
  print: (text) => stdout.write(`${text}\n`),
  status: (text) => {
    if (isWatched) stderr.write(CLEAR_LINE + text);
  },
  complain: (text) => stderr.write(`${isWatched ? CLEAR_LINE : ''}${text}\n`),
});
