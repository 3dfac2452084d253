import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** Undefined for the story that is printed. */
  page: { port: number | undefined; isToOpen: boolean } | undefined;
}

const USAGE = `Usage: npm run demo                          shows how the owner finds the slow command, and ends
       npm run demo -- --serve [--port N]    a page on 127.0.0.1 to try it yourself, until Ctrl+C
       npm run demo -- --open [--port N]     the same, and opens the browser`;

/** Ends the program with the usage where the arguments are none of these. */
export function readArguments(given: readonly string[]): DemoArguments {
  try {
    return parse(given);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function parse(given: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...given],
    options: { serve: { type: 'boolean' }, open: { type: 'boolean' }, port: { type: 'string' } },
  });
  const { serve = false, open = false, port } = values;
  if (!serve && !open) {
    if (port !== undefined) throw new Error('--port goes with --serve or --open.');
    return { page: undefined };
  }
  if (process.env['DISCORD_TOKEN']) {
    throw new Error('The page shows a local Discord: unset DISCORD_TOKEN, or go without --serve and --open.');
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new Error(`--port takes a number up to 65535, not "${port}".`);
  }
  return { page: { port: port === undefined ? undefined : Number(port), isToOpen: open } };
}
