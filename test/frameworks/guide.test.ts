import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Client, ContextMenuCommandBuilder, InteractionCollector, SlashCommandBuilder } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../src/cog/target.ts';
import { cogOfFile, Surroundings } from '../../src/frameworks/surroundings.ts';
import { createFinder } from '../fixtures/discover.ts';

const require = createRequire(import.meta.url);
const rootDir = fileURLToPath(new URL('../fixtures/guide', import.meta.url));

let client: Client;
beforeEach(() => {
  client = new Client({ intents: [] });
});
afterEach(() => client.destroy());

function discover(): Map<string, Target> {
  return createFinder(client, rootDir)();
}

const setCommands = (...commands: [string, unknown][]) =>
  Object.assign(client, { commands: new Map(commands) });
const execute = () => undefined;

describe('commands', () => {
  test('are found with their source and cog', () => {
    setCommands(['play', require('../fixtures/guide/commands/music/play.cjs')]);
    const [[id, target]] = [...discover()] as [[string, Target]];
    expect(id).toBe('music/command/play');
    expect(target.location).toEqual({ file: `${rootDir}/commands/music/play.cjs`, line: 3, column: 16 });
  });

  test('are split into subcommands and groups, by what the interaction says', () => {
    const data = new SlashCommandBuilder()
      .setName('mod')
      .setDescription('Moderate')
      .addSubcommand((subcommand) => subcommand.setName('ban').setDescription('Ban'))
      .addSubcommandGroup((group) =>
        group
          .setName('warn')
          .setDescription('Warn')
          .addSubcommand((subcommand) => subcommand.setName('add').setDescription('Add'))
          .addSubcommand((subcommand) => subcommand.setName('list').setDescription('List')),
      );
    setCommands(['mod', { data, execute }]);
    const targets = [...discover().values()];
    expect(targets.map(({ name, branch }) => [name, branch?.name])).toEqual([
      ['mod ban', 'ban'],
      ['mod warn add', 'warn add'],
      ['mod warn list', 'warn list'],
    ]);
    expect(new Set(targets.map(({ slot }) => slot)).size).toBe(1);
    const { of } = targets[0]!.branch!;
    const interaction = (group: string | null, subcommand: string | null) => ({
      options: { getSubcommandGroup: () => group, getSubcommand: () => subcommand },
    });
    expect(of([interaction('warn', 'add')])).toBe('warn add');
    expect(of([client, interaction(null, 'ban')])).toBe('ban');
    expect(of([interaction(null, null)])).toBe('');
    for (const args of [
      [],
      [null],
      [{}],
      [{ options: null }],
      [
        {
          get options() {
            throw new Error('no');
          },
        },
      ],
    ]) {
      expect(of(args)).toBeUndefined();
    }
  });

  test('context menus and autocompletes have kinds of their own', () => {
    const data = new ContextMenuCommandBuilder().setName('Report').setType(3);
    setCommands(
      ['Report', { data, execute }],
      ['find', { data: { name: 'find' }, execute, autocomplete: execute }],
    );
    expect([...discover().values()].map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'context Report',
      'command find',
      'autocomplete find',
    ]);
  });

  test('what is odd is passed over or goes by its key, and no getter of the bot is run', () => {
    const incomplete = { data: new SlashCommandBuilder(), execute };
    const throwing = {
      get data(): never {
        throw new Error('getter was run');
      },
      execute,
    };
    const hidden = {
      data: { name: 'hidden' },
      get execute(): never {
        throw new Error('getter was run');
      },
    };
    const inherited = Object.create({ execute, data: { name: 'inherited' } });
    setCommands(
      ['incomplete', incomplete],
      ['throwing', throwing],
      ['hidden', hidden],
      ['inherited', inherited],
      ['null', null],
      ['text', 'text'],
      ['empty', {}],
      ['namespace', { data: { name: 'a/b c' }, execute }],
    );
    expect([...discover().values()].map(({ name }) => name)).toEqual([
      'incomplete',
      'throwing',
      'inherited',
      'a/b c',
    ]);
  });

  test('a client without commands, or with something else of that name, has none', () => {
    expect(discover().size).toBe(0);
    for (const commands of [undefined, null, [], 'commands', { play: {} }]) {
      Object.assign(client, { commands });
      expect(discover().size).toBe(0);
    }
    Object.defineProperty(client, 'commands', {
      get() {
        throw new Error('getter was run');
      },
    });
    expect(discover().size).toBe(0);
  });
});

