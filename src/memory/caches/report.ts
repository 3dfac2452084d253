import type { Client } from 'discord.js';
import type { GrowthRow } from '../growth/report.ts';
import type { Slope } from '../growth/slope.ts';
import { Slices } from '../slices.ts';
import { type ManagerCache, type ManagerCaches, settingOf } from './managers.ts';
import { type CacheProposal, ProposalCounts } from './proposals.ts';
import { ENTRY_BYTES, estimateBytes } from './size-of.ts';
import type { WatchedCache, WatchedCaches } from './watched.ts';

/** So many entries of a cache's kind are looked at: of more, some from all over. */
const MOST_SAMPLED = 200;
const SAMPLED_OF_ONE = 50;

/** The caches of one kind, of all guilds or channels. */
export interface CacheRow {
  /** Such as `guild.members`, or, of one of the bot's own, its name. */
  readonly name: string;
  /** What `makeCache` knows it by; undefined for the bot's own. */
  readonly setting?: string;
  /** How many caches there are. */
  readonly caches: number;
  /** Entries in all of them. */
  readonly size: number;
  /** The most entries in one of them. */
  readonly largest: number;
  /** How many entries one of them may have. */
  readonly limit?: number;
  /** How often entries that are too old are removed. */
  readonly sweep?: { readonly intervalMs: number; readonly lifetimeMs?: number };
  /** An estimate: some entries were looked at. What another cache holds counts there. Undefined for the bot's own. */
  readonly estimatedBytes?: number;
  /** While what grows is watched, where it exceeds its former peak. */
  readonly slope?: Slope;
  readonly hits?: number;
  readonly misses?: number;
}

/** What the bot keeps of what Discord tells it, in this process. */
export interface CacheReport {
  readonly atEpochMs: number;
  /** Those that take most first; then the bot's own. */
  readonly rows: readonly CacheRow[];
  readonly estimatedBytes: number;
  /** What would free at least 1 MiB. */
  readonly proposals: readonly CacheProposal[];
  /** These as options of the client, to be pasted; empty where there are none. */
  readonly proposedOptions: string;
}

interface Sum {
  readonly name: string;
  readonly setting: string;
  caches: number;
  size: number;
  largest: number;
  limit: number | undefined;
  sampled: number;
  sampledBytes: number;
}

/** By the property of the manager, what `sweepers` calls what is in it. */
const SWEEPERS: Readonly<Record<string, string>> = {
  'guild.members': 'guildMembers',
  'client.users': 'users',
  'channel.members': 'threadMembers',
  'channel.threads': 'threads',
  'application.commands': 'applicationCommands',
  'guild.commands': 'applicationCommands',
  'message.reactions': 'reactions',
};

/** Looks at all caches, in slices. */
export async function readCaches(
  client: Client,
  managers: ManagerCaches,
  watched: WatchedCaches,
  growth: readonly GrowthRow[],
): Promise<CacheReport> {
  const sums = new Map<string, Sum>();
  const counts = new ProposalCounts();
  const slices = new Slices();
  const isApart = apartFrom(client, managers.ofClient());
  await managers.visit('messages', slices, (found) => {
    const sum = sumOf(sums, found);
    const { cache } = found;
    sum.caches++;
    sum.size += cache.size;
    sum.largest = Math.max(sum.largest, cache.size);
    const { maxSize } = cache as { maxSize?: unknown };
    if (typeof maxSize === 'number' && Number.isFinite(maxSize))
      sum.limit = Math.max(sum.limit ?? 0, maxSize);
    counts.add(sum.setting, { size: cache.size, keys: () => cache.keys() });
    return cache.size === 0 || sum.sampled >= MOST_SAMPLED ? undefined : sample(sum, found, isApart, slices);
  });
  const slopes = new Map(growth.map(({ name, slope }) => [name, slope]));
  const rows = [...sums.values()].map((sum) => rowOf(sum, client, slopes));
  rows.sort((a, b) => b.estimatedBytes! - a.estimatedBytes! || b.size - a.size);
  const { proposals, code } = counts.proposals((setting) => {
    const own = [...sums.values()].filter((sum) => sum.setting === setting);
    const sampled = own.reduce((all, sum) => all + sum.sampled, 0);
    return sampled === 0 ? 0 : own.reduce((all, sum) => all + sum.sampledBytes, 0) / sampled;
  });
  return {
    atEpochMs: Date.now(),
    rows: [...rows, ...watched.read().map((cache) => watchedRow(cache, slopes))],
    estimatedBytes: rows.reduce((all, { estimatedBytes = 0 }) => all + estimatedBytes, 0),
    proposals,
    proposedOptions: code,
  };
}

