import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { answerToPing, mayUseProfiler, startDiscord } from './fixtures/register/acts.ts';
import {
  BOTS,
  BotProcess,
  type BotStart,
  NO_TYPE_STRIPPING_WARNING,
  PRELOADED,
} from './fixtures/register/bot-process.ts';
import { Project } from './fixtures/register/project.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Starts a bot that works, has a profiler, and says nothing. */
async function expectProfiled(entry: string, options: BotStart = {}, pong = 'pong'): Promise<void> {
  await using discord = await startDiscord();
  await using bot = new BotProcess(discord, entry, options);
  expect(await mayUseProfiler(discord, discord.owner)).toBe(true);
  expect(await answerToPing(discord)).toBe(pong);
  expect(await bot.end()).toBe('');
}

describe.concurrent('the preload gives a profiler to', () => {
  test.each([
    ['a bot of ES modules', 'esm.mjs', PRELOADED],
    ['a bot of CommonJS', 'commonjs.cjs', PRELOADED],
    ['a bot, with --require', 'commonjs.cjs', ['--require', 'cogscope/register']],
    ['a bot of ES modules, with --require', 'esm.mjs', ['--require', 'cogscope/register']],
    ['TypeScript that Node strips of its types', 'stripped.mts', [NO_TYPE_STRIPPING_WARNING, ...PRELOADED]],
    ['a Sapphire bot, of a subclass', 'sapphire.mjs', PRELOADED],
  ])('%s', (_, entry, nodeArgs) => expectProfiled(entry, { nodeArgs }));

  test.each([
    ['before', [...PRELOADED, '--import', 'tsx']],
    ['after', ['--import', 'tsx', ...PRELOADED]],
  ])('TypeScript that tsx transpiles, %s it', (_, nodeArgs) =>
    expectProfiled('transpiled.ts', { nodeArgs }, 'hello'),
  );

  test('a bot under NODE_OPTIONS', () =>
    expectProfiled('esm.mjs', { nodeArgs: [], env: { NODE_OPTIONS: PRELOADED.join(' ') } }));

  test('both clients of a bot', async () => {
    await using first = await startDiscord();
    await using second = await startDiscord();
    const env = { SECOND_API: second.restUrl, SECOND_TOKEN: second.token };
    await using bot = new BotProcess(first, 'two-clients.mjs', { env });
    for (const discord of [first, second]) {
      expect(await mayUseProfiler(discord, discord.owner)).toBe(true);
      expect(await answerToPing(discord)).toBe('pong');
    }
    expect(await bot.end()).toBe('');
  });

  test('a bot that cannot resolve discord.js, which a package brings along, as pnpm lays it out', async () => {
    const kit = 'node_modules/.pnpm/bot-kit@1.0.0/node_modules/bot-kit';
    await using project = await Project.create(
      {
        'bot.mjs':
          "import 'bot-kit';\nawait import('discord.js').then(() => console.error('found'), () => {});",
        [`${kit}/package.json`]: JSON.stringify({ name: 'bot-kit', main: 'index.cjs' }),
        [`${kit}/index.cjs`]: readFileSync(join(BOTS, 'commonjs.cjs'), 'utf8').replace('./', `${BOTS}/`),
      },
      { node_modules: ['cogscope'], [join(kit, '..')]: ['discord.js'] },
    );
    await project.link('node_modules/bot-kit', project.path(kit));
    await expectProfiled(project.path('bot.mjs'), { cwd: project.folder });
  });

  test('clients of two copies of discord.js, one of them under another name, as in a bundle', async () => {
    const twoClients = readFileSync(join(BOTS, 'two-clients.mjs'), 'utf8');
    await using project = await Project.create(
      {
        'bot.mjs': twoClients
          .replace("from 'discord.js';", "from 'discord.js';\nimport vendored from './vendor/lib/index.js';")
          .replace('new Client', 'new (api === SECOND_API ? vendored.Client : Client)')
          .replace('./serve', `${BOTS}/serve`),
      },
      {},
    );
    await project.link('node_modules', join(import.meta.dirname, '../node_modules'));
    await project.copy('vendor/lib', 'discord.js/src');
    await project.copy('vendor/package.json', 'discord.js/package.json');
    await using first = await startDiscord();
    await using second = await startDiscord();
    const preload = pathToFileURL(join(import.meta.dirname, '../dist/register.js')).href;
    await using bot = new BotProcess(first, project.path('bot.mjs'), {
      nodeArgs: ['--import', preload],
      env: { SECOND_API: second.restUrl, SECOND_TOKEN: second.token },
    });
    for (const discord of [first, second]) expect(await mayUseProfiler(discord, discord.owner)).toBe(true);
    expect(await bot.end()).toBe('');
  });

  test.each(['process', 'worker'])('a shard that is a %s', async (mode) => {
    await expectProfiled('shards.cjs', { nodeArgs: [], args: [mode, ...PRELOADED] });
    await expectProfiled('shards.cjs', {
      nodeArgs: [],
      args: [mode],
      env: { NODE_OPTIONS: PRELOADED.join(' ') },
    });
  });
});

