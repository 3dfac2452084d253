import { parseDuration } from '../cog/duration.ts';
import type { ProfilerOptions } from '../cog/options.ts';
import type { Origin } from '../cog/origins.ts';
import { DISABLED_VARIABLE } from './disabled.ts';
import { nearestTo } from './nearest.ts';

const PREFIX = 'COGSCOPE_';
/** The path of the configuration file. */
export const CONFIG_VARIABLE = `${PREFIX}CONFIG`;

/** For an option that cannot be written as a variable, such as a function. */
const ONLY_IN_FILE = 'only in a file';

type Writable = string | number | boolean | readonly string[];
type Reader<Value> = [Extract<Value, Writable>] extends [never]
  ? typeof ONLY_IN_FILE
  : (text: string) => Extract<Value, Writable>;
type Readers = { readonly [Name in keyof ProfilerOptions]-?: Reader<NonNullable<ProfilerOptions[Name]>> };

const text = (written: string) => written;
const list = (written: string) =>
  written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Any other text is for the check of the option to refuse. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  on: true,
  0: false,
  false: false,
  off: false,
};
const yesOrNo = (written: string) => BOOLEANS[written.toLowerCase()] ?? (written as unknown as boolean);

/** Whether, or how long after ready, such as `10s`. */
function readStartup(written: string): unknown {
  const afterReadyMs = parseDuration(written);
  return afterReadyMs === undefined ? yesOrNo(written) : { afterReadyMs };
}

/** How the text of a variable becomes an option; one entry an option. What may be in it is checked elsewhere. */
const READERS: Readonly<Record<string, ((text: string) => unknown) | typeof ONLY_IN_FILE>> = {
  ownerIds: list,
  guildId: text,
  attach: list,
  retentionHours: Number,
  store: text,
  save: yesOrNo,
  profileDir: text,
  rootDir: text,
  budgetPercent: Number,
  pictures: yesOrNo,
  heavyHitters: (written) => list(written) as Origin[],
  cogOf: ONLY_IN_FILE,
  collectors: ONLY_IN_FILE,
  recordStartup: (written) => readStartup(written) as boolean,
  logger: ONLY_IN_FILE,
} satisfies Readers;

export const OPTION_NAMES: readonly string[] = Object.keys(READERS);

/** `ownerIds` → `COGSCOPE_OWNER_IDS` */
export function variableOf(option: string): string {
  return PREFIX + option.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** The options that the environment gives. An empty variable is none. */
export function readVariables(env: NodeJS.ProcessEnv): ProfilerOptions {
  const options: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(READERS)) {
    const written = env[variableOf(name)]?.trim();
    if (written && read !== ONLY_IN_FILE) options[name] = read(written);
  }
  return options;
}

/** A sentence for each of our variables that means nothing. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = OPTION_NAMES.filter((name) => READERS[name] !== ONLY_IN_FILE).map(variableOf);
  known.push(CONFIG_VARIABLE, DISABLED_VARIABLE);
  return Object.keys(env)
    .filter((variable) => variable.startsWith(PREFIX) && !known.includes(variable))
    .map((variable) => `${variable} means nothing${hint(variable, known)}`);
}

function hint(variable: string, known: readonly string[]): string {
  const option = OPTION_NAMES.find((name) => variableOf(name) === variable);
  if (option !== undefined) return `: \`${option}\` can only be set in a file, cogscope.config.js.`;
  const nearest = nearestTo(
    variable.slice(PREFIX.length),
    known.map((name) => name.slice(PREFIX.length)),
  );
  return nearest === undefined ? '.' : `. Did you mean ${PREFIX}${nearest}?`;
}