function sumOf(sums: Map<string, Sum>, { name, manager }: ManagerCache): Sum {
  let sum = sums.get(name);
  if (sum === undefined) {
    const setting = settingOf(manager);
    sum = { name, setting, caches: 0, size: 0, largest: 0, limit: undefined, sampled: 0, sampledBytes: 0 };
    sums.set(name, sum);
  }
  return sum;
}

/**
 * What has an id and a client is a structure of discord.js, that counts where it is cached; what another cache of the
 * client has under the same key is only referred to.
 */
export function apartFrom(client: Client, own: readonly ManagerCache[]) {
  return {
    isPart: (part: object): boolean =>
      part === client ||
      (Object.hasOwn(part, 'client') && (Object.hasOwn(part, 'id') || Object.hasOwn(part, '_cache'))),
    isElsewhere: ({ cache }: ManagerCache, key: unknown, entry: unknown): boolean =>
      own.some((other) => other.cache !== cache && other.cache.get(key) === entry),
  };
}

async function sample(
  sum: Sum,
  found: ManagerCache,
  { isPart, isElsewhere }: ReturnType<typeof apartFrom>,
  slices: Slices,
): Promise<void> {
  const { cache } = found;
  const step = Math.ceil(cache.size / SAMPLED_OF_ONE);
  let at = 0;
  for (const [key, entry] of cache) {
    if (slices.isOver) await slices.pause();
    if (at++ % step !== 0) continue;
    sum.sampled++;
    sum.sampledBytes += ENTRY_BYTES;
    if (typeof entry === 'object' && entry !== null && !isElsewhere(found, key, entry))
      sum.sampledBytes += estimateBytes(entry, isPart);
    if (sum.sampled >= MOST_SAMPLED) return;
  }
}

function rowOf(sum: Sum, client: Client, slopes: ReadonlyMap<string, Slope | undefined>): CacheRow {
  const { name, setting, caches, size, largest, limit, sampled, sampledBytes } = sum;
  const sweep = sweepOf(name, client);
  const slope = slopes.get(`${name} cache`);
  return {
    name,
    setting,
    caches,
    size,
    largest,
    ...(limit !== undefined && { limit }),
    ...(sweep && { sweep }),
    estimatedBytes: sampled === 0 ? 0 : (sampledBytes / sampled) * size,
    ...(slope && { slope }),
  };
}

function sweepOf(name: string, { options, sweepers }: Client): CacheRow['sweep'] {
  const key = SWEEPERS[name] ?? name.split('.')[1]!;
  const isSwept = Boolean((sweepers?.intervals as Readonly<Record<string, unknown>> | undefined)?.[key]);
  const set = (options.sweepers as Readonly<Record<string, { interval: number; lifetime?: number }>>)?.[key];
  if (!isSwept || set === undefined) return undefined;
  return {
    intervalMs: set.interval * 1_000,
    ...(set.lifetime !== undefined && { lifetimeMs: set.lifetime * 1_000 }),
  };
}

function watchedRow(
  { name, size = Number.NaN, ...rest }: WatchedCache,
  slopes: ReadonlyMap<string, Slope | undefined>,
): CacheRow {
  const slope = slopes.get(`${name} cache`);
  return { name, caches: 1, size, largest: size, ...rest, ...(slope && { slope }) };
}
