import { MODES, type ProfileFilter } from '../sampling/filter.ts';
import { type FormatOptions, GRANULARITIES, RECURSIONS } from '../sampling/formats/format.ts';
import { GROUP_LEVELS } from '../sampling/groups.ts';
import type { Option } from './command.ts';

/** An option of the command line that says something of how a profile is written. */
interface Wish {
  /** What it is called there. */
  readonly flag: string;
  readonly option: Option;
  /** From what was written to what is meant. It is checked where it is used. */
  read(given: string | boolean): unknown;
}

const ROWS = 'N';
const LIST = 'A,B,…';

/** What each format may be told; which takes what, the formats say. */
const FORMAT_WISHES: Readonly<Record<keyof FormatOptions, Wish>> = {
  sort: text('sort', 'NAME', 'the order of rows; which names there are depends on the format'),
  limit: number('limit', ROWS, 'rows of a table'),
  group: list('group', `what samples are put under, the outermost first: ${GROUP_LEVELS.join(', ')}`),
  maxDepth: number('max-depth', ROWS, 'levels of a tree'),
  minCount: number('min-count', ROWS, 'fewest samples that are shown'),
  noise: number('noise', 'FACTOR', 'hides n samples of N where n ≤ FACTOR × √N'),
  recursion: text('recursion', 'HOW', `of functions that call themselves: ${RECURSIONS.join(', ')}`),
  granularity: text('granularity', 'WHAT', `what a row is: ${GRANULARITIES.join(', ')}`),
  width: number('width', 'CHARS', 'characters of a line'),
  inverted: flag('inverted', true, 'functions lead to what called them'),
  minNodePercent: number('min-node-percent', 'PERCENT', 'least time of a function in a graph'),
  minEdgePercent: number('min-edge-percent', 'PERCENT', 'least time of a call in a graph'),
  includeSource: flag('include-source', true, 'put lines of source code in, as they are on this machine'),
  summary: flag('no-summary', false, 'leave out what stands out'),
};

/** Which samples are written. */
const FILTER_WISHES: Readonly<Record<keyof ProfileFilter, Wish>> = {
  mode: text('mode', 'MODE', `which samples: ${MODES.join(', ')}`),
  gc: flag('no-gc', false, 'leave out the collection of garbage'),
  internals: flag('no-internals', false, 'fold the functions of Node into what called them'),
  profiler: flag('no-profiler', false, 'leave out what the profiler took itself'),
  threads: list('threads', 'only these threads'),
  shards: {
    ...list('shards', 'only these shards'),
    read: (given) => words(given).map((word) => numberOf(word)),
  },
  cogs: list('cogs', 'only these cogs'),
  owners: list('owners', 'only these owners, such as music/command/play'),
  packages: list('packages', 'only where functions of these packages were running'),
};

const WISHES: readonly Wish[] = [...Object.values(FILTER_WISHES), ...Object.values(FORMAT_WISHES)];

/** For the help of a command, and for what reads its options. */
export const PROFILE_OPTIONS: Readonly<Record<string, Option>> = Object.fromEntries(
  WISHES.map(({ flag: name, option }) => [name, option]),
);

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** What was written of these, in the words of formats and filters. What was not is missing. */
export function wishesOf(given: Given): {
  readonly filter: ProfileFilter;
  readonly format: Partial<FormatOptions>;
} {
  return { filter: readAll(FILTER_WISHES, given), format: readAll(FORMAT_WISHES, given) };
}

/** What an option of a format is called here. */
export function flagOfOption(name: string): string {
  return `--${Object.hasOwn(FORMAT_WISHES, name) ? FORMAT_WISHES[name as keyof FormatOptions].flag : name}`;
}

function readAll(wishes: Readonly<Record<string, Wish>>, given: Given): object {
  return Object.fromEntries(
    Object.entries(wishes).flatMap(([name, { flag: written, read }]) => {
      const value = given[written];
      return value === undefined ? [] : [[name, read(value)]];
    }),
  );
}

function text(name: string, value: string, help: string): Wish {
  return { flag: name, option: { type: 'string', value, help }, read: (given) => given };
}

function number(name: string, value: string, help: string): Wish {
  return { ...text(name, value, help), read: (given) => numberOf(String(given)) };
}

function list(name: string, help: string): Wish {
  return { ...text(name, LIST, help), read: words };
}

function flag(name: string, meant: boolean, help: string): Wish {
  return { flag: name, option: { type: 'boolean', help }, read: () => meant };
}

/** What is blank is no number, not zero. */
function numberOf(word: string): number {
  return word.trim() === '' ? Number.NaN : Number(word);
}

function words(given: string | boolean): string[] {
  return String(given)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
