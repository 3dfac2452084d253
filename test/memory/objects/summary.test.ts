import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/memory/objects/redactor.ts';
import { summarise } from '../../../src/memory/objects/summary.ts';
import { startBot } from '../../fixtures/bot.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

// Of the form of a bot's token, and nobody's.
const TOKEN = 'MTAwMDAwMDAwMDAwMDAwMDAw.GaaaaA.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const WEBHOOK = `https://discord.com/api/webhooks/100000000000000000/${'w'.repeat(68)}`;

const plain = new Redactor([]);

test('says what is in an object, a few levels deep', () => {
  class Song {
    title = 'So What';
    plays = 3;
    artist = { name: 'Miles', born: new Date('1926-05-26') };
    tags = ['jazz', 'modal', 'a', 'b', 'c', 'd'];
    ratings = new Map<unknown, unknown>([['alice', 5]]);
    heard = new Set([1n]);
    next: Song | undefined = undefined;
    self = this;
    play() {}
  }
  expect(summarise(new Song(), plain)).toBe(
    "Song { title: 'So What', plays: 3, artist: Object { name: 'Miles', born: 1926-05-26T00:00:00.000Z }, " +
      "tags: Array(6) ['jazz', 'modal', 'a', 'b', 'c', …1 more], ratings: Map(1) { 'alice' => 5 }, " +
      'heard: Set(1) { 1n }, next: undefined, self: [Circular] }',
  );
  expect(summarise({ a: { b: { c: 1 } } }, plain)).toBe('Object { a: Object { b: Object {…} } }');
  expect(summarise(Object.assign(Object.create(null), { odd: 1 }), plain)).toBe('(no prototype) { odd: 1 }');
});

test('structures of discord.js are shown, those in them named, and the client left out', async () => {
  await using bot = await startBot();
  const [guild] = bot.client.guilds.cache.values();
  const member = [...guild!.members.cache.values()][0]!;
  const shown = summarise(member, plain);
  expect(shown).toContain(`guild: Guild '${guild!.id}'`);
  expect(shown).toContain(`user: ${member.user.constructor.name} '${member.id}'`);
  expect(shown).not.toContain('client');
  expect(summarise(guild!, plain)).toContain(`GuildMemberManager(${guild!.members.cache.size})`);
});

describe('no code of the bot runs', () => {
  const ran: string[] = [];
  const trap = (what: string) => () => {
    ran.push(what);
    throw new Error(`planted: ${what}`);
  };
  class Hostile {
    get [Symbol.toStringTag]() {
      return trap('tag')() as never;
    }
    static [Symbol.hasInstance](): boolean {
      return trap('hasInstance')() as never;
    }
    static get [Symbol.species]() {
      return trap('species')() as never;
    }
    toString = trap('toString');
    toJSON = trap('toJSON');
    [inspect.custom] = trap('inspect');
  }
  Object.defineProperty(Hostile.prototype.constructor, 'name', { get: trap('name') });
  class Sized extends Map<string, number> {
    override get size() {
      return trap('size')() as never;
    }
    override entries = trap('entries') as never;
    override [Symbol.iterator] = trap('iterator') as never;
  }
  const traps = new Proxy({}, { get: (_, name) => trap(`proxy ${String(name)}`) });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const withGetter = Object.defineProperty({ fine: 1 }, 'costly', { get: trap('getter'), enumerable: true });
  const elements = Object.defineProperty([1, 2], 0, { get: trap('element') });
  const prepared = Error.prepareStackTrace;

  test.each([
    ['hostile class', new Hostile(), /^\(anonymous\) \{ toString: \[Function\]/],
    ['hostile map', new Sized(), /^Sized\(0\) /],
    ['getter', withGetter, /^Object \{ fine: 1, costly: \[Getter\] \}$/],
    ['element', elements, /^Array\(2\) \['\[Getter\]', 2\]$/],
    ['proxy', traps, /^\[Proxy\]$/],
    ['revoked proxy', revoked.proxy, /^\[Proxy\]$/],
    [
      'of a proxy',
      Object.create(new Proxy({}, new Proxy({}, { get: () => trap('proto')() }))),
      /^\(Proxy\) \{\}$/,
    ],
    ['inner proxy', { deep: { traps } }, /^Object \{ deep: Object \{ traps: \[Proxy\] \} \}$/],
    ['error', new TypeError('bad'), /^TypeError \{ message: 'bad' \}$/],
    ['bad date', new Date(Number.NaN), /^Date \(invalid\)$/],
    ['bytes', Buffer.from('secret bytes'), /^\[Buffer\]$/],
  ])('%s', (_, value, shown) => {
    Error.prepareStackTrace = trap('prepareStackTrace');
    try {
      expect(summarise(value as object, plain)).toMatch(shown);
    } finally {
      Error.prepareStackTrace = prepared;
    }
    expect(ran).toEqual([]);
  });
});

test('a module whose variables are not initialised says that it cannot be read', async () => {
  using folder = temporaryFolder();
  // Elsewhere, Vitest would make a module of its own of it.
  const packages = join(folder.path, 'node_modules');
  await mkdir(packages);
  const file = join(packages, 'late.mjs');
  await writeFile(
    file,
    'import * as self from "./late.mjs"; await globalThis.seen(self); export const later = "set";',
  );
  const shown: string[] = [];
  Object.assign(globalThis, { seen: (module: object) => shown.push(summarise(module, plain)) });
  const { later } = await import(pathToFileURL(file).href);
  expect(later).toBe('set');
  expect(shown).toEqual(['(no prototype) (cannot be read)']);
});

describe('secrets', () => {
  const redactor = new Redactor([TOKEN, 'hunter2hunter2', undefined, null, 'ab']);

  test('are hidden by their form, by their name, and by what they are', () => {
    const value = {
      text: `Bot ${TOKEN}!`,
      [`key ${TOKEN}`]: 1,
      hook: WEBHOOK,
      known: 'my hunter2hunter2 is here',
      password: 'letmein',
      authorization: { scheme: 'Bearer letmein' },
      apiKey: 123_456,
      database: 'postgres://bot:letmein@db:5432/songs',
      headers: new Map([['cookie', 'sid=letmein']]),
      token: null,
      ab: 'ab',
    };
    const shown = summarise(value, redactor);
    expect(shown).not.toMatch(/letmein|hunter2|GaaaaA|wwwww|123456/);
    expect(shown).toContain('token: null');
    expect(shown).toContain("ab: 'ab'");
    expect(shown).toContain('postgres://bot:[secret]@db:5432/songs');
  });

  test('are hidden before a text is cut, so that no part of one is left', () => {
    for (let before = 0; before < 120; before++) {
      const shown = summarise({ text: 'x'.repeat(before) + TOKEN }, redactor);
      expect(shown).not.toMatch(/MTAwMD/);
    }
  });

  test('are hidden in names of classes too', () => {
    const Named = { [TOKEN]: class {} }[TOKEN]!;
    expect(summarise(new Named(), plain)).toBe('[secret] {}');
  });
});

test('of what is huge a part is shown', () => {
  const huge = {
    text: 'x'.repeat(1e6),
    list: Array.from({ length: 1e6 }, () => 1),
    ...Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`key${at}`, { at: 'y'.repeat(200) }])),
  };
  const shown = summarise(huge, plain);
  expect(shown.length).toBeLessThanOrEqual(2_000);
  expect(shown).toContain('Array(1000000) [1, 1, 1, 1, 1, …999995 more]');
});
