import type { OptionValue } from './command-line.ts';
import type { Handles, Posted } from './handles.ts';
import type { Place } from './places.ts';
import type { UploadSpec } from './resolve.ts';
import type { Services } from './services.ts';

export interface Where {
  in?: Place;
  /** The user's language; default en-US. */
  locale?: string;
}

export interface SayOptions extends Where {
  files?: readonly UploadSpec[];
  replyTo?: Posted;
}

export interface TypeOptions extends Where {
  /** Further options, as values instead of text; the last of them is the one that is being typed. */
  given?: Readonly<Record<string, OptionValue>>;
}

/** Commands run since the start by their full name, and how often everything else was done. */
export interface ActionCounts {
  commands: Record<string, number>;
  autocompletes: number;
  components: number;
  modals: number;
  messages: number;
}

export interface ActionContext extends Services {
  handles: Handles;
  counts: ActionCounts;
  reactionMs: number;
}
