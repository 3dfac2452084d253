import type { Command, Option } from './command.ts';

const NAME = 'cogscope';
const GAP = 2;

/** All commands. */
export function usage(commands: readonly Command[]): string {
  const rows = commands.map((command) => [synopsisOf(command), command.summary] as const);
  return [
    `Usage: ${NAME} COMMAND [options]`,
    '',
    columns(rows),
    '',
    `\`${NAME} COMMAND --help\` tells more of one. Exit codes: 0 done, 1 it cannot be done, 2 called wrongly.`,
  ].join('\n');
}

/** One command with its options. */
export function usageOf(command: Command): string {
  const rows = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([name, option]) => [flagOf(name, option), helpOf(option)] as const,
  );
  return [`Usage: ${NAME} ${synopsisOf(command)} [options]`, '', command.summary, '', columns(rows)].join(
    '\n',
  );
}

/** What each command understands. */
export const COMMON_OPTIONS = {
  help: { type: 'boolean', help: 'say what the command does' },
} as const satisfies Readonly<Record<string, Option>>;

function synopsisOf(command: Command): string {
  const { name, arguments: all, rest } = command;
  return [name, ...all, ...(rest === undefined ? [] : [`[${rest} …]`])].join(' ');
}

function flagOf(name: string, { value, short }: Option): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function helpOf({ help, default: byDefault }: Option): string {
  return byDefault === undefined ? help : `${help}; default: ${byDefault}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = rows.reduce((most, [left]) => Math.max(most, left.length), 0) + GAP;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join('\n');
}
