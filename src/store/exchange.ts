import type { Origin } from '../cog/origins.ts';
import { ProfilerError } from '../errors.ts';
import type { FoundBucket, Visit } from './archive-reader.ts';
import type { Bucket } from './bucket.ts';
import { type HeaviestOnLine, heaviestFrom, heaviestOnLine } from './heaviest/line.ts';
import { decodeBins, encodeBins } from './histogram.ts';
import { LEVELS, type Level, type Span, startOf } from './levels.ts';
import type { SealedRow } from './row.ts';

/**
 * Figures as lines of JSON: one that says what this is, then one for each target in each bucket, the oldest buckets
 * first. `docs/data.md` describes them.
 */

const VERSION = 1;

interface Line extends Omit<SealedRow, 'histogram' | 'errorKinds' | 'heaviest'> {
  readonly shard: number;
  readonly level: string;
  readonly startEpochMs: number;
  readonly coveredMs: number;
  readonly target?: string;
  readonly histogram: readonly (readonly [bin: number, count: number])[];
  readonly errorKinds: Readonly<Record<string, number>>;
  readonly heaviest?: HeaviestOnLine;
}

/** Such that a whole number in a file cannot be anything else. */
const COUNTS = ['sinceEpochMs', 'count', 'timed', 'errors', 'aborted', 'minNs', 'maxNs'] as const;
const SUMS = ['sumNs', 'sumOfSquaresMs2'] as const;

/** What reads all that a shard has kept. */
interface Readable {
  readAll(nowEpochMs: number, visit: Visit): Promise<unknown>;
}

/**
 * All that shards have kept. Rejects with a StoreError.
 * @param readers by the number of the shard
 * @param kept of which origins ids are kept from now on
 */
export async function* exportLines(
  application: string,
  readers: readonly (readonly [shard: number, reader: Readable])[],
  kept: readonly Origin[],
): AsyncIterable<string> {
  const origins = new Set(kept);
  for (const [, reader] of readers) await reader.readAll(Date.now(), (bucket) => addOrigins(bucket, origins));
  yield headerLine(application, Date.now(), [...origins]);
  for (const [shard, reader] of readers) {
    const lines: string[] = [];
    await reader.readAll(Date.now(), async (bucket) => {
      lines.push(...bucketLines(bucket, shard));
    });
    yield* lines;
  }
}

/** @param ids of which origins there are ids in the lines that follow */
export function headerLine(application: string, nowEpochMs: number, ids: readonly Origin[]): string {
  const header = { cogscope: VERSION, application, exportedAtEpochMs: nowEpochMs };
  return JSON.stringify(ids.length === 0 ? header : { ...header, ids });
}

/** Adds the origins of which there are ids in a bucket. */
export function addOrigins({ rows }: FoundBucket, origins: Set<Origin>): void {
  for (const [, { heaviest }] of rows) for (const origin of heaviest?.keys() ?? []) origins.add(origin);
}

/** The lines of one bucket. One without a row says that the time was measured, and nothing was called. */
export function* bucketLines({ span, coveredMs, rows }: FoundBucket, shard: number): Iterable<string> {
  const common = { shard, level: span.level.name, startEpochMs: startOf(span), coveredMs };
  let isEmpty = true;
  for (const [target, row] of rows) {
    isEmpty = false;
    const histogram = decodeBins(row.histogram);
    const errorKinds = Object.fromEntries(row.errorKinds);
    const { heaviest, ...figures } = row;
    const line: Line = { ...common, target, ...figures, histogram, errorKinds };
    yield JSON.stringify(heaviest === undefined ? line : { ...line, heaviest: heaviestOnLine(heaviest) });
  }
  if (isEmpty) yield JSON.stringify(common);
}

/**
 * Hands over what was exported, bucket by bucket.
 * @returns how many rows there were
 * @throws ProfilerError INVALID_DATA, with the first line that is wrong; what `add` throws
 */
