import { ProfilerError } from '../../errors.ts';

/** What a sample of allocations is started with. Everything has a default. */
export interface AllocationOptions {
  /** What it is called; by default the target, or the bot. */
  name?: string;
  /** Who starts it, for whom a second one is refused: a name, or a mention. */
  startedBy?: string;
  /**
   * How long it lasts, in ms, from 1,000 to 600,000: with a target, how long that is waited for, and how long its call
   * may take. Default: 60,000.
   */
  durationMs?: number;
  /** One object is sampled of so many bytes, from 1 (all) to 1,048,576. Default: 32,768. */
  intervalBytes?: number;
  /** Whether what is garbage by the end counts as well. Default: no. */
  churn?: boolean;
  /** The id of a tracked target: from the beginning of a call of it until that settles. */
  target?: string;
  /** How many calls of the target go by before that, up to 10,000. Default: 0. */
  warmupCalls?: number;
  /** Without a target: how many ms go by before it begins, up to 600,000. Default: 0. */
  warmupMs?: number;
  /** Cancels it. */
  signal?: AbortSignal;
}

export interface ResolvedAllocationOptions {
  readonly name: string | undefined;
  readonly startedBy: string;
  readonly durationMs: number;
  readonly intervalBytes: number;
  readonly churn: boolean;
  readonly target: string | undefined;
  readonly warmupCalls: number;
  readonly warmupMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What sources are watched with. */
export interface SourceOptions {
  /** From one look to the next, in ms: from 5,000 to 3,600,000. Default: 30,000. */
  intervalMs?: number;
  /** One object is sampled of so many bytes, from 1,024 to 16,777,216. Default: 524,288. */
  intervalBytes?: number;
}

export const DURATION_MS = { min: 1_000, max: 600_000, default: 60_000 } as const;
export const INTERVAL_BYTES = { min: 1, max: 2 ** 20, default: 2 ** 15 } as const;
export const WARMUP_CALLS = { min: 0, max: 10_000, default: 0 } as const;
export const WARMUP_MS = { min: 0, max: 600_000, default: 0 } as const;
export const SOURCES_INTERVAL_MS = { min: 5_000, max: 3_600_000, default: 30_000 } as const;
const SOURCES_INTERVAL_BYTES = { min: 2 ** 10, max: 2 ** 24, default: 2 ** 19 } as const;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** @throws ProfilerError INVALID_OPTION, which names it */
export function resolveAllocationOptions(options: AllocationOptions): ResolvedAllocationOptions {
  const { name, startedBy = 'The program', churn = false, target, signal } = options;
  for (const [key, text] of Object.entries({ name, startedBy, target })) {
    if (text !== undefined && (typeof text !== 'string' || text.trim() === ''))
      throw new ProfilerError('INVALID_OPTION', key, 'must be a text');
  }
  if (typeof churn !== 'boolean') throw new ProfilerError('INVALID_OPTION', 'churn', 'must be true or false');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ProfilerError('INVALID_OPTION', 'signal', 'must be an AbortSignal');
  const other = target === undefined ? 'warmupCalls' : 'warmupMs';
  if (options[other] !== undefined && options[other] !== 0) {
    const problem =
      target === undefined
        ? 'needs a `target`: without one, use `warmupMs`'
        : 'does not go with `target`: use `warmupCalls`';
    throw new ProfilerError('INVALID_OPTION', other, problem);
  }
  return {
    name,
    startedBy,
    durationMs: within('durationMs', options.durationMs, DURATION_MS),
    intervalBytes: wholeWithin('intervalBytes', options.intervalBytes, INTERVAL_BYTES),
    churn,
    target,
    warmupCalls: wholeWithin('warmupCalls', options.warmupCalls, WARMUP_CALLS),
    warmupMs: within('warmupMs', options.warmupMs, WARMUP_MS),
    signal,
  };
}

/** @throws ProfilerError INVALID_OPTION, which names it */
export function resolveSourceOptions(options: SourceOptions): Required<SourceOptions> {
  return {
    intervalMs: within('intervalMs', options.intervalMs, SOURCES_INTERVAL_MS),
    intervalBytes: wholeWithin('intervalBytes', options.intervalBytes, SOURCES_INTERVAL_BYTES),
  };
}

function wholeWithin(name: string, value: number | undefined, range: Range): number {
  const found = within(name, value, range);
  if (!Number.isInteger(found)) throw new ProfilerError('INVALID_OPTION', name, 'must be a whole number');
  return found;
}

function within(name: string, value: number | undefined, { min, max, default: usual }: Range): number {
  if (value === undefined) return usual;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const problem = `must be a number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  throw new ProfilerError('INVALID_OPTION', name, problem);
}
