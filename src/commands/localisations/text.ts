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

export interface Language {
  /** The languages of Discord's clients that are shown these texts. */
  readonly locales: readonly `${Locale}`[];
  readonly texts: Texts;
}
