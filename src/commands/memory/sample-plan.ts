import { keyOf, select } from '../../cog/select.ts';
import { ProfilerError } from '../../errors.ts';
import {
  type AllocationOptions,
  DURATION_MS,
  INTERVAL_BYTES,
  WARMUP_CALLS,
  WARMUP_MS,
} from '../../memory/allocations/options.ts';
import type { Profiler } from '../../profiler.ts';
import { TARGET_OPTION, targetOption } from '../pages/target-option.ts';
import { OPTION } from '../subcommand.ts';

const MS_PER_S = 1_000;
const DURATION_S = { min: DURATION_MS.min / MS_PER_S, max: DURATION_MS.max / MS_PER_S };
/** Seconds without a target, calls with one: what fits both. */
const WARMUP = { min: 0, max: Math.max(WARMUP_CALLS.max, WARMUP_MS.max / MS_PER_S) };
/** Any target then has a key of the same length, whatever is in its id. */
const HASHED = 0;
const SEPARATOR = ':';

export const SAMPLE_OPTIONS = [
  {
    type: OPTION.number,
    name: 'duration',
    description: `Seconds, up to ${DURATION_S.max} (default: ${DURATION_MS.default / MS_PER_S}); with a target, how long to wait for it`,
    min_value: DURATION_S.min,
    max_value: DURATION_S.max,
  },
  targetOption('Only while one call of this runs, from its beginning until it settles', false),
  {
    type: OPTION.integer,
    name: 'interval',
    description: `Bytes from one sampled object to the next; 1 is all, and slow (default: ${INTERVAL_BYTES.default})`,
    min_value: INTERVAL_BYTES.min,
    max_value: INTERVAL_BYTES.max,
  },
  {
    type: OPTION.boolean,
    name: 'churn',
    description: 'Count what is garbage by the end as well (default: only what is alive)',
  },
  {
    type: OPTION.integer,
    name: 'warmup',
    description: 'Let so many seconds, or calls of the target, go by before (default: 0)',
    min_value: WARMUP.min,
    max_value: WARMUP.max,
  },
];

/** As it was typed. @throws ProfilerError INVALID_OPTION; UNKNOWN_TARGET, with the nearest names */
export function sampleOptions(
  given: ReadonlyMap<string, string | number | boolean>,
  profiler: Profiler,
): AllocationOptions {
  const query = given.get(TARGET_OPTION);
  const target = query === undefined ? undefined : targetOf(String(query), profiler);
  const duration = given.get('duration');
  const interval = given.get('interval');
  return planned(
    duration === undefined ? undefined : Number(duration),
    interval === undefined ? undefined : Number(interval),
    given.get('churn') === true,
    Number(given.get('warmup') ?? 0),
    target,
  );
}

function targetOf(query: string, profiler: Profiler): string {
  const { targets } = select(query, profiler.tracked, 'members');
  if (targets.length === 1) return targets[0]!.id;
  throw new ProfilerError('INVALID_OPTION', TARGET_OPTION, 'must name one target, not several');
}

/** The options in so few characters that there is room for them in custom ids. */
export function encodeSample({
  durationMs = DURATION_MS.default,
  intervalBytes = INTERVAL_BYTES.default,
  churn = false,
  target,
  warmupCalls = 0,
  warmupMs = 0,
}: AllocationOptions): string {
  return [
    durationMs / MS_PER_S,
    intervalBytes,
    Number(churn),
    target === undefined ? warmupMs / MS_PER_S : warmupCalls,
    target === undefined ? '' : keyOf(target, HASHED),
  ].join(SEPARATOR);
}

/** @throws ProfilerError INVALID_OPTION where the target is not tracked any more */
export function decodeSample(text: string, profiler: Profiler): AllocationOptions {
  const [seconds, interval, churn, warmup, key = ''] = text.split(SEPARATOR);
  const target = [...profiler.tracked.keys()].find((id) => key !== '' && keyOf(id, HASHED) === key);
  if (key !== '' && target === undefined)
    throw new ProfilerError('INVALID_OPTION', TARGET_OPTION, 'names what is not timed any more');
  return planned(
    Number(seconds) || undefined,
    Number(interval) || undefined,
    churn === '1',
    Number(warmup) || 0,
    target,
  );
}

function planned(
  durationS = DURATION_MS.default / MS_PER_S,
  intervalBytes: number = INTERVAL_BYTES.default,
  churn: boolean,
  warmup: number,
  target: string | undefined,
): AllocationOptions {
  const longest = WARMUP_MS.max / MS_PER_S;
  if (target === undefined && warmup > longest)
    throw new ProfilerError(
      'INVALID_OPTION',
      'warmup',
      `must be at most ${longest} seconds without a target`,
    );
  return {
    durationMs: durationS * MS_PER_S,
    intervalBytes,
    churn,
    ...(target === undefined ? { warmupMs: warmup * MS_PER_S } : { target, warmupCalls: warmup }),
  };
}
