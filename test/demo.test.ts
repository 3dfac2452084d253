import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client } from 'discord.js';
import { expect, test } from 'vitest';
import { createBot, deployCommands } from '../examples/demo/bot.js';
import { StandIn } from './standin/standin.ts';

type Modules = Map<string, Record<string, unknown>>;

const demo = fileURLToPath(new URL('../examples/demo/', import.meta.url));

/** The objects that the bot itself works with: every command and event module. */
async function modulesOf(): Promise<Modules> {
  const modules: Modules = new Map();
  for (const file of globSync('{commands,events}/**/*.js', { cwd: demo })) {
    const { default: module } = (await import(`${demo}${file}`)) as { default: Record<string, unknown> };
    modules.set(file, module);
  }
  return modules;
}

function snapshot(client: Client, modules: Modules) {
  return {
    listeners: new Map(client.eventNames().map((event) => [event, client.rawListeners(event as string)])),
    keys: new Map([...modules].map(([file, module]) => [file, Reflect.ownKeys(module)])),
    properties: [...modules].flatMap(([file, module]) =>
      Reflect.ownKeys(module).map((key) => {
        const descriptor = Object.getOwnPropertyDescriptor(module, key)!;
        return { at: `${file} ${String(key)}`, descriptor, function: functionShape(descriptor.value) };
      }),
    ),
  };
}

function functionShape(value: unknown) {
  return typeof value === 'function' ? Object.getOwnPropertyDescriptors(value) : undefined;
}

/** Compared piece by piece with ===, as deep equality would take one function for another. */
function expectSame(after: ReturnType<typeof snapshot>, before: ReturnType<typeof snapshot>): void {
  expect([...after.listeners.keys()]).toEqual([...before.listeners.keys()]);
  for (const [event, listeners] of before.listeners) {
    const now = after.listeners.get(event)!;
    expect(now).toHaveLength(listeners.length);
    for (const [index, listener] of listeners.entries()) {
      expect(now[index] === listener, `${String(event)} ${index}`).toBe(true);
    }
  }
  expect(after.keys).toEqual(before.keys);
  expect(after.properties).toHaveLength(before.properties.length);
  before.properties.forEach(({ at, descriptor, function: shape }, index) => {
    const now = after.properties[index]!;
    expect(now.at).toBe(at);
    expect(now.descriptor.value === descriptor.value, at).toBe(true);
    expect({ ...now.descriptor, value: 0 }, at).toEqual({ ...descriptor, value: 0 });
    expect(now.function, at).toEqual(shape);
  });
}

test('the demo bot is tracked whole, works meanwhile, and is afterwards what it was, property by property', async () => {
  await using discord = await StandIn.start({ users: ['ada'] });
  const { client, profiler } = await createBot(discord.clientOptions);
  const modules = await modulesOf();
  await deployCommands(client, discord.token);
  await client.login(discord.token);
  await discord.command('profiler');
  // A listener for `once` is gone by now, as in any bot that is attached while it runs.
  const before = snapshot(client, modules);

  const { attached, skipped } = profiler.attach('all');
  profiler.attach('interactionCreate');
  expect(skipped).toEqual([]);
  expect([...profiler.targets.values()].filter(({ id }) => !profiler.tracked.has(id))).toEqual([]);
  expect(new Set(attached.map(({ cog }) => cog))).toEqual(
    new Set(['economy', 'leveling', 'moderation', 'music']),
  );
  for (const { slot, location } of attached) {
    expect(slot.get()).toBeDefined();
    expect(location?.file).toContain('examples/demo/');
  }
  const during = snapshot(client, modules);
  expect(
    during.properties.filter(
      ({ descriptor }, index) => descriptor.value !== before.properties[index]!.descriptor.value,
    ),
  ).toHaveLength(
    // Each module's `execute`, and one `autocomplete`.
    modules.size + 1,
  );

  const ada = discord.user('ada');
  await (await ada.runs('queue add song:So What')).reply();
  await (await ada.runs('balance')).reply();
  await ada.says('hello');
  const count = async (id: string) => (await profiler.summary()).rows.find((row) => row.id === id)?.count;
  const counted = (id: string) => expect.poll(() => count(id), { message: id, timeout: 5_000 }).not.toBe(0);
  await Promise.all(['leveling/listener/messageCreate', 'economy/command/balance'].map(counted));
  expect(await count('music/command/queue add')).toBe(1);
  expect(await count('music/command/queue list')).toBe(0);
  expect(await count('economy/command/balance')).toBe(1);

  profiler.detach('all');
  expect(profiler.tracked.size).toBe(0);
  expectSame(snapshot(client, modules), before);

  // And once more, as what a first round left behind could hide in the second.
  profiler.attach('all');
  profiler.detach('all');
  expectSame(snapshot(client, modules), before);

  await profiler.destroy();
  await client.destroy();
});
