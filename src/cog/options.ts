import { ProfilerError } from '../errors.ts';
import type { Collector } from '../sampling/collectors/collector.ts';
import type { StoreOption } from '../store/backing.ts';
import { isStorage } from '../store/keyv-like.ts';
import { ORIGIN_NAMES, type Origin } from './origins.ts';
import type { Discovery } from './target.ts';

/** What `new Profiler(client, options)` understands. Everything has a default. */
export interface ProfilerOptions {
  /** User ids that may use `/profiler` beside the application's owner or team. Default: none. */
  ownerIds?: readonly string[];
  /** Id of the only guild in which `/profiler` is registered. Default: everywhere. */
  guildId?: string;
  /** What is tracked from the start: names of cogs, ids of targets, or `all`. Default: nothing. */
  attach?: string | readonly string[];
  /** How long metrics are kept, in hours: from 1/60 to 2,160 (90 days). Default: 1. `/profiler delta` changes it. */
  retentionHours?: number;
  /**
   * Where metrics are kept if they are to outlive the process, or to be seen by other shards: a Keyv, a storage
   * adapter for Keyv, or a URI such as `redis://localhost`. Default: an SQLite file in `profileDir`. What is set by
   * `/profiler` is kept here in any case.
   */
  store?: StoreOption;
  /** Whether metrics are kept in the store, rather than in memory. Default: no. `/profiler save` changes it. */
  save?: boolean;
  /** Folder for all files of the profiler. Default: `cogscope` in the working directory. */
  profileDir?: string;
  /** Folder against which source files are named and cogs told apart. Default: that of the program's main file. */
  rootDir?: string;
  /**
   * What the profiler itself may cost, in percent of a core: 0.1 to 100. Over it, the targets that are called most
   * are timed 1 call in 8, 64 or 512, and their figures marked as estimates. Default: 2.
   */
  budgetPercent?: number;
  /**
   * Whether pages have pictures. The thread that draws them takes some 70 MB of memory: nothing is drawn where less
   * than 200 MiB are free, and a line of characters says the same. Default: yes.
   */
  pictures?: boolean;
  /**
   * Whose calls of each target took the most time: by guild, by channel, by user, or by several of these. The ids of
   * the eight heaviest are then kept with the figures; `docs/privacy.md` says how. Default: none are.
   */
  heavyHitters?: readonly Origin[];
  /**
   * The cog of a target, where the profiler should not go by classes and folders; undefined leaves it as it is.
   * Called often: it should do no more than look at what it is given.
   */
  cogOf?: (target: Discovery) => string | undefined;
  /**
   * What else is looked at, four times a second, while the CPU is recorded: at most 16. `read` runs in the bot: it should
   * do no more than give a number that is there.
   */
  collectors?: readonly Collector[];
  /**
   * Whether the CPU is recorded from now on until the client is ready, and for `afterReadyMs` after that: up to 300,000,
   * by default 5,000. It ends after 5 minutes in any case. The recording is called `start-up`. Default: no.
   */
  recordStartup?: boolean | { readonly afterReadyMs?: number };
  /** Where the profiler reports its own trouble, one line each. Default: the console. */
  logger?: { warn(message: string): void };
}

export interface ResolvedOptions {
  readonly ownerIds: readonly string[];
  readonly guildId: string | undefined;
  readonly attach: readonly string[];
  readonly retentionHours: number;
  readonly store: StoreOption | undefined;
  readonly save: boolean;
  readonly profileDir: string;
  readonly rootDir: string | undefined;
  readonly budgetPercent: number;
  readonly pictures: boolean;
  readonly heavyHitters: readonly Origin[];
  readonly cogOf: ((target: Discovery) => string | undefined) | undefined;
  readonly collectors: readonly Collector[];
  /** Undefined where the start is not recorded. */
  readonly recordStartup: { readonly afterReadyMs: number } | undefined;
  readonly logger: { warn(message: string): void };
}

const RETENTION_HOURS = { min: 1 / 60, max: 2_160, default: 1 } as const;
const MOST_COLLECTORS = 16;
export const AFTER_READY_MS = { min: 0, max: 300_000, default: 5_000 } as const;
const BUDGET_PERCENT = { min: 0.1, max: 100, default: 2 } as const;

type Check<K extends keyof ProfilerOptions> = (value: NonNullable<ProfilerOptions[K]>) => string | undefined;

