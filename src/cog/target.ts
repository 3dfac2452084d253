import type { Slot } from './slots.ts';

// biome-ignore lint/suspicious/noExplicitAny: the bot's functions take and return anything.
export type AnyFunction = (this: any, ...args: any[]) => any;

/**
 * Every kind of function that is tracked, with the mark that stands for it in tables: a character that each
 * fixed-width font has, as one from another font would move the columns.
 */
export const TARGET_KINDS = [
  { name: 'command', mark: '/', label: 'slash command' },
  { name: 'context', mark: '>', label: 'context menu' },
  { name: 'message', mark: '$', label: 'message command' },
  { name: 'autocomplete', mark: '…', label: 'autocomplete' },
  { name: 'component', mark: '#', label: 'button or select' },
  { name: 'modal', mark: '=', label: 'modal' },
  { name: 'listener', mark: '~', label: 'event listener' },
  { name: 'task', mark: '*', label: 'scheduled task' },
  { name: 'precondition', mark: '?', label: 'precondition' },
  { name: 'method', mark: '.', label: 'method' },
] as const satisfies readonly { name: string; mark: string; label: string }[];

export type TargetKindName = (typeof TARGET_KINDS)[number]['name'];

/** Where a function was written. Line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Which of a function's calls are a target's. All branches of one slot have the same `of`. */
export interface Branch {
  readonly name: string;
  /** The name of the branch that a call with these arguments takes. Must not throw. */
  readonly of: (args: readonly unknown[]) => string | undefined;
}

/** A function of the bot that can be tracked, or one branch of it. */
export interface Target {
  /** `cog/kind/name`, such as `music/command/queue add`; no two targets share one. */
  readonly id: string;
  readonly cog: string;
  readonly kind: TargetKindName;
  readonly name: string;
  /** Where the function lives. Branches of one function share the slot. */
  readonly slot: Slot;
  /** Set where one function serves several targets, as a command does with subcommands. */
  readonly branch?: Branch;
  /**
   * Set where the function hands calls on to other targets, so that its time is theirs once more: it is then
   * tracked only when it is asked for by its own name.
   */
  readonly dispatches?: boolean;
  /** Why it cannot be tracked, as a sentence without its full stop, where that is known beforehand. */
  readonly obstacle?: string;
  readonly location?: SourceLocation;
}

/** What a framework adapter finds, before targets get their ids. */
export type Discovery = Omit<Target, 'id'>;
