/**
 * A small bot, with cogscope or without, that tells what its start has cost and ends. It is JavaScript, as what
 * bots run is: stripping types would add to every figure. Needs `--expose-gc`.
 */
import { Client, Collection, Events, GatewayIntentBits, SlashCommandBuilder } from 'discord.js';

const client = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages] });
client.commands = new Collection();
for (let index = 0; index < 10; index++) {
  const data = new SlashCommandBuilder().setName(`command-${index}`).setDescription('Does something');
  client.commands.set(data.name, { data, execute: async (interaction) => interaction.reply(String(index)) });
}
const EVENTS = [Events.MessageCreate, Events.InteractionCreate, Events.GuildCreate, Events.ChannelCreate];
for (let index = 0; index < 10; index++) client.on(EVENTS[index % EVENTS.length], async () => index);

if (process.argv[2] === 'bare') {
  console.log(JSON.stringify({ started: cost() }));
} else {
  const { Profiler } = await import('cogscope');
  const profiler = new Profiler(client);
  const started = cost();
  // What the first `/profiler` loads and looks up, once. Registering it with Discord is the network's time.
  const beforeMs = performance.now();
  const { Desk } = await import('../../dist/commands/desk/desk.js');
  const desk = new Desk(profiler);
  if (profiler.targets.size !== 20) throw new Error(`Found ${profiler.targets.size} of 20 targets.`);
  const asked = cost(beforeMs);
  desk.dispose();
  console.log(JSON.stringify({ started, asked }));
}
process.exit();

/** Milliseconds since the process began, or since another time, and the resident bytes. */
function cost(sinceMs = 0) {
  const wallMs = performance.now() - sinceMs;
  globalThis.gc();
  return { wallMs, residentBytes: process.memoryUsage.rss() };
}