/** What is wrong with a given value, as the end of "The option `x` …"; one entry an option. */
const CHECKS: { readonly [K in keyof Required<ProfilerOptions>]: Check<K> } = {
  ownerIds: (ids) =>
    Array.isArray(ids) && ids.every(isSnowflake)
      ? undefined
      : 'must be a list of user ids, as strings of digits',
  guildId: (id) => (isSnowflake(id) ? undefined : 'must be the id of a guild, as a string of digits'),
  attach: (names) =>
    [names].flat().every((name) => typeof name === 'string' && name.trim() !== '')
      ? undefined
      : "must be the name of a cog or target, 'all', or a list of such names",
  retentionHours: (hours) =>
    typeof hours === 'number' && hours >= RETENTION_HOURS.min && hours <= RETENTION_HOURS.max
      ? undefined
      : 'must be a number of hours from 1/60 (a minute) to 2160 (90 days)',
  store: (store) =>
    typeof store === 'string' || isStorage(store)
      ? undefined
      : 'must be a Keyv, a storage adapter for Keyv, or a URI',
  save: (save) => (typeof save === 'boolean' ? undefined : 'must be true or false'),
  profileDir: (dir) => (typeof dir === 'string' && dir !== '' ? undefined : 'must be the path of a folder'),
  budgetPercent: (percent) =>
    typeof percent === 'number' && percent >= BUDGET_PERCENT.min && percent <= BUDGET_PERCENT.max
      ? undefined
      : 'must be a number of percent from 0.1 to 100',
  pictures: (pictures) => (typeof pictures === 'boolean' ? undefined : 'must be true or false'),
  heavyHitters: (names) =>
    Array.isArray(names) && names.every((name) => ORIGIN_NAMES.includes(name))
      ? undefined
      : `must be a list of ${ORIGIN_NAMES.map((name) => `'${name}'`).join(', ')}, or of some of these`,
  cogOf: (cogOf) => (typeof cogOf === 'function' ? undefined : 'must be a function from a target to a name'),
  rootDir: (dir) => (typeof dir === 'string' && dir !== '' ? undefined : 'must be the path of a folder'),
  collectors: (collectors) =>
    Array.isArray(collectors) && collectors.length <= MOST_COLLECTORS && collectors.every(isCollector)
      ? undefined
      : 'must be a list of at most 16 objects with `name`, `read()` and, if you like, `unit`',
  recordStartup: (wish) =>
    typeof wish === 'boolean' || isAfterReady(wish)
      ? undefined
      : 'must be true, false, or `{ afterReadyMs }` with a number of ms from 0 to 300,000 (5 minutes)',
  logger: (logger) => (typeof logger?.warn === 'function' ? undefined : 'must have a method `warn`'),
};

/** What is wrong with a value for an option, as the end of "The option `x` …"; undefined where nothing is. */
export function checkOption<K extends keyof ProfilerOptions>(
  name: K,
  value: NonNullable<ProfilerOptions[K]>,
): string | undefined {
  return CHECKS[name](value);
}

/** Fills in the defaults. Throws a ProfilerError that names the option which is unknown or invalid. */
export function resolveOptions(options: ProfilerOptions = {}): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new ProfilerError('INVALID_OPTION', 'options', 'must be an object');
  }
  for (const [name, value] of Object.entries(options)) {
    const check = (Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof ProfilerOptions] : undefined) as
      | ((value: unknown) => string | undefined)
      | undefined;
    if (check === undefined) throw new ProfilerError('INVALID_OPTION', name, 'does not exist');
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) throw new ProfilerError('INVALID_OPTION', name, problem);
  }
  return {
    ownerIds: [...(options.ownerIds ?? [])],
    guildId: options.guildId,
    attach: [options.attach ?? []].flat(),
    retentionHours: options.retentionHours ?? RETENTION_HOURS.default,
    store: options.store,
    save: options.save ?? false,
    profileDir: options.profileDir ?? 'cogscope',
    rootDir: options.rootDir,
    budgetPercent: options.budgetPercent ?? BUDGET_PERCENT.default,
    pictures: options.pictures ?? true,
    heavyHitters: [...(options.heavyHitters ?? [])],
    cogOf: options.cogOf,
    collectors: [...(options.collectors ?? [])],
    recordStartup: startupOf(options.recordStartup),
    logger: harmless(options.logger ?? { warn: (message) => console.warn(`[cogscope] ${message}`) }),
  };
}

function isAfterReady(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { afterReadyMs = AFTER_READY_MS.default, ...others } = value as { afterReadyMs?: unknown };
  if (Object.keys(others).length > 0 || typeof afterReadyMs !== 'number') return false;
  return afterReadyMs >= AFTER_READY_MS.min && afterReadyMs <= AFTER_READY_MS.max;
}

function startupOf(wish: ProfilerOptions['recordStartup'] = false): ResolvedOptions['recordStartup'] {
  if (wish === false) return undefined;
  return { afterReadyMs: (wish === true ? undefined : wish.afterReadyMs) ?? AFTER_READY_MS.default };
}

function isCollector(value: Partial<Collector> | null): boolean {
  const { name, unit = '', read } = value ?? {};
  return typeof name === 'string' && name !== '' && typeof unit === 'string' && typeof read === 'function';
}

/** A logger that fails must not take the bot with it. */
function harmless(logger: ResolvedOptions['logger']): ResolvedOptions['logger'] {
  return {
    warn(message) {
      try {
        logger.warn(message);
      } catch {
        // There is nowhere left to say it.
      }
    },
  };
}

function isSnowflake(value: unknown): boolean {
  return typeof value === 'string' && /^\d{17,20}$/.test(value);
}
