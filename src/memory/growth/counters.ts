import type { EventEmitter } from 'node:events';
import type { Client } from 'discord.js';
import { countCaches, type ManagerCaches } from '../caches/managers.ts';
import type { WatchedCaches } from '../caches/watched.ts';
import type { Slices } from '../slices.ts';
import { heapSpaces } from '../usage.ts';
import type { Counted } from './series.ts';

/** What counters are read from. */
export interface Countable {
  readonly client: Client;
  readonly managers: ManagerCaches;
  readonly watched: WatchedCaches;
  readonly slices: Slices;
  /** How many calls have not settled. */
  inFlight(): number;
}

interface CounterSource {
  readonly name: string;
  read(from: Countable): Iterable<Counted> | Promise<Iterable<Counted>>;
}

const count = (name: string, value: number): Counted => ({ name, unit: 'count', value });
const bytes = (name: string, value: number): Counted => ({ name, unit: 'bytes', value });

/** What is young goes up and down all the time; what V8 is made of is always the same. */
const RESTLESS_SPACES = new Set(['new', 'new large object', 'read only', 'shared', 'trusted']);

/** All that is counted. A new kind is one entry here. */
const SOURCES: readonly CounterSource[] = [
  {
    name: 'caches',
    async read({ managers, watched, slices }) {
      const sizes = await countCaches(managers, watched, slices);
      return [...sizes].map(([name, size]) => count(`${name} cache`, size));
    },
  },
  {
    name: 'listeners',
    read: ({ client }) => [
      ...listeners('client', client),
      ...listeners('rest', client.rest),
      ...listeners('ws', client.ws),
      ...listeners('process', process),
    ],
  },
  {
    name: 'resources',
    read: () => process.getActiveResourcesInfo().map((name) => count(`${name} resources`, 1)),
  },
  { name: 'in flight', read: ({ inFlight }) => [count('calls in flight', inFlight())] },
  {
    name: 'memory',
    read() {
      const { rss, external } = process.memoryUsage();
      const spaces = heapSpaces().filter(({ name }) => !RESTLESS_SPACES.has(name));
      return [
        bytes('RSS', rss),
        bytes('external memory', external),
        ...spaces.map(({ name, usedBytes }) => bytes(`${name} space`, usedBytes)),
      ];
    },
  },
];

export async function readCounters(from: Countable): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const { read } of SOURCES) counted.push(...(await read(from)));
  return counted;
}

function listeners(of: string, emitter: Pick<EventEmitter, 'eventNames' | 'listenerCount'>): Counted[] {
  return emitter
    .eventNames()
    .map((event) => count(`${of} ${String(event)} listeners`, emitter.listenerCount(event)));
}
