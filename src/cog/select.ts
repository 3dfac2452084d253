import { createHash } from 'node:crypto';
import { distance } from 'fastest-levenshtein';
import { ProfilerError } from '../errors.ts';
import type { Target } from './target.ts';

/** What Discord allows as the value of a choice. */
const LONGEST_KEY = 100;
const MOST_SUGGESTIONS = 3;

/** What stands for a target in a choice or a custom id: its id, or a hash of it where that is too long. */
export function keyOf(id: string): string {
  return id.length <= LONGEST_KEY
    ? id
    : `#${createHash('sha256').update(id).digest('base64url').slice(0, 22)}`;
}

export const ALL = 'all';

/**
 * The targets that a query names: a cog, an id, `cog/kind`, the name of a target, `all`, or several of these with
 * commas between. Case does not matter.
 * @param inGroups what counts as a member of a cog, of `cog/kind` and of `all`; the others go by their own name,
 *   or by that of a group which has no other members
 * @throws ProfilerError UNKNOWN_TARGET, with the names that come closest
 */
export function selectTargets(
  query: string,
  targets: ReadonlyMap<string, Target>,
  inGroups: (target: Target) => boolean = () => true,
): Target[] {
  const selected = new Set<Target>();
  for (const part of query.split(',')) {
    const wanted = part.trim().toLowerCase();
    if (wanted === '') continue;
    const named = [...targets.values()].filter((target) => isNamed(target, wanted));
    const members = [...targets.values()].filter((target) => isMember(target, wanted));
    const matches = [...members.filter(inGroups), ...named];
    if (matches.length === 0 && members.length === 0 && wanted !== ALL) {
      throw new ProfilerError('UNKNOWN_TARGET', part.trim(), suggest(wanted, targets.values()));
    }
    for (const match of matches.length > 0 ? matches : members) selected.add(match);
  }
  return [...selected];
}

function isNamed({ id, name }: Target, wanted: string): boolean {
  return [id, keyOf(id), name].some((own) => own.toLowerCase() === wanted);
}

function isMember({ cog, kind }: Target, wanted: string): boolean {
  return [ALL, cog, `${cog}/${kind}`].some((group) => group.toLowerCase() === wanted);
}

/** The cogs and ids nearest to a misspelt query; none where even the nearest is a different word. */
function suggest(wanted: string, targets: Iterable<Target>): string[] {
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