export async function importLines(
  lines: AsyncIterable<string> | Iterable<string>,
  add: (span: Span, bucket: Bucket) => Promise<void>,
): Promise<number> {
  let number = 0;
  let isBegun = false;
  let rows = 0;
  let open: { span: Span; bucket: Bucket } | undefined;
  const close = async () => {
    if (open !== undefined) await add(open.span, open.bucket);
    open = undefined;
  };
  for await (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    const line = parse(text, number);
    if (!isBegun) {
      checkHeader(line, number);
      isBegun = true;
      continue;
    }
    const { span, coveredMs } = spanOf(line, number);
    if (open?.span.level !== span.level || open.span.index !== span.index) {
      await close();
      open = { span, bucket: { coveredMs, rows: new Map() } };
    }
    if (line['target'] === undefined) continue;
    const [target, row] = rowOf(line, number);
    // Another shard's figures of the same time are added on their own.
    if (open.bucket.rows.has(target)) {
      await close();
      open = { span, bucket: { coveredMs: 0, rows: new Map() } };
    }
    open.bucket.rows.set(target, row);
    rows++;
  }
  if (!isBegun) throw new ProfilerError('INVALID_DATA', 1, 'is missing');
  await close();
  return rows;
}

function parse(text: string, number: number): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null) return found as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new ProfilerError('INVALID_DATA', number, 'is no JSON object');
}

function checkHeader({ cogscope }: Record<string, unknown>, number: number): void {
  if (cogscope === VERSION) return;
  const problem =
    cogscope === undefined ? 'does not say that this is an export of cogscope' : `is of version ${cogscope}`;
  throw new ProfilerError('INVALID_DATA', number, problem);
}

function spanOf(line: Record<string, unknown>, number: number): { span: Span; coveredMs: number } {
  const { level: name, startEpochMs, coveredMs } = line;
  const level: Level | undefined = LEVELS.find((candidate) => candidate.name === name);
  if (level === undefined) throw new ProfilerError('INVALID_DATA', number, 'has no known `level`');
  if (!isCount(startEpochMs) || startEpochMs % level.ms !== 0)
    throw new ProfilerError('INVALID_DATA', number, `has a \`startEpochMs\` that begins no ${level.name}`);
  if (!isCount(coveredMs)) throw new ProfilerError('INVALID_DATA', number, 'has no whole number `coveredMs`');
  return { span: { level, index: startEpochMs / level.ms }, coveredMs };
}

function rowOf(line: Record<string, unknown>, number: number): [target: string, row: SealedRow] {
  const { target, errorKinds, histogram } = line as unknown as Line;
  const { heaviest: given, ...figures } = line;
  const wrong = COUNTS.find((key) => !isCount(line[key]));
  if (wrong !== undefined)
    throw new ProfilerError('INVALID_DATA', number, `has no whole number \`${wrong}\``);
  if (typeof target !== 'string' || target === '')
    throw new ProfilerError('INVALID_DATA', number, 'has no text `target`');
  const wrongSum = SUMS.find((key) => !(Number.isFinite(line[key]) && (line[key] as number) >= 0));
  if (wrongSum !== undefined)
    throw new ProfilerError('INVALID_DATA', number, `has no number \`${wrongSum}\``);
  const kinds = Object.entries(errorKinds ?? {});
  if (!kinds.every(([, times]) => isCount(times)))
    throw new ProfilerError('INVALID_DATA', number, 'has no numbers in `errorKinds`');
  const heaviest = heaviestFrom(given);
  if (heaviest === 'wrong') throw new ProfilerError('INVALID_DATA', number, 'has a wrong `heaviest`');
  const row = {
    ...(figures as unknown as SealedRow),
    histogram: binsOf(histogram, number),
    errorKinds: new Map(kinds),
  };
  return [target, heaviest === undefined ? row : { ...row, heaviest }];
}

function binsOf(histogram: unknown, number: number): Uint8Array {
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount);
  if (!Array.isArray(histogram) || !histogram.every(isPair))
    throw new ProfilerError('INVALID_DATA', number, 'has no list of pairs `histogram`');
  try {
    return encodeBins(histogram);
  } catch (error) {
    throw new ProfilerError('INVALID_DATA', number, `has a wrong \`histogram\`: ${(error as Error).message}`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
