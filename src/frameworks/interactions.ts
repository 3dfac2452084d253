import type { TargetKindName } from '../cog/target.ts';

/** What a user did, as far as it says which part of the bot is meant. */
export interface InteractionPath {
  readonly kind: TargetKindName;
  /** `group subcommand` paths after the command's name; of a custom id what does not vary. */
  readonly name: string;
}

/** What of an interaction is looked at. */
interface InteractionLike {
  readonly type?: unknown;
  readonly commandType?: unknown;
  readonly commandName?: unknown;
  readonly customId?: unknown;
  readonly options?: {
    getSubcommandGroup?(required: false): string | null;
    getSubcommand?(required: false): string | null;
  };
}

/** Our own command. It is none of the bot's. */
export const COMMAND_NAME = 'profiler';

const COMMAND = 2;
const COMPONENT = 3;
const AUTOCOMPLETE = 4;
const MODAL = 5;
const CHAT_INPUT = 1;

/** A bot has some hundreds of commands at most. */
const MOST_WORDS = 5_000;

/** The paths of commands, made once each: to put words together, and to find something by that, takes longer. */
class CommandPaths {
  #first = new Map<string, Word>();
  #words = 0;

  of(name: string, group: string | undefined, subcommand: string | undefined): InteractionPath {
    if (this.#words > MOST_WORDS) {
      this.#first = new Map();
      this.#words = 0;
    }
    let word = this.#next(this.#first, name, undefined);
    if (group !== undefined) word = this.#next(word.next, group, word.path);
    return subcommand === undefined ? word.path : this.#next(word.next, subcommand, word.path).path;
  }

  #next(words: Map<string, Word>, text: string, before: InteractionPath | undefined): Word {
    const known = words.get(text);
    if (known !== undefined) return known;
    const name = before === undefined ? text : `${before.name} ${text}`;
    const word = { path: { kind: 'command', name }, next: new Map() } as const;
    words.set(text, word);
    this.#words++;
    return word;
  }
}

/** One word of a path, and what may follow it. */
interface Word {
  readonly path: InteractionPath;
  readonly next: Map<string, Word>;
}

const commandPaths = new CommandPaths();

/** Where an interaction goes; undefined for what is none. Never throws. */
export function pathOf(value: unknown): InteractionPath | undefined {
  try {
    const { type, commandType, commandName, customId, options } = (value ?? {}) as InteractionLike;
    if (type === COMMAND && commandType === CHAT_INPUT) {
      return commandPaths.of(String(commandName), groupOf(options), subcommandOf(options));
    }
    if (type === COMMAND) return { kind: 'context', name: String(commandName) };
    if (type === AUTOCOMPLETE) return { kind: 'autocomplete', name: String(commandName) };
    if (type === COMPONENT) return { kind: 'component', name: patternOf(String(customId)) };
    if (type === MODAL) return { kind: 'modal', name: patternOf(String(customId)) };
  } catch {
    // Looks like an interaction, and is none.
  }
  return undefined;
}

/** `group subcommand` or `subcommand` of the interaction among the arguments of a call; empty where it has none. */
export function subcommandIn(args: readonly unknown[]): string | undefined {
  try {
    for (const argument of args) {
      const { options } = (argument ?? {}) as InteractionLike;
      if (options?.getSubcommand === undefined) continue;
      return [groupOf(options), subcommandOf(options)].filter((word) => word !== undefined).join(' ');
    }
  } catch {
    // Not an interaction after all.
  }
  return undefined;
}

function groupOf(options: InteractionLike['options']): string | undefined {
  return options?.getSubcommandGroup?.(false) || undefined;
}

function subcommandOf(options: InteractionLike['options']): string | undefined {
  return options?.getSubcommand?.(false) || undefined;
}

/** Bots put ids and page numbers into custom ids: a number stands for all numbers in its place. */
function patternOf(customId: string): string {
  return customId.replace(/\d+/g, '#');
}

const MOST_PATHS_PER_KIND = 200;

/** The ways that interactions have taken since the profiler was created. */
export class SeenInteractions {
  readonly #names = new Map<TargetKindName, Set<string>>();

  /** @returns whether it went a way that none went before */
  note(path: InteractionPath): boolean {
    let names = this.#names.get(path.kind);
    if (names === undefined) this.#names.set(path.kind, (names = new Set()));
    if (names.has(path.name) || names.size >= MOST_PATHS_PER_KIND) return false;
    names.add(path.name);
    return true;
  }

  paths(): InteractionPath[] {
    return [...this.#names].flatMap(([kind, names]) => [...names].map((name) => ({ kind, name })));
  }
}
