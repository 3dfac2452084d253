import { join } from 'node:path';
import { CommandKit } from 'commandkit';
import { Client } from 'discord.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { commandkit as adapter } from '../../src/frameworks/commandkit.ts';
import { FRAMEWORK_PACKAGES } from '../../src/frameworks/index.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';
import {
  CountingSurroundings,
  createAdapterBot,
  expectCounted,
  expectFoundAfterReload,
  expectUnchanged,
  photograph,
  startAdapterBot,
} from '../fixtures/adapter-bot.ts';
import { commandkit } from '../fixtures/frameworks/commandkit.ts';
import { folderOf } from '../fixtures/frameworks/fixture.ts';

const rootDir = folderOf('commandkit');
const COMMANDS = [
  'games/command/ping',
  'music/autocomplete/play',
  'music/command/panel',
  'music/command/play',
  'music/command/queue add',
  'music/command/queue filter set',
  'staff/command/crash-later',
  'staff/command/crash-now',
  'staff/command/survey',
  'staff/context/Greet',
];

test('exactly the functions of the bot are found, also before it logs in', async () => {
  const started = await createAdapterBot(commandkit, adapter);
  const expected = started.bot.functions.map(({ id }) => id).sort();
  expect([...started.find().keys()].sort()).toEqual(expected);
  await started.bot.login();
  expect([...started.find().keys()].sort()).toEqual(expected);
  for (const { location } of started.find().values()) expect(location?.file).toContain(rootDir);
});

test('each run is counted once, and each function is called as without', async () => {
  const started = await startAdapterBot(commandkit, adapter);
  await expectCounted(started, started.bot.functions);
});

test('what is detached is as it was', async () => {
  const started = await startAdapterBot(commandkit, adapter);
  const targets = started.find();
  const before = photograph(targets.values());
  started.attach(targets.values());
  expect([...started.find().keys()]).toEqual([...targets.keys()]);
  started.detach();
  expectUnchanged(before);
});

test('what is reloaded is found under the same id', async () => {
  await expectFoundAfterReload(await startAdapterBot(commandkit, adapter));
});

test('listeners lead to the kit: memory is never searched', async () => {
  const started = await startAdapterBot(commandkit, adapter);
  for (let round = 0; round < 3; round++) {
    started.find();
    await started.bot.reloading!.reload('welcome/listener/guildMemberAdd');
  }
  expect(started.find().size).toBe(started.bot.functions.length);
  expect(started.surroundings.searches).toBe(0);
});

/** Without event files. It is of CommandKit's ES module, where the fixture's kits are of the CommonJS one. */
async function createKit() {
  const client = new Client({ intents: [] });
  onTestFinished(() => client.destroy());
  const { log } = console;
  console.log = () => undefined;
  onTestFinished(() => void (console.log = log));
  const options: ConstructorParameters<typeof CommandKit>[0] & { commandHandler?: unknown } = {
    client,
    commandsPath: join(rootDir, 'commands'),
  };
  const kit = new CommandKit(options);
  await expect.poll(() => options.commandHandler).toBeDefined();
  const surroundings = new CountingSurroundings(rootDir, FRAMEWORK_PACKAGES);
  return { client, kit, surroundings, find: () => [...adapter.discover(client, surroundings)] };
}

