import type { APIApplicationCommandBasicOption, User } from 'discord.js';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';

/** Types of options, as Discord numbers them. discord.js is not loaded for them: a bot may have several copies. */
export const OPTION = { string: 3, boolean: 5, number: 10, attachment: 11 } as const;

/** The groups of subcommands. */
export const GROUPS = [
  { name: 'rules', description: 'What is timed, and how' },
  { name: 'data', description: 'What was recorded: export, import, clear' },
] as const satisfies readonly { name: string; description: string }[];

/** One subcommand of `/profiler`, with the components that its pages carry. Only the owner ever gets here. */
export interface Subcommand {
  /** The group that it is in, one of `GROUPS`. */
  readonly group?: (typeof GROUPS)[number]['name'];
  readonly name: string;
  /** What Discord shows beside the name: up to 100 characters. */
  readonly description: string;
  readonly options?: readonly APIApplicationCommandBasicOption[];
  run(request: CommandRequest): Page | Promise<Page>;
  /** What to offer while an option is typed. The caller keeps Discord's limits. */
  autocomplete?(typed: string, profiler: Profiler, option: string): readonly Choice[];
  /** A click on a component made with `componentId(name, …)`: the page to show in place of the former. */
  component?(request: ComponentRequest): Page | Promise<Page>;
}

/** What the owner types for it after `/profiler`. */
export function pathOf({ group, name }: Subcommand): string {
  return group === undefined ? name : `${group} ${name}`;
}

export interface Choice {
  readonly name: string;
  readonly value: string;
}

interface Request {
  readonly profiler: Profiler;
  readonly user: User;
  /** How large a file in the answer may be. */
  readonly fileLimitBytes: number;
}

interface CommandRequest extends Request {
  /** The options that were given, by name. */
  readonly options: ReadonlyMap<string, string | number | boolean>;
  /** The files that were given, by the name of the option. */
  readonly files: ReadonlyMap<string, GivenFile>;
}

/** A file that Discord holds for us. */
export interface GivenFile {
  readonly name: string;
  readonly url: string;
  readonly sizeBytes: number;
}

export interface ComponentRequest extends Request {
  /** What followed the subcommand's name in the custom id. */
  readonly state: string;
  /** What was chosen in a select menu; empty for a button. */
  readonly values: readonly string[];
}
