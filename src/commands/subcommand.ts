import type { APIApplicationCommandBasicOption, User } from 'discord.js';
import type { Profiler } from '../profiler.ts';
import type { DescriptionOf, DrawingName } from '../render/chart/drawings/index.ts';
import type { Menu, Outcome } from './desk/menu.ts';

/** Types of options, as Discord numbers them. discord.js is not loaded for them: a bot may have several copies. */
export const OPTION = { string: 3, integer: 4, boolean: 5, number: 10, attachment: 11 } as const;

/** The groups of subcommands. */
export const GROUPS = [
  { name: 'rules', description: 'What is timed, and how' },
  { name: 'data', description: 'What was recorded: export, import, clear' },
  { name: 'heap', description: 'What grows in memory, who allocates it, and what its objects look like' },
  { name: 'runtime', description: 'What the running bot keeps' },
] as const satisfies readonly { name: string; description: string }[];

/** One subcommand of `/profiler`, with the components that its pages carry. Only the owner ever gets here. */
export interface Subcommand {
  /** The group that it is in, one of `GROUPS`. */
  readonly group?: (typeof GROUPS)[number]['name'];
  readonly name: string;
  /** What Discord shows beside the name: up to 100 characters. */
  readonly description: string;
  readonly options?: readonly APIApplicationCommandBasicOption[];
  /** The page that answers, or the state of its menu that is shown first. */
  run(request: CommandRequest): Outcome<string> | Promise<Outcome<string>>;
  /** What to offer while an option is typed. The caller keeps Discord's limits. */
  autocomplete?(typed: string, profiler: Profiler, option: string): readonly Choice[];
  /** A click on a component made with `componentId(name, …)`: the page to show in place of the former. */
  component?(request: ComponentRequest): Outcome<string> | Promise<Outcome<string>>;
  /** In place of `component`, for a page whose components change what it shows; see `menu.ts`. */
  readonly menu?: Menu;
}

/** What the owner types for it after `/profiler`. */
export function pathOf({ group, name }: Subcommand): string {
  return group === undefined ? name : `${group} ${name}`;
}

export interface Choice {
  readonly name: string;
  readonly value: string;
}

export interface Request {
  readonly profiler: Profiler;
  readonly user: User;
  /** How large a file in the answer may be. */
  readonly fileLimitBytes: number;
  /** Draws a picture, as PNG; undefined where there is none to draw, or it cannot be drawn here. */
  draw<Name extends DrawingName>(name: Name, description: DescriptionOf<Name>): Promise<Buffer | undefined>;
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
