import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ProfilerError } from '../errors.ts';
import { plain } from '../render/text.ts';
import { type Command, type Input, type Option, type Terminal, UsageError } from './command.ts';
import { COMMON_OPTIONS, usage, usageOf } from './usage.ts';

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/** Where a run writes to, and errors. */
export interface Console extends Terminal {
  /** What went wrong, in a sentence. */
  complain(text: string): void;
}

/**
 * Does what was written after the name of the executable.
 * @returns the exit code: 0 where it was done, 1 where it could not be, 2 where it was called wrongly, or the command's own
 */
export async function run(
  written: readonly string[],
  commands: readonly Command[],
  console: Console,
): Promise<number> {
  const [name, ...rest] = written;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.print(usage(commands));
    return name === undefined ? MISUSED : DONE;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    console.complain(`There is no command called "${name}". \`cogscope --help\` lists them.`);
    return MISUSED;
  }
  try {
    const input = parse(command, rest);
    if (input !== undefined) return (await command.run(input, console)) ?? DONE;
    console.print(usageOf(command));
    return DONE;
  } catch (error) {
    if (error instanceof UsageError) {
      console.complain(`${error.message} \`cogscope ${name} --help\` says more.`);
      return MISUSED;
    }
    // A file may have put anything into it, such as what a terminal takes for commands.
    console.complain(
      error instanceof ProfilerError ? plain(error.message) : String((error as Error).stack ?? error),
    );
    return FAILED;
  }
}

/** Undefined where help is asked for. */
function parse(command: Command, written: readonly string[]): Input | undefined {
  const options: ParseArgsOptionsConfig = {};
  for (const [name, option] of Object.entries<Option>({ ...command.options, ...COMMON_OPTIONS }))
    options[name] = {
      type: option.type,
      ...(option.short !== undefined && { short: option.short }),
      ...(option.default !== undefined && { default: option.default }),
    };
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...written], options, allowPositionals: true });
  } catch (error) {
    // Its first sentence says what is wrong, the rest how to go around it.
    throw new UsageError(`${(error as Error).message.split(/\. |\n/)[0]!.replace(/\.$/, '')}.`);
  }
  const { values, positionals } = parsed;
  if (values['help']) return undefined;
  const missing = command.arguments[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  const surplus = positionals[command.arguments.length];
  if (surplus !== undefined && command.rest === undefined)
    throw new UsageError(`"${surplus}" is one argument too many.`);
  return { arguments: positionals, options: values as Input['options'] };
}
