import type { ApplicationCommandOptionChoiceData, AutocompleteInteraction } from 'discord.js';
import type { Profiler } from '../../profiler.ts';
import { cut } from '../../render/text.ts';
import { find } from './find.ts';
import { pathIn } from './options.ts';

const MOST_CHOICES = 25;
const LONGEST_CHOICE = 100;

/** What is suggested for the option that is being typed, as Discord takes it. */
export function choicesFor(
  interaction: AutocompleteInteraction,
  profiler: Profiler,
): ApplicationCommandOptionChoiceData[] {
  const { name, value } = interaction.options.getFocused(true);
  const choices = find(pathIn(interaction.options)).autocomplete?.(value, profiler, name) ?? [];
  return choices
    .filter(({ value }) => value.length <= LONGEST_CHOICE)
    .slice(0, MOST_CHOICES)
    .map(({ name, value }) => ({ name: cut(name, LONGEST_CHOICE), value }));
}