describe('listeners', () => {
  const { onMessage, bound } = require('../fixtures/guide/cogs/economy/pay.cjs');

  test('go by the file that they are written in, through bind too', () => {
    client.on('messageCreate', onMessage);
    client.on('messageDelete', bound);
    expect([...discover().keys()]).toEqual([
      'economy/listener/messageCreate',
      'economy/listener/messageDelete',
    ]);
    expect(discover().get('economy/listener/messageDelete')!.location?.line).toBe(1);
  });

  test('several of one event and cog are numbered in their order', () => {
    client.on('messageCreate', () => 1);
    client.on('messageCreate', () => 2);
    client.on('messageCreate', () => 3);
    expect([...discover().values()].map(({ name }) => name)).toEqual([
      'messageCreate',
      'messageCreate #2',
      'messageCreate #3',
    ]);
  });

  test('of an event module: its `execute` is the place, with `on` and `once`', () => {
    const event = require('../fixtures/guide/events/ready.cjs');
    client.once(event.name, (...args) => event.execute(...args));
    const [target] = [...discover().values()] as [Target];
    expect(target.id).toBe('ready/listener/clientReady');
    expect(target.slot.get()).toBe(event.execute);
    expect(target.location?.line).toBe(4);
  });

  test('of a module namespace, which is read-only: the listener is the place, the module tells the cog', async () => {
    await require('../fixtures/guide/index.cjs').register(client);
    const [target] = [...discover().values()] as [Target];
    expect(target.id).toBe('welcome/listener/messageCreate');
    expect(target.slot.get()).toBe(client.listeners('messageCreate')[0]);
  });

  test('two listeners that call one event module are two places', () => {
    const event = { name: 'messageCreate', execute: onMessage };
    client.on('messageCreate', (...args) => event.execute(...args));
    client.on('messageCreate', (...args) => event.execute(...args));
    const slots = [...discover().values()].map(({ slot }) => slot);
    expect(new Set(slots).size).toBe(2);
  });

  test('those of discord.js and its collectors are left out', () => {
    const collector = new InteractionCollector(client as Client<true>, { time: 60_000 });
    expect(client.eventNames()).toContain('interactionCreate');
    expect(discover().size).toBe(0);
    collector.stop();
  });

  test('the listener that hands interactions to commands is marked so', () => {
    client.on('interactionCreate', onMessage);
    expect([...discover().values()][0]!.dispatches).toBeUndefined();
    setCommands(['play', { data: { name: 'play' }, execute }]);
    expect([...discover().values()].map(({ kind, dispatches }) => [kind, dispatches])).toEqual([
      ['command', undefined],
      ['listener', true],
    ]);
  });

  test('nothing is left behind by looking: no global, no inspector session', () => {
    client.on('messageCreate', onMessage);
    const before = Reflect.ownKeys(globalThis);
    discover();
    expect(Reflect.ownKeys(globalThis)).toEqual(before);
  });
});

test.each([
  ['commands/music/play.js', 'music'],
  ['src/commands/music/queue/add.ts', 'music'],
  ['cogs/music/commands/play.js', 'music'],
  ['modules/economy/events/join.js', 'economy'],
  ['events/messageCreate.js', 'messageCreate'],
  ['commands/ping.command.ts', 'ping'],
  ['commands/index.js', 'bot'],
  ['index.js', 'bot'],
  ['leveling.mjs', 'leveling'],
  ['../plugins/extra/index.js', 'extra'],
  ['../src/commands/music/admin/skip.ts', 'music'],
  ['../src/commands/ping.ts', 'ping'],
  ['../cogs/music/commands/play.ts', 'music'],
  ['../src/lib/cache.ts', 'cache'],
])('the cog of %s is %s', (file, cog) => {
  expect(cogOfFile(`/bot/root/${file}`, '/bot/root')).toBe(cog);
});

test('the cog of a package is its name', () => {
  const surroundings = new Surroundings('/bot');
  const at = (file: string) => surroundings.cogOf({ file, line: 1, column: 1 });
  expect(at('/bot/node_modules/discord-player/dist/index.js')).toBe('discord-player');
  expect(at('/bot/node_modules/a/node_modules/@scope/plugin/x.js')).toBe('@scope.plugin');
  expect(surroundings.cogOf(undefined)).toBe('bot');
});
