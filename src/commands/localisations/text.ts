import type { Locale } from 'discord.js';

/** What one part of `/profiler` is called in a language. Choices have no description. */
export interface Text {
  readonly name?: string;
  readonly description?: string;
}

/**
 * By what the texts belong to: `''` for the command, `rules` for a group, `rules tracking` for a subcommand,
 * `rules tracking.kind` for its option, `rules tracking.kind=command` for a choice of that, by its value.
 */
export type Texts = Readonly<Record<string, Text>>;

/** The texts of the options of a subcommand, for each of the names that it has. */
export function optionsOf(paths: readonly string[], options: Texts): Texts {
  return Object.fromEntries(
    paths.flatMap((path) => Object.entries(options).map(([name, text]) => [`${path}.${name}`, text])),
  );
}

export interface Language {
  /** The languages of Discord's clients that are shown these texts. */
  readonly locales: readonly `${Locale}`[];
  readonly texts: Texts;
}
