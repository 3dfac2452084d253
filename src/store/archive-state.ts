import { batches, type GetMany, keyOfState, type Shard } from './archive-keys.ts';
import type { Backing } from './backing.ts';
import { UnreadableValueError } from './bucket.ts';
import {
  COARSE_LEVELS,
  type Complete,
  cover,
  keptFrom,
  LEVELS,
  type Level,
  type LevelName,
  type Span,
} from './levels.ts';
import type { Purged } from './settings.ts';

const VERSION = 1;
const [MINUTE, HOUR, DAY] = LEVELS;

/** What is known of the buckets of a shard. Those that exist, and their keys, follow from it. */
export interface State extends Purged {
  /** The first minute, since 1970; Infinity where there is nothing. */
  readonly since: number;
  readonly complete: Complete;
  /** Of each level the buckets before this one have been removed. */
  readonly removed: Readonly<Record<LevelName, number>>;
  /** The process that writes, by when it began, in Unix ms: of two that write the same, the later goes on. */
  readonly run: number;
}

/** Of a shard that has archived nothing. */
export const NOTHING = {
  since: Number.POSITIVE_INFINITY,
  complete: { minute: 0, hour: 0, day: 0 },
  removed: { minute: 0, hour: 0, day: 0 },
  purged: 0,
  erased: [],
} as const satisfies Omit<State, 'run'>;

/** Which buckets are read for a window. */
export type Covering = (fromEpochMs: number, toEpochMs: number, complete: Complete) => Iterable<Span>;

/** The buckets that cover a window, as far as there are any. */
export function spansIn(
  state: State,
  fromEpochMs: number,
  toEpochMs: number,
  covering: Covering = cover,
): Span[] {
  return [...covering(Math.max(fromEpochMs, state.since * MINUTE.ms), toEpochMs, state.complete)];
}

/** Whether anything was archived. */
export function isBegun({ since }: State): boolean {
  return Number.isFinite(since);
}

/** The same with something in a minute. */
export function including(state: State, minute: number): State {
  const { since, complete, removed } = state;
  if (!isBegun(state)) {
    // What came before is complete: it is empty.
    const hour = Math.floor((minute * MINUTE.ms) / HOUR.ms);
    const day = Math.floor((minute * MINUTE.ms) / DAY.ms);
    return { ...state, since: minute, complete: { minute: minute + 1, hour, day } };
  }
  if (minute >= since) {
    if (minute < complete.minute) return state;
    return { ...state, complete: { ...complete, minute: minute + 1 } };
  }
  // Of what came before, only the coarser buckets are kept.
  const first = (level: Level) => Math.max(removed[level.name], keptFrom(level, complete));
  return {
    ...state,
    since: minute,
    removed: { minute: first(MINUTE), hour: first(HOUR), day: first(DAY) },
  };
}

/** Every bucket that there can be, the coarsest and oldest first. */
export function allSpans(state: State): Span[] {
  return [...LEVELS].reverse().flatMap((level) => spansOf(state, level));
}

/** The buckets of a level that there can be. */
export function spansOf(state: State, level: Level): Span[] {
  if (!isBegun(state)) return [];
  const { since, complete, removed } = state;
  const first = Math.max(removed[level.name], Math.floor((since * MINUTE.ms) / level.ms));
  return spans(level, first, complete[level.name]);
}

/** Hours and days that a process which ended may have written before it could say so. */
export function spansToCome(state: State, nowEpochMs: number): Span[] {
  if (!isBegun(state)) return [];
  return COARSE_LEVELS.flatMap((level) =>
    spans(level, state.complete[level.name], Math.floor(nowEpochMs / level.ms)),
  );
}

function spans(level: Level, first: number, end: number): Span[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => ({ level, index: first + at }));
}

/**
 * Which erasures have been carried out in the values of which shards of a bot, of those that have archived something.
 * Rejects with a StoreError.
 */
export async function statesOf(
  backing: Backing,
  application: string,
  shards: readonly number[],
): Promise<{ readonly shard: number; readonly erased: readonly string[] | undefined }[]> {
  const found: { shard: number; erased: readonly string[] | undefined }[] = [];
  for (const batch of batches(shards)) {
    const values = await backing.getMany(batch.map((shard) => keyOfState({ application, shard })));
    for (const [at, value] of values.entries()) {
      if (value !== undefined) found.push({ shard: batch[at]!, erased: erasedIn(value) });
    }
  }
  return found;
}

/** Undefined where it cannot be read. */
function erasedIn(state: string): readonly string[] | undefined {
  try {
    return parseState(state).erased ?? [];
  } catch {
    return undefined;
  }
}

/** Undefined where nothing was archived. */
export async function readState(getMany: GetMany, shard: Shard): Promise<State | undefined> {
  const [value] = await getMany([keyOfState(shard)]);
  return value === undefined ? undefined : parseState(value);
}

/** As `readState` reads it. */
export function encodeState(state: State): string {
  return JSON.stringify({ version: VERSION, ...state });
}

function parseState(value: string): State {
  const { version, ...state } = parseJson(value) as Partial<State> & { version?: unknown };
  if (version !== VERSION || typeof state.since !== 'number') {
    throw new UnreadableValueError(
      `The archive is of version ${version}; this cogscope writes version ${VERSION}.`,
    );
  }
  return state as State;
}

function parseJson(value: string): object {
  try {
    return Object(JSON.parse(value));
  } catch (error) {
    throw new UnreadableValueError('It is no archive of cogscope.', { cause: error });
  }
}
