import type { APIApplicationCommandBasicOption } from 'discord.js';
import { distance } from 'fastest-levenshtein';
import { ALL, keyOf, select } from '../../cog/select.ts';
import { TARGET_KINDS, type Target, type TargetKindName } from '../../cog/target.ts';
import type { Profiler } from '../../profiler.ts';
import { formatCount } from '../../render/units.ts';
import { type Choice, OPTION } from '../subcommand.ts';

export const TARGET_OPTION = 'target';

/** The option that names what to track; its value is understood by `select`. */
export function targetOption(description: string, required = true): APIApplicationCommandBasicOption {
  return {
    type: OPTION.string,
    name: TARGET_OPTION,
    description,
    required,
    autocomplete: true,
  };
}

/**
 * `all`, the cogs, the kinds and the targets that fit what was typed: first those that begin with it, then those
 * that contain it, then misspellings. What stands before the last comma stays.
 */
export function targetChoices(typed: string, targets: ReadonlyMap<string, Target>): Choice[] {
  const members = [...targets.values()].filter(({ dispatches }) => !dispatches);
  const group = (names: string[], what: string, own: readonly Target[]) => ({
    names,
    choice: { name: `${names[0]} · ${what}${targetsOf(own.length)}`, value: names[0]! },
  });
  const candidates = [
    ...(members.length === 0 ? [] : [group([ALL], '', members)]),
    ...[...Map.groupBy(members, ({ cog }) => cog)].map(([cog, own]) => group([cog], 'cog, ', own)),
    ...[...Map.groupBy(members, ({ kind }) => kind)].map(([kind, own]) =>
      group([`${kind}s`, kindLabel(kind)], 'kind, ', own),
    ),
    ...[...targets.values()].map(({ id, cog, kind, name }) => ({
      names: [name, id],
      choice: { name: `${cog} › ${name} · ${kindLabel(kind)}`, value: keyOf(id) },
    })),
  ];
  const comma = typed.lastIndexOf(',') + 1;
  const before = comma === 0 ? '' : `${typed.slice(0, comma)} `;
  const wanted = typed.slice(comma).trim().toLowerCase();
  return candidates
    .map(({ names, choice }) => ({
      choice: { name: before + choice.name, value: before + choice.value },
      rank: Math.min(...names.map((name) => rank(name.toLowerCase(), wanted))),
    }))
    .filter(({ rank }) => rank < MISFIT)
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

/** The cogs whose names fit what was typed. */
export function cogChoices(typed: string, profiler: Profiler): Choice[] {
  const wanted = typed.trim().toLowerCase();
  return [...Map.groupBy(profiler.targets.values(), ({ cog }) => cog)]
    .map(([cog, own]) => ({
      choice: { name: `${cog} · ${targetsOf(own.length)}`, value: cog },
      rank: rank(cog.toLowerCase(), wanted),
    }))
    .filter(({ rank }) => rank < MISFIT)
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

/**
 * The name of a cog as the bot writes it.
 * @throws ProfilerError UNKNOWN_TARGET, with the nearest names
 */
export function findCog(profiler: Profiler, name: string): string {
  const [group] = select(`cog:${name}`, profiler.targets, 'members').groups;
  return group!.cog;
}

export function kindLabel(kind: TargetKindName): string {
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
