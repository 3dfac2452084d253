import type { ChatInputCommandInteraction, CommandInteractionOption } from 'discord.js';
import type { GivenFile } from '../subcommand.ts';

/** The subcommand that was run, with its group. */
export function pathIn(
  options: Pick<ChatInputCommandInteraction['options'], 'getSubcommand' | 'getSubcommandGroup'>,
): string {
  return [options.getSubcommandGroup(false), options.getSubcommand(false)].filter(Boolean).join(' ');
}

/** By name. */
export function optionValues(
  data: readonly CommandInteractionOption[],
): Map<string, string | number | boolean> {
  const values = new Map<string, string | number | boolean>();
  for (const { name, value, options } of data) {
    if (value !== undefined) values.set(name, value);
    for (const [inner, given] of optionValues(options ?? [])) values.set(inner, given);
  }
  return values;
}

/** By the name of the option. */
export function givenFiles(data: readonly CommandInteractionOption[]): Map<string, GivenFile> {
  const files = new Map<string, GivenFile>();
  for (const { name, attachment, options } of data) {
    if (attachment) {
      files.set(name, { name: attachment.name, url: attachment.url, sizeBytes: attachment.size });
    }
    for (const [inner, file] of givenFiles(options ?? [])) files.set(inner, file);
  }
  return files;
}
