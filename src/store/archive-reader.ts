import type { Backing } from './backing.ts';
import { decodeBucket, UnreadableValueError } from './bucket.ts';
import { type Complete, cover, LEVELS, type LevelName, type Span } from './levels.ts';
import type { Remainder, SealedRow } from './row.ts';
import type { Forgotten, Purged } from './settings.ts';

const KEY_PREFIX = 'cogscope:v1';
const VERSION = 1;
const [MINUTE] = LEVELS;
/** Read or deleted in one go: a store may unpack all of them before the loop turns. */
const KEYS_AT_ONCE = 8;

/** The writer of an archive: a process of the bot, named by the first of its shards. */
export interface Shard {
  /** Id of the bot's application. */
  readonly application: string;
  readonly shard: number;
}

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

/** What is forgotten, of what is still in the values. */
export type Forgettings = Pick<Forgotten, 'remainderOf' | 'due'>;

export const NOTHING_FORGOTTEN: Forgettings = { remainderOf: () => (_, row) => row, due: () => undefined };

export type Skipped = (error: UnreadableValueError) => void;

/** What was found of a bucket. */
export interface FoundBucket {
  readonly span: Span;
  readonly coveredMs: number;
  readonly rows: Iterable<[id: string, row: SealedRow]>;
}

/** Called for each bucket; throws nothing. */
export type Visit = (bucket: FoundBucket) => void | Promise<void>;

/** Which buckets are read for a window. */
export type Covering = (fromEpochMs: number, toEpochMs: number, complete: Complete) => Iterable<Span>;

export type GetMany = (keys: readonly string[]) => Promise<(string | undefined)[]>;

function keyOf({ application, shard }: Shard, what: string): string {
  return `${KEY_PREFIX}:${application}:${shard}:${what}`;
}

export function keyOfState(shard: Shard): string {
  return keyOf(shard, 'state');
}

export function keyOfSpan(shard: Shard, { level, index }: Span): string {
  return keyOf(shard, `${level.name}:${index}`);
}

/** Reads what a shard has archived. */
export class ArchiveReader {
  readonly #shard: Shard;
  readonly #getMany: GetMany;
  readonly #forgotten: Forgettings;
  readonly #skipped: Skipped | undefined;

  /** @param skipped told of each value that was there and could not be read */
  constructor(shard: Shard, getMany: GetMany, forgotten: Forgettings, skipped?: Skipped) {
    this.#shard = shard;
    this.#getMany = getMany;
    this.#forgotten = forgotten;
    this.#skipped = skipped;
  }

  /**
   * Visits the buckets that a window covers. Rejects with a StoreError.
   * @returns whether there is an archive
   */
  async read(
    fromEpochMs: number,
    toEpochMs: number,
    visit: Visit,
    covering: Covering = cover,
  ): Promise<boolean> {
    const state = await readState(this.#getMany, this.#shard);
    if (state !== undefined) await this.visit(spansIn(state, fromEpochMs, toEpochMs, covering), state, visit);
    return state !== undefined;
  }

  /** Visits all there is, each moment once. Rejects with a StoreError. */
  readAll(nowEpochMs: number, visit: Visit): Promise<unknown> {
    return this.read(0, nowEpochMs, visit);
  }

  /** Visits buckets, without what is forgotten of them. */
  async visit(spans: readonly Span[], purged: Purged, visit: Visit): Promise<void> {
    const remainder = this.#forgotten.remainderOf(purged);
    for (const batch of batches(spans)) {
      const values = await this.#getMany(batch.map((span) => keyOfSpan(this.#shard, span)));
      // The next one is unpacked, in a thread of its own, while this one is gone through.
      let next = decodeIfAny(values[0]);
      for (const [at, span] of batch.entries()) {
        const decoding = next;
        next = decodeIfAny(values[at + 1]);
        try {
          const bucket = await decoding;
          if (bucket === undefined) continue;
          const { coveredMs, rows } = bucket;
          await visit({ span, coveredMs, rows: remaining(rows, remainder) });
        } catch (error) {
          if (!(error instanceof UnreadableValueError)) throw error;
          this.#skipped?.(error);
        }
      }
    }
  }
}

function* remaining(rows: FoundBucket['rows'], remainder: Remainder): FoundBucket['rows'] {
  for (const [id, row] of rows) {
    const left = remainder(id, row);
    if (left !== undefined) yield [id, left];
  }
}

/** The buckets that cover a window, as far as there are any. */
export function spansIn(
  state: State,
  fromEpochMs: number,
  toEpochMs: number,
  covering: Covering = cover,
): Span[] {
  return [...covering(Math.max(fromEpochMs, state.since * MINUTE.ms), toEpochMs, state.complete)];
}

/** Where it rejects, that is for whoever awaits it: before, it is no unhandled rejection. */
function decodeIfAny(value: string | undefined): ReturnType<typeof decodeBucket> | undefined {
  const decoding = value === undefined ? undefined : decodeBucket(value);
  decoding?.catch(() => undefined);
  return decoding;
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

/** As many as are asked of a store at once. */
export function* batches<T>(items: readonly T[]): Iterable<T[]> {
  for (let at = 0; at < items.length; at += KEYS_AT_ONCE) yield items.slice(at, at + KEYS_AT_ONCE);
}
