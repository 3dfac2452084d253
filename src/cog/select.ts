import { createHash } from 'node:crypto';
import { distance } from 'fastest-levenshtein';
import { ProfilerError } from '../errors.ts';
import { ANY, type Group } from './rules.ts';
import { TARGET_KINDS, type Target } from './target.ts';

/** What Discord allows as the value of a choice. */
const LONGEST_KEY = 100;
const MOST_SUGGESTIONS = 3;

/**
 * What stands for a target in a choice or a custom id: its id, or a hash of it where that is too long. The key of a key
 * is that of the id, where it is not longer.
 */
export function keyOf(id: string, longest = LONGEST_KEY): string {
  return id.length <= longest ? id : `#${createHash('sha256').update(id).digest('base64url').slice(0, 22)}`;
}

export const ALL = 'all';

/** What a query looks at. */
export type Selectable = Pick<Target, 'id' | 'cog' | 'kind' | 'name' | 'dispatches'>;

/** What a query names. */
export interface Selection<T extends Selectable = Target> {
  /** Groups that were named as such: what becomes a member later belongs to them too. */
  readonly groups: readonly Group[];
  /** Targets that were named themselves. */
  readonly named: readonly T[];
  /** These targets, and the present members of the groups. */
  readonly targets: readonly T[];
}

/**
 * What a query names: `all`, a cog, a kind (`listener`, `listeners`), `cog/kind`, the id or the name of a target,
 * or several of these with commas or spaces between. Case does not matter. What is ambiguous can be told apart with
 * `cog:`, `kind:` and `target:` before it.
 *
 * @param dispatchers whether targets that hand calls on are members of groups; those that are not go by their own
 *   name, or by that of a group which has no other members
 * @throws ProfilerError UNKNOWN_TARGET, with the names that come closest
 */
export function select<T extends Selectable>(
  query: string,
  targets: ReadonlyMap<string, T>,
  dispatchers: 'members' | 'apart',
): Selection<T> {
  const groups: Group[] = [];
  const named = new Set<T>();
  const members = new Set<T>();
  for (const word of wordsOf(query, targets)) {
    const found = find(word, targets);
    if (found === undefined) {
      const { name } = parse(word);
      throw new ProfilerError('UNKNOWN_TARGET', name, suggest(name.toLowerCase(), targets.values()));
    }
    const { group, own } = found;
    const all = group === undefined ? [] : [...targets.values()].filter((target) => isMember(target, group));
    const usual = all.filter(({ dispatches }) => dispatchers === 'members' || !dispatches);
    if (group !== undefined && (usual.length > 0 || all.length === 0)) groups.push(group);
    else for (const target of all) named.add(target);
    for (const target of own) named.add(target);
    for (const target of usual) members.add(target);
  }
  return { groups, named: [...named], targets: [...new Set([...members, ...named])] };
}

/** The names in a query. Names may hold spaces themselves. */
function wordsOf(query: string, targets: ReadonlyMap<string, Selectable>): string[] {
  // Names may even hold commas.
  if (query.includes(',') && find(query.trim(), targets)) return [query.trim()];
  return query.split(',').flatMap((part) => {
    const whole = part.trim();
    if (whole === '') return [];
    const words = whole.split(/\s+/);
    const isList = words.length > 1 && !find(whole, targets) && words.every((word) => find(word, targets));
    return isList ? words : [whole];
  });
}

/** What stands before the colon, where that says what is meant, and the rest. */
function parse(word: string): { prefix: string; name: string } {
  const [, prefix = '', rest = ''] = /^(?:(cog|kind|target|method):)?(.*)$/is.exec(word)!;
  return { prefix: prefix.toLowerCase(), name: rest.trim() };
}

function find<T extends Selectable>(word: string, targets: ReadonlyMap<string, T>) {
  const { prefix, name } = parse(word);
  const wanted = name.toLowerCase();
  const isOwn = ['', 'target', 'method'].includes(prefix);
  const own = isOwn ? [...targets.values()].filter((target) => isNamed(target, wanted)) : [];
  const group = findGroup(wanted, prefix, targets);
  return group === undefined && own.length === 0 ? undefined : { group, own };
}

function findGroup(
  wanted: string,
  prefix: string,
  targets: ReadonlyMap<string, Selectable>,
): Group | undefined {
  const cogOf = (name: string) => [...targets.values()].find(({ cog }) => cog.toLowerCase() === name)?.cog;
  const kindOf = (name: string) =>
    TARGET_KINDS.find((kind) => name === kind.name || name === `${kind.name}s`)?.name;
  if (prefix === 'target' || prefix === 'method') return undefined;
  if (prefix === '' && wanted === ALL) return { cog: ANY, kind: ANY };
  const cog = prefix === 'kind' ? undefined : cogOf(wanted);
  if (cog !== undefined) return { cog, kind: ANY };
  const kind = prefix === 'cog' ? undefined : kindOf(wanted);
  if (kind !== undefined) return { cog: ANY, kind };
  const slash = wanted.lastIndexOf('/');
  const both = { cog: cogOf(wanted.slice(0, slash)), kind: kindOf(wanted.slice(slash + 1)) };
  return both.cog !== undefined && both.kind !== undefined ? (both as Group) : undefined;
}

function isNamed({ id, name }: Selectable, wanted: string): boolean {
  return [id, keyOf(id), name].some((own) => own.toLowerCase() === wanted);
}

function isMember({ cog, kind }: Selectable, group: Group): boolean {
  return (group.cog === ANY || group.cog === cog) && (group.kind === ANY || group.kind === kind);
}

/** The cogs and ids nearest to a misspelt query; none where even the nearest is a different word. */
function suggest(wanted: string, targets: Iterable<Selectable>): string[] {
  const nearest = new Map<string, number>();
  for (const { id, cog, name } of targets) {
    nearest.set(cog, edits(wanted, cog));
    nearest.set(id, Math.min(edits(wanted, id), edits(wanted, name)));
  }
  return [...nearest]
    .filter(([name, share]) => share <= 0.5 && name.length <= LONGEST_KEY)
    .sort((a, b) => a[1] - b[1] || a[0].length - b[0].length)
    .slice(0, MOST_SUGGESTIONS)
    .map(([name]) => name);
}

/** Edit distance as a share of the longer text: 0 is equal, 1 has nothing in common. */
function edits(wanted: string, name: string): number {
  return distance(wanted, name.toLowerCase()) / Math.max(wanted.length, name.length, 1);
}
