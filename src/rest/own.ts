/** What of the requests is the profiler's own: it is not to appear in the figures of the bot. */

const TOKEN_LIFETIME_MS = 900_000;
/** More than the owner can do in the life of a token. */
const MOST_INTERACTIONS = 1_024;

let isOurTurn = false;

/**
 * Runs what makes a request of ours: synchronously, as the methods of discord.js do that need nothing else first.
 * What it does later is not known as ours.
 */
export function asOurs<Result>(run: () => Result): Result {
  const before = isOurTurn;
  isOurTurn = true;
  try {
    return run();
  } finally {
    isOurTurn = before;
  }
}

/** The interactions with us, by the ids and tokens that stand in the routes of our answers. */
export class OurInteractions {
  /** The oldest first. */
  readonly #tokens = new Map<string, { readonly id: string; readonly untilEpochMs: number }>();
  readonly #ids = new Set<string>();

  /** Never throws. */
  note(interaction: unknown): void {
    const { id, token } = (interaction ?? {}) as { id?: unknown; token?: unknown };
    if (typeof id !== 'string' || typeof token !== 'string') return;
    this.#ids.add(id);
    this.#tokens.set(token, { id, untilEpochMs: Date.now() + TOKEN_LIFETIME_MS });
    for (const [old, { id, untilEpochMs }] of this.#tokens) {
      if (untilEpochMs > Date.now() && this.#tokens.size <= MOST_INTERACTIONS) break;
      this.#tokens.delete(old);
      this.#ids.delete(id);
    }
  }

  /** Whether a request that is made now is ours. */
  has(id: string | undefined, token: string | undefined): boolean {
    if (isOurTurn) return true;
    if (id !== undefined) return this.#ids.has(id);
    return token !== undefined && this.#tokens.has(token);
  }
}