describe.concurrent('the preload leaves alone', () => {
  test('a client that has a profiler: not even the configuration is read', async () => {
    await using discord = await startDiscord();
    await using bot = new BotProcess(discord, 'own-profiler.mjs', { env: { COGSCOPE_GUILD_ID: 'nonsense' } });
    expect(await mayUseProfiler(discord, discord.owner)).toBe(true);
    expect(await answerToPing(discord)).toBe('pong');
    expect(await bot.end()).toBe('');
  });

  test.each(['and ends', 'and logs in again'])('how a bot logs in, twice, logs out %s', async (what) => {
    const run = async (nodeArgs: readonly string[]) => {
      await using discord = await startDiscord();
      await using bot = new BotProcess(discord, 'logins.mjs', { nodeArgs, args: [what.split(' ').at(-1)!] });
      if (nodeArgs.length > 0) await discord.command('profiler');
      return await bot.ended();
    };
    const bare = await run([]);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(bare.stdout)).toMatchObject({
      name: 'login',
      told: expect.arrayContaining(['connects']),
    });
    expect(await run(PRELOADED)).toEqual(bare);
  });

  test.each([
    ['throws', 'main.mjs', '\nnull.field;'],
    ['throws, in CommonJS', 'main.cjs', 'function main() {\n  null.field;\n}\nmain();'],
    ['imports what is not there', 'main.mjs', "import './missing.mjs';"],
    ['has a syntax error', 'main.cjs', 'const { Client = ;'],
  ])('what Node says of a bot that %s', async (_, name, text) => {
    await using project = await Project.create({ [name]: text, 'nothing.mjs': '' });
    await using discord = await startDiscord();
    const run = async (nodeArgs: readonly string[]) => {
      await using bot = new BotProcess(discord, project.path(name), { nodeArgs, cwd: project.folder });
      return await bot.ended();
    };
    // Node loads a main file in another way, and says so in its stack, where anything is preloaded.
    const bare = await run(['--import', './nothing.mjs']);
    expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining('Error') });
    expect(await run(PRELOADED)).toEqual(bare);
  });

  test('the start of a bot: no more than the preload is loaded until it logs in', async () => {
    const tell = "console.log(Symbol.for('cogscope.clients') in globalThis);";
    await using project = await Project.create({
      'main.cjs': `const { Client } = require('discord.js');
        const client = new Client({ intents: [] });
        ${tell}
        client.login('').catch(({ code }) => console.log(code));
        ${tell}`,
    });
    await using discord = await startDiscord();
    await using bot = new BotProcess(discord, project.path('main.cjs'), { cwd: project.folder });
    expect(await bot.ended()).toEqual({ code: 0, stdout: 'false\ntrue\nTokenInvalid\n', stderr: '' });
  });

  test('everything, where it is switched off', async () => {
    await using discord = await startDiscord();
    const env = { COGSCOPE_DISABLED: '1', COGSCOPE_GUILD_ID: 'nonsense' };
    await using bot = new BotProcess(discord, 'esm.mjs', { env });
    expect(await answerToPing(discord)).toBe('pong');
    expect(discord.commands().map(({ name }) => name)).toEqual(['ping']);
    expect(await bot.end()).toBe('');
  });
});
