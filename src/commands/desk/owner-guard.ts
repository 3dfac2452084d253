import type { Client } from 'discord.js';
import { asOurs } from '../../rest/own.ts';

/** Who left or joined the team is known after this at the latest. */
const REFRESH_AFTER_MS = 600_000;
/** A user who is not known as an owner makes us ask again, but not more often than this. */
const ASK_AGAIN_AFTER_MS = 30_000;
/** An answer that takes longer comes too late for Discord's three seconds. */
const ANSWER_WITHIN_MS = 2_000;
const ACCEPTED = 2;

/** Tells the bot's owner, the accepted members of the owning team, and the configured ids from everyone else. */
export class OwnerGuard {
  readonly #client: Client;
  readonly #configured: ReadonlySet<string>;
  #owners: ReadonlySet<string> = new Set();
  #askedAtEpochMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(client: Client, configuredIds: readonly string[]) {
    this.#client = client;
    this.#configured = new Set(configuredIds);
  }

  /** Asks Discord who owns the application. Where it does not answer, those known before stay. */
  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async allows(userId: string): Promise<boolean> {
    if (this.#configured.has(userId)) return true;
    const ageMs = Date.now() - this.#askedAtEpochMs;
    if (this.#owners.has(userId) && ageMs < REFRESH_AFTER_MS) return true;
    if (ageMs >= ASK_AGAIN_AFTER_MS) {
      const { promise: tooLate, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ANSWER_WITHIN_MS).unref();
      await Promise.race([this.refresh(), tooLate]);
      clearTimeout(timer);
    }
    return this.#owners.has(userId);
  }

  async #ask(): Promise<void> {
    try {
      const owner = (await asOurs(() => this.#client.application?.fetch()))?.owner;
      if (!owner) return;
      const ids =
        'members' in owner
          ? owner.members.filter((member) => member.membershipState === ACCEPTED).map(({ id }) => id)
          : [owner.id];
      this.#owners = new Set(ids);
      this.#askedAtEpochMs = Date.now();
    } catch {
      // The configured ids and those known before still hold; the next stranger makes us ask again.
    }
  }
}
