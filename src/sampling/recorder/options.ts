import { ProfilerError } from '../../errors.ts';

/** What a recording is started with. Everything has a default. */
export interface RecordingOptions {
  /** What it is called; by default, what it is started for. */
  name?: string;
  /** Who starts it, for whom a second one is refused: a name, or a mention. */
  startedBy?: string;
  /** How long it lasts, in ms: from 1,000 to 300,000. Default: 30,000. */
  durationMs?: number;
  /**
   * For how long it samples before that, and keeps nothing, in ms: from 0 to 60,000. What V8 has not optimised yet, and
   * what the start has held up, is over by then. Default: 0.
   */
  warmupMs?: number;
  /**
   * The time between two samples, in µs: from 100 to 10,000, also as `500us`, `1ms` or `1khz`. What V8 achieves is in
   * the recording. Default: 1,000.
   */
  intervalUs?: number | string;
  /** Whether every other worker thread of the process is recorded as well. Default: no. */
  workers?: boolean;
  /** `all`: every shard of the bot that answers, at the same time, as a recording each and a merged one. */
  shards?: 'all';
  /**
   * Whether functions that V8 has optimised while they ran are made known to it again: else loops that run already
   * count as what has called them. It holds the bot for about 1 ms a MB of heap. Default: where that is 64 MB at most.
   */
  exact?: boolean;
  /** The id of a tracked target: only what runs for its next calls is kept. */
  target?: string;
  /** How many calls of `target`, from 1 to 10,000; the recording ends with the last of them. Default: 10. */
  calls?: number;
  /**
   * Whether what is recorded of the bot's own thread is written to a file in `profileDir` while it runs, so that a crash
   * leaves it: at most a second is missing. Default: no.
   */
  stream?: boolean;
  /** Cancels the recording. */
  signal?: AbortSignal;
  /** Told some times a second how far it is. What it throws is swallowed. */
  onProgress?: (progress: RecordingProgress) => void;
}

/** How far a recording is. */
export interface RecordingProgress {
  readonly elapsedMs: number;
  /** Until samples are kept; 0 once they are. */
  readonly warmupLeftMs: number;
  /** For how long it may go on. */
  readonly leftMs: number;
  /** So far, of all threads; V8 tells of them in slices, up to 5 s late. */
  readonly samples: number;
  /** Samples a second that were achieved, of the bot's own thread. */
  readonly rateHz: number;
  /** Of `target`, how many have ended. */
  readonly calls: number;
}

export interface ResolvedRecordingOptions {
  readonly name: string | undefined;
  readonly startedBy: string;
  readonly durationMs: number;
  readonly warmupMs: number;
  readonly intervalUs: number;
  readonly workers: boolean;
  readonly shards: 'all' | undefined;
  readonly exact: boolean | undefined;
  readonly target: string | undefined;
  readonly calls: number;
  readonly stream: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: RecordingProgress) => void) | undefined;
}

/** What no recording goes beyond. */
export const LONGEST_MS = 300_000;
const DURATION_MS = { min: 1_000, max: LONGEST_MS, default: 30_000 } as const;
const WARMUP_MS = { min: 0, max: 60_000, default: 0 } as const;
export const INTERVAL_US = { min: 100, max: 10_000, default: 1_000 } as const;
const CALLS = { min: 1, max: 10_000, default: 10 } as const;

type Check = (value: unknown) => string | undefined;

/** What is wrong with a given value, as the end of "The option `x` …"; one entry an option. */
const CHECKS: Record<keyof RecordingOptions, Check> = {
  name: text,
  startedBy: text,
  durationMs: (value) =>
    isWithin(value, DURATION_MS)
      ? undefined
      : 'must be a number of ms from 1,000 (1 s) to 300,000 (5 minutes)',
  warmupMs: (value) =>
    isWithin(value, WARMUP_MS) ? undefined : 'must be a number of ms from 0 to 60,000 (1 minute)',
  intervalUs: (value) =>
    isWithin(parseInterval(value), INTERVAL_US)
      ? undefined
      : 'must be a number of µs from 100 to 10,000, or such as `500us`, `1ms` or `1khz`',
  workers: bool,
  shards: (value) => (value === 'all' ? undefined : 'must be `all`'),
  exact: bool,
  target: text,
  calls: (value) =>
    isWithin(value, CALLS) && Number.isInteger(value) ? undefined : 'must be a whole number from 1 to 10,000',
  stream: bool,
  signal: (value) => (value instanceof AbortSignal ? undefined : 'must be an AbortSignal'),
  onProgress: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
};

/** Fills in the defaults. Throws a ProfilerError that names the option which is unknown or invalid. */
export function resolveRecordingOptions(options: RecordingOptions = {}): ResolvedRecordingOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) throw new ProfilerError('INVALID_OPTION', name, 'is unknown');
    const problem = value === undefined ? undefined : CHECKS[name as keyof RecordingOptions](value);
    if (problem !== undefined) throw new ProfilerError('INVALID_OPTION', name, problem);
  }
  return {
    name: options.name,
    startedBy: options.startedBy ?? 'The program',
    durationMs: options.durationMs ?? DURATION_MS.default,
    warmupMs: options.warmupMs ?? WARMUP_MS.default,
    intervalUs: parseInterval(options.intervalUs) ?? INTERVAL_US.default,
    workers: options.workers ?? false,
    shards: options.shards,
    exact: options.exact,
    target: options.target,
    calls: options.calls ?? CALLS.default,
    stream: options.stream ?? false,
    signal: options.signal,
    onProgress: options.onProgress,
  };
}

const US_PER_S = 1_000_000;
/** What turns a number with a unit into µs. */
const UNITS: Record<string, (value: number) => number> = {
  '': (us) => us,
  us: (us) => us,
  µs: (us) => us,
  ms: (ms) => ms * 1_000,
  hz: (hz) => US_PER_S / hz,
  khz: (khz) => 1_000 / khz,
  k: (khz) => 1_000 / khz,
};

/** An interval in whole µs, of a number of them or a text such as `1khz`; undefined where it is none. */
export function parseInterval(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.round(value);
  if (typeof value !== 'string') return undefined;
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*$/i.exec(value) ?? [];
  const us = UNITS[unit?.toLowerCase() ?? 'none']?.(Number(number));
  return us === undefined || !Number.isFinite(us) ? undefined : Math.round(us);
}

function isWithin(value: unknown, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text';
}

function bool(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}
