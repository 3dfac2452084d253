import type { RulesData } from '../cog/rules.ts';
import { UnreadableValueError } from './bucket.ts';
import { type Erasure, Erasures } from './erasures.ts';
import { matching, without } from './heaviest/heaviest.ts';
import type { Remainder } from './row.ts';

/** What the owner has set in Discord, for all shards of a bot. */
export interface Settings {
  /** Grows with each change. */
  readonly revision: number;
  /** Undefined where the owner has not changed those of the code. */
  readonly rules?: RulesData;
  /** Ids of the targets that the code had tracked by name when the owner changed the rules. */
  readonly namedByCode?: readonly string[];
  /** Whether figures are kept in the store; undefined where the options of the code count. */
  readonly save?: boolean;
  /** Whether what was saved is to be removed, where saving has ended. */
  readonly isErased?: boolean;
  /** How long figures are kept; undefined where the options of the code count. */
  readonly retentionMs?: number;
  /** What was recorded of a target until when, in Unix ms, is forgotten; `*` stands for all targets. */
  readonly forgotten: readonly (readonly [targetId: string, untilEpochMs: number])[];
  /** Ids that are to be found nowhere; absent where there are none. */
  readonly erasures?: readonly Erasure[];
}

/** What has been taken out of the values of a shard. */
export interface Purged {
  /** What was recorded of targets that were forgotten until then, in Unix ms. */
  readonly purged: number;
  /** Ids, by the tokens of the wishes; absent where none was before. */
  readonly erased?: readonly string[];
}

/** Stands for all targets. */
export const ALL = '*';

const VERSION = 1;

export function encodeSettings(settings: Settings): string {
  return JSON.stringify({ version: VERSION, ...settings });
}

/** Throws an UnreadableValueError where a later version of cogscope, or something else, has written it. */
export function decodeSettings(value: string): Settings {
  let found: Partial<Settings> & { version?: unknown };
  try {
    found = Object(JSON.parse(value));
  } catch (error) {
    throw new UnreadableValueError('The settings are damaged.', { cause: error });
  }
  const { version, revision, forgotten, erasures = [] } = found;
  const isKnown = version === VERSION && typeof revision === 'number';
  if (!isKnown || !Array.isArray(forgotten) || !Array.isArray(erasures)) {
    throw new UnreadableValueError(
      `The settings are of version ${version}; this cogscope writes version ${VERSION}.`,
    );
  }
  return found as Settings;
}

/** What has been forgotten: of which targets, until when; and which ids. */
export class Forgotten {
  readonly erasures = new Erasures();
  #untilEpochMs = new Map<string, number>();

  /** What was recorded of a target up to a moment before this one is forgotten. */
  add(targetId: string, nowEpochMs: number): void {
    this.#untilEpochMs.set(targetId, nowEpochMs - 1);
  }

  /** Until when what was recorded of a target is forgotten, in Unix ms. */
  untilEpochMs(targetId: string): number {
    return Math.max(this.#untilEpochMs.get(targetId) ?? 0, this.#untilEpochMs.get(ALL) ?? 0);
  }

  /** What is left of rows that were stored. What is forgotten later is not looked at. */
  remainderOf({ purged, erased = [] }: Purged): Remainder {
    const isErased = matching(this.erasures.openBut(erased));
    return (targetId, row) => {
      if (this.#covers(targetId, row, purged)) return undefined;
      return isErased === undefined ? row : without(row, isErased);
    };
  }

  /** What will have been taken out when all is that is known by now; undefined where nothing is left to be. */
  due({ purged, erased = [] }: Purged): Required<Purged> | undefined {
    const latestEpochMs = Math.max(0, ...this.#untilEpochMs.values());
    if (latestEpochMs <= purged && this.erasures.openBut(erased).length === 0) return undefined;
    return {
      purged: Math.max(latestEpochMs, purged),
      erased: this.erasures.open.map(({ token }) => token),
    };
  }

  /**
   * Whether something that began to be counted then has been forgotten.
   * @param purgedEpochMs what was forgotten until then has been removed: what is there has come later
   */
  #covers(targetId: string, { sinceEpochMs }: { sinceEpochMs: number }, purgedEpochMs: number): boolean {
    if (this.#untilEpochMs.size === 0) return false;
    const untilEpochMs = this.untilEpochMs(targetId);
    return sinceEpochMs <= untilEpochMs && untilEpochMs > purgedEpochMs;
  }

  /** @param beforeEpochMs nothing is kept from before that: those who are forgotten until then are left out */
  toJSON(beforeEpochMs = 0): Settings['forgotten'] {
    return [...this.#untilEpochMs].filter(([, untilEpochMs]) => untilEpochMs >= beforeEpochMs);
  }

  /** Takes on what another has forgotten. */
  include(forgotten: Settings['forgotten']): void {
    for (const [targetId, untilEpochMs] of forgotten) {
      if (untilEpochMs > (this.#untilEpochMs.get(targetId) ?? 0))
        this.#untilEpochMs.set(targetId, untilEpochMs);
    }
  }
}
