import { keyOf, select } from '../../cog/select.ts';
import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import { TARGET_OPTION } from '../pages/target-option.ts';
import type { CpuOptions } from './service.ts';

export const DURATION_OPTION = 'duration';
export const WARMUP_OPTION = 'warmup';
export const INTERVAL_OPTION = 'interval';
export const WORKERS_OPTION = 'subprocesses';
export const SHARDS_OPTION = 'shards';
export const EXACT_OPTION = 'exact';
export const STREAM_OPTION = 'stream';

export const DURATION_S = { min: 1, max: 300, default: 30 } as const;
export const WARMUP_S = { min: 0, max: 60 } as const;
const MS_PER_S = 1_000;
/** Any target then has a key of the same length, whatever is in its id. */
const HASHED = 0;
const LONGEST_INTERVAL = 10;
const SEPARATOR = ':';

/** As it was typed. @throws ProfilerError INVALID_OPTION; UNKNOWN_TARGET, with the nearest names */
export function optionsFrom(
  given: ReadonlyMap<string, string | number | boolean>,
  profiler: Profiler,
): CpuOptions {
  const seconds = Number(given.get(DURATION_OPTION) ?? DURATION_S.default);
  if (!(seconds >= DURATION_S.min && seconds <= DURATION_S.max)) {
    const problem = `must be a number of seconds from ${DURATION_S.min} to ${DURATION_S.max}`;
    throw new ProfilerError('INVALID_OPTION', DURATION_OPTION, problem);
  }
  const warmup = Number(given.get(WARMUP_OPTION) ?? WARMUP_S.min);
  if (!(warmup >= WARMUP_S.min && warmup <= WARMUP_S.max)) {
    const problem = `must be a number of seconds from ${WARMUP_S.min} to ${WARMUP_S.max}`;
    throw new ProfilerError('INVALID_OPTION', WARMUP_OPTION, problem);
  }
  const interval = given.get(INTERVAL_OPTION);
  if (interval !== undefined && String(interval).length > LONGEST_INTERVAL) {
    throw new ProfilerError('INVALID_OPTION', INTERVAL_OPTION, 'must be such as `1ms`, `500us` or `1khz`');
  }
  const query = given.get(TARGET_OPTION);
  return optionsOf({
    durationMs: seconds * MS_PER_S,
    warmupMs: warmup === 0 ? undefined : warmup * MS_PER_S,
    interval: interval === undefined ? undefined : String(interval),
    workers: given.get(WORKERS_OPTION) as boolean | undefined,
    shards: given.get(SHARDS_OPTION) as boolean | undefined,
    exact: given.get(EXACT_OPTION) as boolean | undefined,
    stream: given.get(STREAM_OPTION) as boolean | undefined,
    target: query === undefined ? undefined : targetOf(String(query), profiler),
  });
}

function targetOf(query: string, profiler: Profiler): string {
  const { targets } = select(query, profiler.tracked, 'members');
  if (targets.length === 1) return targets[0]!.id;
  throw new ProfilerError('INVALID_OPTION', TARGET_OPTION, 'must name one target, not several');
}

/** The options in so few characters that there is room for them in custom ids. */
export function encodePlan({
  durationMs,
  warmupMs = 0,
  interval = '',
  workers,
  shards,
  exact,
  stream,
  target,
}: CpuOptions): string {
  return [
    durationMs / MS_PER_S,
    interval.replaceAll(SEPARATOR, ''),
    [workers, shards, exact, stream].map(mark).join(''),
    target === undefined ? '' : keyOf(target, HASHED),
    ...(warmupMs === 0 ? [] : [warmupMs / MS_PER_S]),
  ].join(SEPARATOR);
}

/** @throws ProfilerError INVALID_OPTION where the target is not tracked any more */
export function decodePlan(text: string, profiler: Profiler): CpuOptions {
  const [seconds = '', interval = '', marks = '', key = '', warmup = ''] = text.split(SEPARATOR);
  const [workers, shards, exact, stream] = [0, 1, 2, 3].map((at) => meant(marks[at]));
  const target = [...profiler.tracked.keys()].find((id) => key !== '' && keyOf(id, HASHED) === key);
  if (key !== '' && target === undefined) {
    throw new ProfilerError('INVALID_OPTION', TARGET_OPTION, 'names what is not timed any more');
  }
  const durationMs = Math.min(DURATION_S.max, Number(seconds) || DURATION_S.default) * MS_PER_S;
  const warmupMs = Math.min(WARMUP_S.max, Number(warmup) || 0) * MS_PER_S || undefined;
  return optionsOf({
    ...{ durationMs, warmupMs, interval: interval || undefined },
    ...{ workers, shards, exact, stream, target },
  });
}

function optionsOf(options: { [Key in keyof CpuOptions]: CpuOptions[Key] | undefined }): CpuOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as CpuOptions;
}

function mark(value: boolean | undefined): string {
  return value === undefined ? '-' : value ? '1' : '0';
}

function meant(text: string | undefined): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}