describe('a kit without event files', () => {
  test('is searched for once', async () => {
    const { client, surroundings, find } = await createKit();
    const ids = () => find().map(({ cog, kind, name }) => `${cog}/${kind}/${name}`);
    expect(ids().sort()).toEqual(COMMANDS);
    expect(surroundings.searches).toBe(1);
    client.on('debug', () => undefined);
    expect(ids().sort()).toEqual(COMMANDS);
    expect(surroundings.searches).toBe(1);
  });

  test("that is another client's is searched for once for each number of its listeners", async () => {
    const [listener] = (await createKit()).client.listeners('interactionCreate');
    const client = new Client({ intents: [] });
    onTestFinished(() => client.destroy());
    const surroundings = new CountingSurroundings(rootDir, FRAMEWORK_PACKAGES);
    for (const listeners of [1, 2]) {
      client.on('interactionCreate', listener as () => void);
      for (let round = 0; round < 2; round++) {
        expect([...adapter.discover(client, surroundings)]).toEqual([]);
        expect(surroundings.searches).toBe(listeners);
      }
    }
  });

  test('is told from the kit of another client', async () => {
    const slots = [await createKit(), await createKit()].map(({ find }) => find().map(({ slot }) => slot));
    expect(slots.map(({ length }) => length)).toEqual([COMMANDS.length, COMMANDS.length]);
    expect(slots[0]!.filter((slot) => slots[1]!.includes(slot))).toEqual([]);
  });
});

test('in a large heap, commands are told apart at the listener of the kit', async () => {
  const { client } = await createKit();
  const surroundings = new Surroundings(rootDir, FRAMEWORK_PACKAGES);
  const ballast: number[] = new Array(2 ** 22).fill(0.5);
  expect(surroundings.canSearch()).toBe(false);
  const post = vi.spyOn(process.getBuiltinModule('node:inspector').Session.prototype, 'post');
  onTestFinished(() => post.mockRestore());
  const interactions = ['ping', 'play'].map((commandName) => ({ type: 2, commandType: 1, commandName }));
  for (const { commandName: name } of interactions) surroundings.seen.note({ kind: 'command', name });
  const found = [...adapter.discover(client, surroundings)];
  expect(found.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['command/ping', 'command/play']);
  const [listener] = client.listeners('interactionCreate');
  for (const [index, { slot, branch }] of found.entries()) {
    expect(slot.get() === listener).toBe(true);
    expect(branch!.of([interactions[index]])).toBe(branch!.name);
  }
  expect(post.mock.calls.map(([method]) => String(method))).not.toContain('Runtime.queryObjects');
  expect(ballast.length * Float64Array.BYTES_PER_ELEMENT).toBe(2 ** 25);
});

test('a client without a kit has nothing, and memory is not searched for one', () => {
  const client = new Client({ intents: [] });
  onTestFinished(() => client.destroy());
  client.on('interactionCreate', () => undefined);
  const surroundings = new CountingSurroundings(rootDir, FRAMEWORK_PACKAGES);
  expect([...adapter.discover(client, surroundings)]).toEqual([]);
  expect(surroundings.searches).toBe(0);
});

describe('watching', () => {
  test('tells of each reload once it is done', async () => {
    const started = await startAdapterBot(commandkit, adapter);
    const { client, reloading } = started.bot;
    let former = started.find();
    let reloaded = '';
    const told: boolean[] = [];
    using _watch = adapter.watch(client, () => {
      told.push(started.find().get(reloaded)!.slot !== former.get(reloaded)!.slot);
    });
    for (const id of reloading!.ids) {
      former = started.find();
      reloaded = id;
      await reloading!.reload(id);
    }
    expect(told).toEqual(reloading!.ids.map(() => true));
  });

  test('lets a reload fail as it did, and leaves nothing behind', async () => {
    const { client, kit, find } = await createKit();
    find();
    const before = { keys: Reflect.ownKeys(kit), reload: kit.reloadCommands };
    let told = 0;
    const watch = adapter.watch(client, () => told++);
    expect(kit.reloadCommands.name).toBe('reloadCommands');
    expect(Object.keys(kit)).toEqual([]);
    const error = await kit.reloadCommands().catch((reason: Error) => reason.message);
    expect(error).toContain('client is not ready');
    expect(told).toBe(1);
    watch[Symbol.dispose]();
    expect(Reflect.ownKeys(kit)).toEqual(before.keys);
    expect(kit.reloadCommands === before.reload).toBe(true);
    await kit.reloadValidations();
    expect(told).toBe(1);
  });
});
