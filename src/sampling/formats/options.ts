import { ProfilerError } from '../../errors.ts';
import { GROUP_LEVELS } from '../groups.ts';
import { type FormatOptions, GRANULARITIES, type ProfileFormat, RECURSIONS } from './format.ts';

type Name = keyof FormatOptions;

const DEFAULTS: FormatOptions = {
  group: [],
  sort: '',
  limit: 15,
  summary: true,
  maxDepth: Number.POSITIVE_INFINITY,
  minCount: 0,
  noise: 0,
  recursion: 'off',
  granularity: 'function',
  width: 500,
  inverted: false,
  minNodePercent: 0.25,
  minEdgePercent: 0.05,
  includeSource: false,
};

/** What is wrong with a value; undefined where nothing is. */
type Check = (value: unknown) => string | undefined;

const CHECKS: Record<Name, Check> = {
  group: (value) =>
    Array.isArray(value) &&
    value.every((level) => GROUP_LEVELS.includes(level)) &&
    new Set(value).size === value.length
      ? undefined
      : `must be a list of ${oneOf(GROUP_LEVELS)}, each once`,
  // What a format can be sorted by, it says itself.
  sort: () => undefined,
  limit: wholeFrom(1),
  summary: bool,
  maxDepth: (value) => (value === Number.POSITIVE_INFINITY ? undefined : wholeFrom(1)(value)),
  minCount: wholeFrom(0),
  noise: between(0, 1_000),
  recursion: among(RECURSIONS),
  granularity: among(GRANULARITIES),
  width: wholeFrom(40),
  inverted: bool,
  minNodePercent: between(0, 100),
  minEdgePercent: between(0, 100),
  includeSource: bool,
};

/** What does not go together: where the first is as wished, the second has to stay as it is by default. */
const CONFLICTS: readonly (readonly [name: Name, value: unknown, other: Name, why: string])[] = [
  ['inverted', true, 'recursion', 'an inverted tree begins with the innermost call already'],
  ['granularity', 'line', 'group', 'lines are counted over all samples: narrow the profile by a filter'],
];

/** What is wished, checked, with the defaults where nothing is. */
export function optionsFor(format: ProfileFormat, wishes: Partial<FormatOptions> = {}): FormatOptions {
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined) as [Name, unknown][];
  for (const [name, value] of given) {
    if (!Object.hasOwn(DEFAULTS, name)) throw new ProfilerError('INVALID_OPTION', name, 'is unknown');
    if (!format.takes.includes(name)) {
      throw new ProfilerError('INVALID_OPTION', name, `does not go with \`format: ${format.name}\``);
    }
    const problem = name === 'sort' ? sortProblem(format, value) : CHECKS[name](value);
    if (problem !== undefined) throw new ProfilerError('INVALID_OPTION', name, problem);
  }
  const options = {
    ...DEFAULTS,
    sort: format.sorts?.[0] ?? '',
    ...format.defaults,
    ...Object.fromEntries(given),
  };
  for (const [name, value, other, why] of CONFLICTS) {
    if (options[name] === value && String(options[other]) !== String(DEFAULTS[other])) {
      const problem = `does not go with \`${name}: ${String(value)}\`: ${why}`;
      throw new ProfilerError('INVALID_OPTION', other, problem);
    }
  }
  return options;
}

function sortProblem({ sorts = [] }: ProfileFormat, value: unknown): string | undefined {
  return among(sorts)(value);
}

function oneOf(choices: readonly string[]): string {
  return choices.map((choice) => `\`${choice}\``).join(', ');
}

function among(choices: readonly string[]): Check {
  return (value) => (choices.includes(value as string) ? undefined : `must be one of ${oneOf(choices)}`);
}

function wholeFrom(least: number): Check {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? undefined
      : `must be a whole number, at least ${least}`;
}

function between(least: number, most: number): Check {
  return (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `must be a number from ${least} to ${most}`;
}

function bool(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}
