import { parseDuration } from '../../cog/duration.ts';
import { TARGET_KINDS } from '../../cog/target.ts';
import type { SummaryRow } from '../../store/summary.ts';

type Test = (row: SummaryRow) => boolean;

/** What can stand before a colon, and which rows it lets through; one entry a prefix. */
const PREFIXES: Readonly<Record<string, (value: string) => Test>> = {
  cog: (value) => (row) => row.cog.toLowerCase().includes(value),
  kind: (value) => (row) =>
    TARGET_KINDS.some(
      ({ name, label }) => name === row.kind && (name === value.replace(/s$/, '') || label.includes(value)),
    ),
  err: (value) => (row) =>
    value === ''
      ? row.errors > 0
      : row.errorKinds.some(([errorKind]) => errorKind.toLowerCase().includes(value)),
};

/** What is said of a filter where it is asked for. */
export const FILTER_SYNTAX = 'words, cog:music, kind:command, err:, >250ms';

/**
 * The rows that a filter lets through: those for which all of its words hold. `cog:`, `kind:` and `err:` look there
 * (`err:` alone for any error), `>250ms` and `<1s` at the 95th percentile, other words at the cog and the name; case
 * does not matter.
 */
export function rowFilter(filter: string): Test {
  const tests = filter.toLowerCase().split(/\s+/).filter(Boolean).map(testOf);
  return (row) => tests.every((test) => test(row));
}

function testOf(word: string): Test {
  const [, prefix = '', value = ''] = /^(\w+):(.*)$/.exec(word) ?? [];
  if (Object.hasOwn(PREFIXES, prefix)) return PREFIXES[prefix]!(value);
  const sign = word[0];
  const limitMs = parseDuration(word.slice(1), 'ms');
  if ((sign === '<' || sign === '>') && limitMs !== undefined) {
    // Of what was not called neither holds.
    return ({ p95Ms }) => (sign === '>' ? p95Ms > limitMs : p95Ms < limitMs);
  }
  return ({ cog, name, id }) => [`${cog} ${name}`, id].some((text) => text.toLowerCase().includes(word));
}
