import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recording } from 'cogscope';
import {
  Client,
  Collection,
  Events,
  GatewayDispatchEvents,
  SimpleShardingStrategy,
  SlashCommandBuilder,
} from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';
import { startV8Profiler } from '../v8-profiler.ts';
import { MESSAGE_LISTENERS, rank } from './community-bot.ts';

/**
 * A bot on the local Discord. What it was sent over the socket it is then handed over and over, under new ids, at
 * the place where discord.js takes the text of a frame from the socket.
 */

/**
 * From `attached` on it is that as well. What is verbose: `another` of its functions than those that are called, or
 * those themselves.
 */
type Setup =
  | 'bare'
  | 'installed'
  | 'attached'
  | 'sampled by V8'
  | 'recorded'
  | 'recorded before'
  | 'another verbose'
  | 'verbose';
type Kind = 'message' | 'command';

const KINDS: readonly Kind[] = ['message', 'command'];
const EVENTS = {
  message: GatewayDispatchEvents.MessageCreate,
  command: GatewayDispatchEvents.InteractionCreate,
} as const satisfies Record<Kind, GatewayDispatchEvents>;
const CALLS: Readonly<Record<Kind, number>> = { message: MESSAGE_LISTENERS.length, command: 1 };
/** The file of the bot's functions: the others here, such as the dispatcher, are not attached. */
const COG = 'community-bot';
/** Of a function that nobody calls. */
const UNUSED_COG = 'unused';
/** Some 50 ms: in each round garbage is collected a few times. */
const EVENTS_A_ROUND: Readonly<Record<Kind, number>> = { message: 5_000, command: 1_000 };
const EVENTS_A_TURN = 50;
/** Some seconds were recorded. */
const LEAST_SAMPLES = 500;

/** Private in discord.js: resolves once the listeners have been called. */
interface Shard {
  onMessage(text: string, isBinary: boolean): Promise<void>;
}

let client: Client | undefined;
let shard: Shard | undefined;
let countCalls: (() => Promise<number>) | undefined;
/** The recording that runs, where one does. */
let recording: Recording | undefined;
let expectedCalls = 0;
/** As JSON: discord.js adds objects of its own to what it has parsed. */
const received: Readonly<Record<Kind, string[]>> = { message: [], command: [] };
/** Beyond what the local Discord gives out itself. */
let sequence = 1_000_000;
let lastId = 2_000_000_000_000_000_000n;

const api = {
  async logIn(apiUrl: string, token: string, setup: Setup): Promise<void> {
    let strategy: SimpleShardingStrategy | undefined;
    client = new Client({
      intents: ['Guilds', 'GuildMessages', 'MessageContent'],
      rest: { api: apiUrl },
      ws: { buildStrategy: (manager) => (strategy = new SimpleShardingStrategy(manager)) },
    });
    const data = new SlashCommandBuilder()
      .setName('rank')
      .setDescription('How much somebody has written')
      .addUserOption((option) => option.setName('of').setDescription('Whom'));
    const commands = new Collection([['rank', { data, execute: rank }]]);
    Object.assign(client, { commands });
    for (const listener of MESSAGE_LISTENERS) client.on(Events.MessageCreate, listener);
    client.on(Events.InteractionCreate, async (interaction) => {
      if (interaction.isChatInputCommand()) await commands.get(interaction.commandName)?.execute(interaction);
    });
    const profiler = setup === 'bare' ? undefined : await install(client, setup);
    const ready = new Promise((resolve) => client!.once(Events.ClientReady, resolve));
    await client.login(token);
    await ready;
    await client.application!.commands.create(data);
    for (const kind of KINDS) client.ws.on(EVENTS[kind], (data) => received[kind].push(JSON.stringify(data)));
    if (setup === 'another verbose') await profiler!.setVerbose(UNUSED_COG, true);
    if (setup === 'verbose') await profiler!.setVerbose(COG, true);
    shard = (strategy as unknown as { shards: Map<number, Shard> }).shards.get(0);
  },

  /** Waits for that many events of each kind: those are what it is handed from now on. */
  async learn(events: number): Promise<void> {
    while (KINDS.some((kind) => received[kind].length < events)) await nextTurn();
    for (const kind of KINDS) client!.ws.removeAllListeners(EVENTS[kind]);
    expectedCalls = (await countCalls?.()) ?? 0;
  },

  /** Hands the bot events of one kind. Nanoseconds of CPU time for each. */
  async round(kind: Kind): Promise<number> {
    const events = EVENTS_A_ROUND[kind];
    const frames = Array.from({ length: events }, (_, index) => frame(kind, index));
    expectedCalls += CALLS[kind] * events;
    await nextTurn();
    const startNs = cpuTimeNs();
    for (let at = 0; at < events; ) {
      for (const end = Math.min(at + EVENTS_A_TURN, events); at < end; at++) {
        await shard!.onMessage(frames[at]!, false);
      }
      await nextTurn();
    }
    return (cpuTimeNs() - startNs) / events;
  },

  /** Throws unless all calls were counted that should have been: the comparison would be worth nothing. */
  async check(): Promise<void> {
    const calls = (await countCalls?.()) ?? expectedCalls;
    if (calls !== expectedCalls) throw new Error(`${calls} of ${expectedCalls} calls were counted.`);
    if (recording === undefined) return;
    const { samples, running } = await recording.stop();
    if (running < LEAST_SAMPLES) throw new Error(`There are ${running} of ${samples} samples of what ran.`);
  },
};
export type EndToEndProcess = typeof api;
serve(api);

async function install(client: Client, setup: Setup) {
  const { Profiler } = await import('cogscope');
  // Each call is to be timed, however many there are.
  const profiler = new Profiler(client, { budgetPercent: 100 });
  if (setup === 'installed') return profiler;
  profiler.attach(COG);
  if (setup === 'another verbose') profiler.wrap(() => undefined, `${UNUSED_COG}/function`);
  countCalls = async () => {
    const timed = (await profiler.summary()).rows.reduce((calls, { count }) => calls + count, 0);
    const kept = await Promise.all([...profiler.verbose.keys()].map((id) => profiler.traces(id)));
    const traced = kept.reduce((calls, { summary }) => calls + summary.count, 0);
    if (setup === 'verbose' && traced !== timed) throw new Error(`${traced} of ${timed} calls were kept.`);
    return timed;
  };
  if (setup === 'sampled by V8') await startV8Profiler();
  if (setup === 'recorded') recording = await profiler.startRecording({ durationMs: 300_000 });
  if (setup === 'recorded before') await (await profiler.startRecording({ durationMs: 300_000 })).stop();
  return profiler;
}

function frame(kind: Kind, index: number): string {
  const data = JSON.parse(received[kind][index % received[kind].length]!);
  return JSON.stringify({ op: 0, t: EVENTS[kind], s: ++sequence, d: { ...data, id: String(++lastId) } });
}
