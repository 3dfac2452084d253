import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType } from 'discord.js';
import { distance } from 'fastest-levenshtein';
import { ALL, keyOf } from '../cog/select.ts';
import { TARGET_KINDS, type Target, type TargetKindName } from '../cog/target.ts';
import { formatCount } from '../render/units.ts';
import type { Choice } from './subcommand.ts';

export const TARGET_OPTION = 'target';

/** The option that names what to track; its value is understood by `selectTargets`. */
export function targetOption(description: string): APIApplicationCommandBasicOption {
  return {
    type: ApplicationCommandOptionType.String,
    name: TARGET_OPTION,
    description,
    required: true,
    autocomplete: true,
  };
}

/**
 * `all`, the cogs and the targets that fit what was typed: first those that begin with it, then those that contain
 * it, then misspellings.
 * @param inGroups as for `selectTargets`
 */
export function targetChoices(
  typed: string,
  targets: ReadonlyMap<string, Target>,
  inGroups: (target: Target) => boolean = () => true,
): Choice[] {
  const members = [...targets.values()].filter(inGroups);
  const group = (name: string, what: string, size: number) => ({
    names: [name],
    choice: { name: `${name} · ${what}${targetsOf(size)}`, value: name },
  });
  const candidates = [
    ...(members.length === 0 ? [] : [group(ALL, '', members.length)]),
    ...[...Map.groupBy(members, ({ cog }) => cog)].map(([cog, own]) => group(cog, 'cog, ', own.length)),
    ...[...targets.values()].map(({ id, cog, kind, name }) => ({
      names: [name, id],
      choice: { name: `${cog} › ${name} · ${kindLabel(kind)}`, value: keyOf(id) },
    })),
  ];
  const wanted = typed.trim().toLowerCase();
  return candidates
    .map(({ names, choice }) => ({
      choice,
      rank: Math.min(...names.map((name) => rank(name.toLowerCase(), wanted))),
    }))
    .filter(({ rank }) => rank < MISFIT)
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

function kindLabel(kind: TargetKindName): string {
  return TARGET_KINDS.find(({ name }) => name === kind)!.label;
}

/** Such as `1 target` or `12 targets`. */
export function targetsOf(count: number): string {
  return count === 1 ? '1 target' : `${formatCount(count)} targets`;
}

const MISFIT = 3;

function rank(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.includes(wanted)) return 1;
  const share = distance(wanted, name) / Math.max(wanted.length, name.length);
  return share <= 0.5 ? 2 + share : MISFIT;
}
