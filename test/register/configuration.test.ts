import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { isDisabled } from '../../src/register/disabled.ts';
import { OPTION_NAMES, readVariables, unknownVariables, variableOf } from '../../src/register/variables.ts';
import { answerToPing, mayUseProfiler, startDiscord } from '../fixtures/register/acts.ts';
import { BOTS, BotProcess, NO_TYPE_STRIPPING_WARNING, PRELOADED } from '../fixtures/register/bot-process.ts';
import { Project } from '../fixtures/register/project.ts';

vi.setConfig({ testTimeout: 60_000 });

const ONE_LINE = /^\[cogscope\] The profiler is off: .+\n$/;

describe.concurrent('the configuration is read from', () => {
  /** Whether carol, who is not the bot's owner, may use the profiler of a bot that is configured so. */
  async function carolMay(
    configure: (
      carolId: string,
      daveId: string,
    ) => {
      files?: Record<string, string>;
      env?: Record<string, string>;
      entry?: string;
    },
  ): Promise<{ carol: boolean; dave: boolean; stderr: string }> {
    await using discord = await startDiscord();
    const [carol, dave] = [discord.user('carol'), discord.user('dave')];
    const { files = {}, env = {}, entry } = configure(carol.id, dave.id);
    await using project = await Project.create(files);
    await using bot = new BotProcess(discord, entry === undefined ? 'esm.mjs' : project.path(entry), {
      nodeArgs: [NO_TYPE_STRIPPING_WARNING, ...PRELOADED],
      cwd: project.folder,
      env,
    });
    const may = { carol: await mayUseProfiler(discord, carol), dave: await mayUseProfiler(discord, dave) };
    return { ...may, stderr: await bot.end() };
  }
  const onlyCarol = { carol: true, dave: false, stderr: '' };

  test.each([
    ['cogscope.config.js', 'module.exports = { ownerIds: ["ID"] };'],
    ['cogscope.config.mjs', 'export default { ownerIds: ["ID"] };'],
    ['cogscope.config.cjs', 'exports.__esModule = true; exports.default = () => ({ ownerIds: ["ID"] });'],
    [
      'cogscope.config.ts',
      'export default { ownerIds: ["ID"] } satisfies import("cogscope").ProfilerOptions;',
    ],
    ['cogscope.config.mts', 'export default (): object => ({ ownerIds: ["ID"] });'],
    ['cogscope.config.cts', 'module.exports = { ownerIds: ["ID"] } as object;'],
    ['cogscope.config.json', '{ "ownerIds": ["ID"] }'],
  ])('%s', async (name, text) => {
    expect(await carolMay((id) => ({ files: { [name]: text.replace('ID', id) } }))).toEqual(onlyCarol);
  });

  const json = (...ownerIds: string[]) => JSON.stringify({ ownerIds });
  const startsEsmBot = `await import(${JSON.stringify(pathToFileURL(join(BOTS, 'esm.mjs')).href)});`;

  test('the folder of the main file, where the working directory has none', async () => {
    const files = { 'app/main.mjs': startsEsmBot };
    const beside = (id: string) => ({ ...files, 'app/cogscope.config.json': json(id) });
    expect(await carolMay((carolId) => ({ files: beside(carolId), entry: 'app/main.mjs' }))).toEqual(
      onlyCarol,
    );
    const both = await carolMay((carolId, daveId) => ({
      files: { ...beside(daveId), 'cogscope.config.json': json(carolId) },
      entry: 'app/main.mjs',
    }));
    expect(both).toEqual(onlyCarol);
  });

  test('the file that COGSCOPE_CONFIG names', async () => {
    const named = await carolMay((carolId, daveId) => ({
      files: { 'cogscope.config.json': json(daveId), 'config/profiler.json': json(carolId) },
      env: { COGSCOPE_CONFIG: 'config/profiler.json' },
    }));
    expect(named).toEqual(onlyCarol);
  });

  test('variables, before the file, and also those that the bot sets', async () => {
    const set = await carolMay((carolId, daveId) => ({
      files: {
        'main.mjs': `process.env.COGSCOPE_OWNER_IDS = '${carolId}';\n${startsEsmBot}`,
        'cogscope.config.json': json(daveId),
      },
      entry: 'main.mjs',
    }));
    expect(set).toEqual(onlyCarol);
  });

  test('variables and the file together; a variable that means nothing is told of, by the logger', async () => {
    const { carol, stderr } = await carolMay((carolId) => ({
      files: {
        'cogscope.config.cjs':
          'exports.logger = { warn: (message) => console.error(`»`.concat(message, `«`)) };',
      },
      env: {
        COGSCOPE_OWNER_IDS: `1234567890123456789, ${carolId}`,
        COGSCOPE_ATTACH: 'no-such-thing',
        COGSCOPE_GUILD: '1',
      },
    }));
    expect(carol).toBe(true);
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      '»COGSCOPE_GUILD means nothing. Did you mean COGSCOPE_GUILD_ID?«',
      expect.stringMatching(/^»The option `attach`: .*no-such-thing.*«$/),
    ]);
  });
});

