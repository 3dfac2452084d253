import type { KeyvBackingOptions } from '../keyv-backing.ts';
import type { KeyvStorage } from '../keyv-like.ts';

export interface SchemeHooks {
  /** Told where a file that could not be used was moved to, and why. */
  readonly onSetAside: (movedTo: string, reason: string) => void;
}

/** A storage adapter that was opened for a URI, and what is known of it. */
interface OpenedStorage extends Omit<KeyvBackingOptions, 'deadlineMs'> {
  readonly storage: KeyvStorage;
}

/** A kind of store that can be named in a URI. */
export interface Scheme {
  /** Before the colon, in small letters. */
  readonly names: readonly string[];
  /** For error messages. */
  readonly example: string;
  /**
   * Fails only where trying again would not help. A server that is not there yet, or a file that is locked, fails
   * the calls until it is there.
   *
   * @param rest What comes after the colon.
   * @throws ProfilerError
   */
  open(uri: string, rest: string, hooks: SchemeHooks): Promise<OpenedStorage>;
}
