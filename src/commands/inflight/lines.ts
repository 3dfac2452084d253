import type { InFlightCall, InFlightTarget } from '../../inflight/calls.ts';
import type { InFlight } from '../../inflight/report.ts';
import type { Wait } from '../../inflight/waits.ts';
import { code, someOf } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import type { ShardPing } from '../../shards/pings.ts';

const MOST_PINGS = 5;
const MOST_WAITS = 3;

/** How it is said what a call waits for; one entry a kind. */
const WAITS: Readonly<Record<Wait['kind'], (name: string) => string>> = {
  queue: (name) => `behind another request of the same bucket, for ${name}`,
  limit: (name) => `for a rate limit on ${name}`,
  backoff: (name) => `before it tries ${name} again`,
  network: (name) => `for Discord's response to ${name}`,
  http: (name) => `for the response to ${name}`,
  database: (name) => `for the database, ${name}`,
  file: (name) => `for the file system, ${name}`,
  dns: (name) => `for the look-up of ${name}`,
  timer: (name) => `for a timer, ${name}`,
  loop: (name) => `for the loop, which ${name} holds`,
};

/** What became of the function that runs; one entry a way. */
const GONE: Readonly<Record<NonNullable<InFlightCall['gone']>, string>> = {
  detached: 'its target was detached meanwhile',
  replaced: 'its code was replaced meanwhile',
};

/** One call, and below it what else is known of it. */
export function callLine(call: InFlightCall, isSharded: boolean): string {
  const { targetId, shard, ageMs, isStuck, gone, from = {}, waits = [] } = call;
  const ids = Object.entries(from).map(([origin, id]) => `${origin} ${code(id)}`);
  const more = [
    ...waits.slice(0, MOST_WAITS).map(waitText),
    ...(isSharded ? [`shard ${shard}`] : []),
    ...ids,
    ...(gone === undefined ? [] : [GONE[gone]]),
  ];
  const line = `${isStuck ? '🔴' : '🟢'} **${formatDuration(ageMs)}** ${code(targetId)}`;
  return more.length === 0 ? line : `${line}\n-# ${more.join(' · ')}`;
}

function waitText({ kind, name, ageMs }: Wait): string {
  return `waits ${formatDuration(ageMs)} ${WAITS[kind](code(name))}`;
}

/** What the calls of a target wait for, where it is not known of which; undefined where there is nothing to say. */
export function waitLine({ targetId, count, waits }: InFlightTarget): string | undefined {
  if (count === 1 || waits.length === 0) return undefined;
  const kinds = Map.groupBy(waits, ({ kind, name }) => WAITS[kind](code(name)));
  const texts = [...kinds].map(([text, own]) => (own.length === 1 ? text : `${text} (${own.length}×)`));
  return `-# ${code(targetId)} waits ${texts.slice(0, MOST_WAITS).join('; ')}`;
}

/** Whether calls are told from several processes. */
export function isSharded({ calls, missingShards }: Pick<InFlight, 'calls' | 'missingShards'>): boolean {
  return missingShards.length > 0 || new Set(calls.map(({ shard }) => shard)).size > 1;
}

/** The pings of shards; of many, the slowest. */
export function pingText(pings: readonly ShardPing[]): string {
  const worst =
    pings.length <= MOST_PINGS
      ? pings
      : pings.toSorted((a, b) => (b.pingMs ?? Infinity) - (a.pingMs ?? Infinity));
  // Known to the ms.
  const text = (pingMs: number | null) => (pingMs === 0 ? '< 1ms' : formatDuration(pingMs ?? Number.NaN));
  const texts = worst.map(({ shard, pingMs }) => `shard ${shard} ${text(pingMs)}`);
  return `ping: ${someOf(texts, MOST_PINGS)}`;
}
