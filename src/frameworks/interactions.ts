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

/** Where an interaction goes; undefined for what is none. Never throws. */
export function pathOf(value: unknown): InteractionPath | undefined {
  try {
    const { type, commandType, commandName, customId, options } = (value ?? {}) as InteractionLike;
    if (type === COMMAND && commandType === CHAT_INPUT) {
      return { kind: 'command', name: commandPath(String(commandName), subcommandOf(options)) };
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
      if (options?.getSubcommand !== undefined) return subcommandOf(options);
    }
  } catch {
    // Not an interaction after all.
  }
  return undefined;
}

function subcommandOf(options: InteractionLike['options']): string {
  const group = options?.getSubcommandGroup?.(false);
  const subcommand = options?.getSubcommand?.(false) ?? '';
  return group == null ? subcommand : `${group} ${subcommand}`;
}

function commandPath(name: string, subcommand: string): string {
  return subcommand === '' ? name : `${name} ${subcommand}`;
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
