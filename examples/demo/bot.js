// A small community bot in the layout of the discord.js guide: commands/, events/, and one dispatcher.
// The one line of cogscope is marked. What is slow in it was planted: see README.md.
import { readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Profiler } from 'cogscope';
import { Client, Collection, Events, GatewayIntentBits } from 'discord.js';

/** The files below a folder of the bot, each imported. */
async function load(folder) {
  const root = new URL(`./${folder}/`, import.meta.url);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.name.endsWith('.js'))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  return Promise.all(files.sort().map(async (file) => (await import(pathToFileURL(file).href)).default));
}

async function answer(interaction, run) {
  try {
    await run(interaction);
  } catch {
    const content = 'Sorry, that did not work. Try again.';
    if (interaction.deferred) await interaction.editReply(content);
    else if (!interaction.replied) await interaction.reply({ content, flags: 64 });
  }
}

/** The bot, not logged in yet. */
export async function createBot(clientOptions = {}) {
  const { Guilds, GuildMembers, GuildMessages, MessageContent } = GatewayIntentBits;
  const client = new Client({
    intents: [Guilds, GuildMembers, GuildMessages, MessageContent],
    ...clientOptions,
  });

  const profiler = new Profiler(client); // ← cogscope

  client.commands = new Collection();
  for (const command of await load('commands')) client.commands.set(command.data.name, command);

  for (const event of await load('events')) {
    if (event.once) client.once(event.name, (...args) => event.execute(...args));
    else client.on(event.name, (...args) => event.execute(...args));
  }

  client.on(Events.InteractionCreate, async function dispatch(interaction) {
    const command = client.commands.get(interaction.commandName);
    if (!command) {
      console.error(`No command matching ${interaction.commandName} was found.`);
      return;
    }
    if (interaction.isAutocomplete()) await command.autocomplete(interaction);
    else await answer(interaction, (given) => command.execute(given));
  });

  const tasks = await load('tasks');
  client.once(Events.ClientReady, function startTasks() {
    for (const task of tasks) setInterval(task.run, task.everyMs, client).unref();
  });

  return { client, profiler };
}

/** Tells Discord of the bot's commands, as the guide's deploy-commands.js does. */
export async function deployCommands(client, token) {
  client.rest.setToken(token);
  const { id } = await client.rest.get('/applications/@me');
  await client.rest.put(`/applications/${id}/commands`, {
    body: client.commands.map(({ data }) => data.toJSON()),
  });
}
