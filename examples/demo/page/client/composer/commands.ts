import type { APIApplicationCommand } from 'discord.js';
import type { Choice } from '../../wire.ts';

/** An option of a command as Discord describes it. */
export interface Option {
  name: string;
  description: string;
  type: number;
  required?: boolean;
  autocomplete?: boolean;
  choices?: readonly Choice[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  options?: readonly Option[];
}

/** One thing that can be run: a command, or a subcommand of one. */
export interface Entry {
  /** Without the slash: `rules ignore`. */
  name: string;
  description: string;
  options: readonly Option[];
}

const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const GROUP = 2;

/** Everything that can be run, in Discord's order. */
export function entriesOf(commands: readonly APIApplicationCommand[]): Entry[] {
  return commands
    .filter(({ type }) => type === CHAT_INPUT)
    .flatMap(({ name, description, options = [] }) =>
      flatten(name, description, options as unknown as readonly Option[]),
    );
}

function flatten(name: string, description: string, options: readonly Option[]): Entry[] {
  const inner = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (inner.length === 0) return [{ name, description, options }];
  return inner.flatMap((one) => flatten(`${name} ${one.name}`, one.description, one.options ?? []));
}

/** The entries that fit what was typed behind the slash, the best first. */
export function matching(entries: readonly Entry[], typed: string): Entry[] {
  const wanted = typed.trimStart().toLowerCase();
  const words = wanted.split(/\s+/);
  const rank = ({ name }: Entry) => {
    if (name.startsWith(wanted)) return 0;
    if (words.every((word) => name.split(' ').some((part) => part.startsWith(word)))) return 1;
    return name.includes(wanted) ? 2 : 3;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** The entry that a line names, and what follows it: `profiler attach target:all`. */
export function readLine(
  line: string,
  entries: readonly Entry[],
): { entry: Entry; given: ReadonlyMap<string, string> } | undefined {
  const entry = entries
    .filter(({ name }) => line === name || line.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (entry === undefined) return undefined;
  const rest = ` ${line.slice(entry.name.length).trim()}`;
  const starts = entry.options
    .map(({ name }) => ({ name, at: rest.indexOf(` ${name}:`) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const given = starts.map(({ name, at }, index): [string, string] => [
    name,
    rest.slice(at + name.length + 2, starts[index + 1]?.at).trim(),
  ]);
  return { entry, given: new Map(given) };
}
