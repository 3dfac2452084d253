import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Client, Collection, type Interaction } from 'discord.js';
import { expect, test } from 'vitest';
import { Profiler } from '../src/index.ts';
import { livingProxies, livingTimers } from './fixtures/proxies.ts';
import { commonIntents } from './standin/connect.ts';
import { StandIn } from './standin/standin.ts';

const CYCLES = 50;
const CYCLE_MS = 100;
const INTERACTIONS_PER_S = 200;

interface Command {
  data: { name: string };
  execute(interaction: Interaction): Promise<void>;
}

test('50 cycles of attach, reload and detach under load lose no interaction and no call, and leave nothing', async () => {
  await using discord = await StandIn.start();
  const client = Object.assign(new Client({ intents: commonIntents, ...discord.clientOptions }), {
    commands: new Collection<string, Command>(),
  });
  const ran = { command: 0, listener: 0, whileAttached: 0 };
  let profiler: Profiler | undefined;
  /** As a file that is required anew: another function each time. */
  const load = () =>
    client.commands.set('ping', {
      data: { name: 'ping' },
      async execute() {
        ran.command++;
        if (profiler!.tracked.size > 0) ran.whileAttached++;
        await sleep(ran.command % 40);
      },
    });
  load();
  const listener = () => {
    ran.listener++;
  };
  client.on('interactionCreate', listener);
  client.on('interactionCreate', (interaction) => {
    if (interaction.isChatInputCommand())
      void client.commands.get(interaction.commandName)?.execute(interaction);
  });
  await client.login(discord.token);
  await discord.until(() => client.isReady(), 'ready');
  await client.application!.commands.create({ name: 'ping', description: 'Pong' });
  await discord.command('ping');

  const listenersBefore = client.rawListeners('interactionCreate');
  const keysBefore = Reflect.ownKeys(client);
  profiler = new Profiler(client, { attach: 'nothing', logger: { warn: () => undefined } });
  await discord.command('profiler');

  let sent = 0;
  const load200 = setInterval(() => {
    for (let each = 0; each < INTERACTIONS_PER_S / 100; each++) {
      sent++;
      void discord.owner.runs('ping');
    }
  }, 10);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    profiler.attach('all');
    await sleep(CYCLE_MS / 3);
    load();
    await sleep(CYCLE_MS / 3);
    profiler.detach('all', { keepFigures: true });
    await sleep(CYCLE_MS / 3);
  }
  clearInterval(load200);

  await discord.until(() => ran.command === sent, `all of ${sent} interactions`);
  expect(ran.listener).toBe(sent);
  expect(livingTimers()).not.toEqual([]);
  const counted = async () =>
    (await profiler!.summary()).rows.find(({ id }) => id.endsWith('/command/ping'))!.count;
  await expect.poll(counted, { timeout: 5_000 }).toBe(ran.whileAttached);
  expect(sent).toBeGreaterThan(CYCLES * 2);
  expect(ran.whileAttached).toBeGreaterThan(CYCLES);
  expect(ran.whileAttached).toBeLessThan(sent);

  await profiler.destroy();
  profiler = undefined;
  await turn();
  expect(client.rawListeners('interactionCreate').every((fn, at) => fn === listenersBefore[at])).toBe(true);
  expect(client.rawListeners('interactionCreate')).toHaveLength(2);
  expect(Reflect.ownKeys(client)).toEqual(keysBefore);
  for (const method of ['set', 'delete', 'clear']) expect(Object.hasOwn(client.commands, method)).toBe(false);
  expect(livingTimers()).toEqual([]);
  expect((await livingProxies()).map(({ name }) => name)).toEqual([]);
  await client.destroy();
}, 60_000);
