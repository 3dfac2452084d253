import type { APIApplicationCommand } from 'discord.js';
import type { Choice } from './interactions.ts';
import type { Named, Resolver, UploadSpec } from './resolve.ts';
import type { Fields } from './validate/schema.ts';

/** What a user can give as an option: text as typed, or the thing itself. */
export type OptionValue = string | number | boolean | { id: string } | UploadSpec;

interface Option {
  name: string;
  type: number;
  required?: boolean;
  autocomplete?: boolean;
  choices?: readonly Choice[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  channel_types?: readonly number[];
  options?: readonly Option[];
}

/** A line as the user has typed it: the command found, the rest still text. */
export interface CommandLine {
  command: APIApplicationCommand;
  /** The subcommand and its group, outermost first. */
  nesting: readonly Option[];
  /** The options that can be given. */
  options: readonly Option[];
  given: Map<string, OptionValue>;
  /** `queue add` */
  name: string;
}

const SUBCOMMAND = 1;
const GROUP = 2;

/** Finds the command and its options in a line like `queue add song:Blue Monday position:2`. */
export function readCommandLine(text: string, commands: readonly APIApplicationCommand[]): CommandLine {
  const words = text.trim().replace(/^\//, '');
  const slash = commands.filter((command) => command.type === 1);
  const first = /^\S*/.exec(words)![0];
  const command = slash.find((one) => one.name === first);
  if (command === undefined) {
    throw new Error(`[standin] there is no command /${first}; ${listed('there is', slash)}`);
  }
  let rest = words.slice(first.length).trimStart();
  let options = (command.options ?? []) as readonly Option[];
  const nesting: Option[] = [];
  while (options.some((option) => option.type === SUBCOMMAND || option.type === GROUP)) {
    const word = /^\S*/.exec(rest)![0];
    const chosen = options.find((option) => option.name === word);
    const name = [first, ...nesting.map((option) => option.name)].join(' ');
    if (chosen === undefined) {
      throw new Error(`[standin] /${name} has no subcommand "${word}"; ${listed('it has', options)}`);
    }
    nesting.push(chosen);
    options = chosen.options ?? [];
    rest = rest.slice(word.length).trimStart();
  }
  const name = [first, ...nesting.map((option) => option.name)].join(' ');
  return { command, nesting, options, given: readOptions(rest, options, name), name };
}

/** A value runs until the next known option's name. */
function readOptions(text: string, options: readonly Option[], command: string): Map<string, OptionValue> {
  const given = new Map<string, OptionValue>();
  if (text === '') return given;
  const names = options.map((option) => escapeRegExp(option.name)).sort((a, b) => b.length - a.length);
  const starts =
    names.length === 0 ? [] : [...text.matchAll(new RegExp(`(?<=^|\\s)(${names.join('|')}):`, 'g'))];
  if (starts[0]?.index !== 0) {
    throw new Error(`[standin] /${command} has no option for "${text}"; ${listed('it has', options)}`);
  }
  for (const [index, start] of starts.entries()) {
    const name = start[1]!;
    if (given.has(name)) throw new Error(`[standin] /${command} was given ${name} twice`);
    given.set(name, text.slice(start.index + start[0].length, starts[index + 1]?.index).trim());
  }
  return given;
}

/** The interaction's `options`; throws where the Discord client wouldn't let it be sent. */
export function fillOptions(
  line: CommandLine,
  more: Readonly<Record<string, OptionValue>>,
  resolver: Resolver,
): Fields[] {
  const given = new Map([...line.given, ...Object.entries(more)]);
  for (const name of given.keys()) {
    if (!line.options.some((option) => option.name === name)) {
      throw new Error(`[standin] /${line.name} has no option ${name}; ${listed('it has', line.options)}`);
    }
  }
  const filled: Fields[] = [];
  for (const option of line.options) {
    const value = given.get(option.name);
    if (value !== undefined) {
      filled.push({
        name: option.name,
        type: option.type,
        value: convert(option, value, line.name, resolver),
      });
    } else if (option.required === true) {
      throw new Error(`[standin] /${line.name} needs the option ${option.name}`);
    }
  }
  return nest(line.nesting, filled);
}

/** The options while the user is typing the last one; everything is still as typed. */
export function fillTyped(line: CommandLine, resolver: Resolver): Fields[] {
  const typed = [...line.given.keys()].at(-1);
  const focused = line.options.find((option) =>
    typed === undefined ? option.autocomplete : option.name === typed,
  );
  if (focused?.autocomplete !== true) {
    throw new Error(`[standin] /${line.name} has no autocomplete for ${typed ?? 'any option'}`);
  }
  const filled = line.options.flatMap((option): Fields[] => {
    const { name, type } = option;
    const value = line.given.get(name);
    if (option === focused) return [{ name, type, value: String(value ?? ''), focused: true }];
    return value === undefined ? [] : [{ name, type, value: convert(option, value, line.name, resolver) }];
  });
  return nest(line.nesting, filled);
}

function nest(nesting: readonly Option[], options: Fields[]): Fields[] {
  return nesting.reduceRight((inner, { name, type }) => [{ name, type, options: inner }], options);
}

type Converter = (option: Option, value: OptionValue, resolver: Resolver) => unknown;

const toNumber: Converter = (option, value) => {
  const number = typeof value === 'number' ? value : Number(value);
  const isWhole = option.type !== 4 || Number.isInteger(number);
  if (value === '' || !Number.isFinite(number) || !isWhole) throw new Error('is not such a number');
  if (option.min_value !== undefined && number < option.min_value)
    throw new Error(`is under ${option.min_value}`);
  if (option.max_value !== undefined && number > option.max_value)
    throw new Error(`is over ${option.max_value}`);
  return number;
};

const toText: Converter = (option, value) => {
  const text = String(value);
  if (text === '') throw new Error('is empty');
  if (text.length < (option.min_length ?? 0)) throw new Error(`is shorter than ${option.min_length}`);
  if (text.length > (option.max_length ?? 6_000))
    throw new Error(`is longer than ${option.max_length ?? 6_000}`);
  return text;
};

/** By the option's type, as Discord numbers them. */
const converters: Readonly<Record<number, Converter>> = {
  3: toText,
  4: toNumber,
  5: (_, value) => {
    const word = String(value).toLowerCase();
    if (word !== 'true' && word !== 'false') throw new Error('is neither true nor false');
    return word === 'true';
  },
  6: (_, value, resolver) => resolver.user(named(value)),
  7: (option, value, resolver) => resolver.channel(named(value), option.channel_types),
  8: (_, value, resolver) => resolver.role(named(value)),
  9: (_, value, resolver) => resolver.mentionable(named(value)),
  10: toNumber,
  11: (_, value, resolver) => {
    if (typeof value !== 'object' || !('bytes' in value)) throw new Error('must be { filename, bytes }');
    return resolver.attachment(value);
  },
};

function convert(option: Option, value: OptionValue, command: string, resolver: Resolver): unknown {
  try {
    if (option.choices !== undefined && option.choices.length > 0) {
      const choice = option.choices.find((one) => one.name === value || String(one.value) === String(value));
      if (choice === undefined)
        throw new Error(`is none of its choices; ${listed('it has', option.choices)}`);
      return choice.value;
    }
    return converters[option.type]!(option, value, resolver);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`[standin] /${command}: ${option.name} "${String(value)}" ${why}`, { cause: error });
  }
}

function named(value: OptionValue): Named {
  return typeof value === 'object' && 'id' in value ? value : String(value);
}

function listed(intro: string, things: readonly { name: string }[]): string {
  return things.length === 0 ? `${intro} none` : `${intro} ${things.map((thing) => thing.name).join(', ')}`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