describe.concurrent('with a broken configuration the bot works, without a profiler, and one line tells of', () => {
  const inFile = (name: string, text: string) => ({ files: { [name]: text } });
  const inVariable = (name: string, text: string) => ({ env: { [name]: text } });

  test.each<[string, { files?: Record<string, string>; env?: Record<string, string> }, RegExp]>([
    [
      'a syntax error',
      inFile('cogscope.config.js', 'module.exports = {\n  ownerIds: [,\n'),
      /cogscope\.config\.js:\d cannot be loaded: SyntaxError: /,
    ],
    [
      'a syntax error in an ES module',
      inFile('cogscope.config.mjs', 'export default {'),
      /cogscope\.config\.mjs cannot be loaded: SyntaxError: /,
    ],
    [
      'a syntax error in JSON',
      inFile('cogscope.config.json', '{ "ownerIds":\n'),
      /cogscope\.config\.json cannot be loaded: SyntaxError: /,
    ],
    [
      'an error that the file throws',
      inFile('cogscope.config.mjs', '\nthrow new RangeError("first line\\nsecond line");'),
      /cogscope\.config\.mjs:2 cannot be loaded: RangeError: first line\n/,
    ],
    [
      '`await` at the top level',
      inFile('cogscope.config.mjs', 'await null; export default {};'),
      /cogscope\.config\.mjs cannot be loaded: it, or a module that it imports, uses `await`/,
    ],
    [
      'a promise, even one that rejects',
      inFile('cogscope.config.mjs', 'export default async () => { throw new Error("late"); };'),
      /cogscope\.config\.mjs must give its options at once/,
    ],
    [
      'a file that exports no default',
      inFile('cogscope.config.mjs', 'export const ownerIds = [];'),
      /cogscope\.config\.mjs must export an object of options/,
    ],
    [
      'an unknown option',
      inFile('cogscope.config.json', '{ "retentionHour": 2 }'),
      /`retentionHour` in .*cogscope\.config\.json does not exist\. Did you mean `retentionHours`\?/,
    ],
    [
      'an option of the wrong type',
      inFile('cogscope.config.json', '{ "retentionHours": "2" }'),
      /`retentionHours` in .*cogscope\.config\.json must be a number/,
    ],
    [
      'a wrong variable',
      inVariable('COGSCOPE_RETENTION_HOURS', 'two'),
      /off: COGSCOPE_RETENTION_HOURS must be a number of hours/,
    ],
    [
      'a file that is not there',
      inVariable('COGSCOPE_CONFIG', 'nowhere.js'),
      /off: COGSCOPE_CONFIG names .*nowhere\.js, which is not there\./,
    ],
  ])('%s', async (_, { files = {}, env = {} }, expected) => {
    await using discord = await startDiscord();
    await using project = await Project.create(files);
    await using bot = new BotProcess(discord, 'esm.mjs', { cwd: project.folder, env });
    expect(await answerToPing(discord)).toBe('pong');
    expect(discord.commands().map(({ name }) => name)).toEqual(['ping']);
    const stderr = await bot.end();
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(expected);
  });

  test('the first of two clients: the second is silent', async () => {
    await using first = await startDiscord();
    await using second = await startDiscord();
    const env = {
      SECOND_API: second.restUrl,
      SECOND_TOKEN: second.token,
      COGSCOPE_GUILD_ID: 'x',
    };
    await using bot = new BotProcess(first, 'two-clients.mjs', { env });
    for (const discord of [first, second]) expect(await answerToPing(discord)).toBe('pong');
    expect(await bot.end()).toMatch(ONE_LINE);
  });
});

describe('variables', () => {
  test('become options', () => {
    const env = {
      COGSCOPE_OWNER_IDS: ' 1, 2,',
      COGSCOPE_ATTACH: 'all',
      COGSCOPE_RETENTION_HOURS: '0.5',
      COGSCOPE_HEAVY_HITTERS: 'guild, user',
      COGSCOPE_RECORD_STARTUP: '1.5 s',
      COGSCOPE_ROOT_DIR: '/srv/bot ',
      COGSCOPE_GUILD_ID: '',
      ANOTHER: '1',
    };
    expect(readVariables(env)).toEqual({
      ownerIds: ['1', '2'],
      attach: ['all'],
      retentionHours: 0.5,
      heavyHitters: ['guild', 'user'],
      recordStartup: { afterReadyMs: 1_500 },
      rootDir: '/srv/bot',
    });
    expect(unknownVariables(env)).toEqual([]);
  });

  test('that mean nothing are told of, with what comes nearest', () => {
    const env = { COGSCOPE_RETENTION: '1', COGSCOPE_ONWER_IDS: '1', COGSCOPE_XYZ: '1', COGSCOPE_LOGGER: '1' };
    expect(unknownVariables(env)).toEqual([
      'COGSCOPE_RETENTION means nothing. Did you mean COGSCOPE_RETENTION_HOURS?',
      'COGSCOPE_ONWER_IDS means nothing. Did you mean COGSCOPE_OWNER_IDS?',
      'COGSCOPE_XYZ means nothing.',
      'COGSCOPE_LOGGER means nothing: `logger` can only be set in a file, cogscope.config.js.',
    ]);
  });

  test.each([
    [undefined, false],
    ['', false],
    ['0', false],
    ['False', false],
    ['1', true],
    ['true', true],
    ['yes', true],
  ])('COGSCOPE_DISABLED=%s → %s', (COGSCOPE_DISABLED, expected) => {
    expect(isDisabled({ COGSCOPE_DISABLED })).toBe(expected);
  });

  test('are all documented', () => {
    const documentation = readFileSync(new URL('../../docs/zero-code.md', import.meta.url), 'utf8');
    for (const option of OPTION_NAMES) {
      const isOnlyInFile = unknownVariables({ [variableOf(option)]: '1' }).length > 0;
      expect(documentation).toContain(isOnlyInFile ? `\`${option}\`` : `\`${variableOf(option)}\``);
    }
  });
});
