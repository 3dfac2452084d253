import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'discord.js';
import { ReloadWatch } from '../../src/memory/reloads/watch.ts';
import { Trend } from '../../src/memory/trend.ts';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';

/** A bot with many guilds, channels, members and messages, as discord.js caches them. */

const { Profiler } = await import('cogscope');

const CHANNELS = 20;
const MEMBERS = 20;
const MESSAGES = 5;
const FIRST_ID = 100_000_000_000_000_000n;
const MESSAGE = { type: 0, embeds: [], attachments: [], mentions: [], mention_roles: [] };

const client = new Client({ intents: [] });
const profiler = new Profiler(client);
const trend = new Trend();
let lastId = FIRST_ID;
const id = () => String(lastId++);

/** What discord.js does with what Discord sends it. */
interface Adds {
  _add(data: object): unknown;
}

function addGuild(): void {
  const guildId = id();
  const channels = Array.from({ length: CHANNELS }, (_, at) => ({
    id: id(),
    type: 0,
    name: `channel ${at}`,
  }));
  const members = Array.from({ length: MEMBERS }, (_, at) => ({
    user: { id: id(), username: `user ${at}`, discriminator: '0' },
    roles: [],
    joined_at: new Date().toISOString(),
  }));
  const roles = [{ id: guildId, name: '@everyone', permissions: '0' }];
  (client.guilds as unknown as Adds)._add({ id: guildId, name: 'guild', channels, members, roles });
  for (const channel of channels) {
    const { messages } = client.channels.cache.get(channel.id) as unknown as { messages: Adds };
    for (let at = 0; at < MESSAGES; at++) {
      const author = members[at % MEMBERS]!.user;
      messages._add({ ...MESSAGE, id: id(), channel_id: channel.id, content: `message ${at}`, author });
    }
  }
}

/** CPU time of some work, and the longest time that the loop did not turn meanwhile. */
async function measured(work: () => unknown): Promise<{ cpuNs: number; heldMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(20);
  delay.reset();
  const startedNs = cpuTimeNs();
  await work();
  const cpuNs = cpuTimeNs() - startedNs;
  await sleep(5);
  delay.disable();
  return { cpuNs, heldMs: delay.max / 1e6 };
}

/** A bot of many cogs, each of which has an object and methods. */
const TARGETS = 1_000;
const METHODS = 10;
const targets = new Map(
  Array.from({ length: TARGETS }, (_, at) => {
    const holder = { method: () => at };
    const slot = {
      get: () => holder.method,
      set: () => undefined,
      restore: () => undefined,
      holder: new WeakRef(holder),
    };
    const id = `cog${Math.floor(at / METHODS)}/method/method${at}`;
    return [id, { id, cog: id, kind: 'method', name: id, slot }] as const;
  }),
);
const reloads = new ReloadWatch({
  client,
  rootDir: import.meta.dirname,
  codeOf: () => undefined,
  closureOf: () => new Map(),
  locationOf: () => undefined,
  isFrameworkCode: () => false,
  lookAgain: () => undefined,
  forEachCall: () => undefined,
  warn: () => undefined,
});
reloads.look(targets);

const SAMPLES = 1_000;

const api = {
  async fill(guilds: number): Promise<void> {
    for (let at = 0; at < guilds; at++) addGuild();
    profiler.memory.startGrowth({ intervalMs: 3_600_000 });
    await profiler.memory.countGrowth();
  },
  async sample() {
    const { cpuNs } = await measured(() => {
      for (let at = 0; at < SAMPLES; at++) trend.sample();
    });
    return cpuNs / SAMPLES;
  },
  /** What it takes to look whether something of so many targets was reloaded, where nothing was. */
  async look() {
    const { cpuNs } = await measured(() => {
      for (let at = 0; at < SAMPLES; at++) reloads.look(targets);
    });
    return cpuNs / SAMPLES;
  },
  count: () => measured(() => profiler.memory.countGrowth()),
  async caches() {
    let messages = 0;
    const figures = await measured(async () => {
      const { rows } = await profiler.memory.caches();
      messages = rows.find(({ name }) => name === 'channel.messages')?.size ?? 0;
    });
    return { ...figures, messages };
  },
  messagesOf: (guilds: number) => guilds * CHANNELS * MESSAGES,
};
export type MemoryWatchProcess = typeof api;
serve(api);
