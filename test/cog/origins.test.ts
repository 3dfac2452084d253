import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Attachment } from '../../src/cog/attach.ts';
import { ORIGIN_NAMES, type Origin, OriginReader } from '../../src/cog/origins.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { propertySlot } from '../../src/cog/slots.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { recordedIn } from '../fixtures/recorded.ts';

const GUILD = '100000000000000001';
const CHANNEL = '100000000000000002';
const USER = '100000000000000003';
const OTHER = '100000000000000004';

const reader = new OriginReader(ORIGIN_NAMES);

function read(...args: unknown[]): Partial<Record<Origin, string>> {
  const ids = reader.read(args) ?? [];
  const found = reader.names.map((name, at) => [name, ids[at]] as const);
  return Object.fromEntries(found.filter(([, id]) => id !== undefined));
}

const ALL = { guild: GUILD, channel: CHANNEL, user: USER };
const interaction = { type: 2, guildId: GUILD, channelId: CHANNEL, user: { id: USER } };
const message = { guildId: GUILD, channelId: CHANNEL, author: { id: USER } };
const client = { user: { id: OTHER, username: 'bot' }, guilds: {}, channels: {}, options: {} };

describe('where a call comes from is told by', () => {
  test.each([
    ['an interaction', [interaction], ALL],
    ['one in a direct message', [{ ...interaction, guildId: null }], { channel: CHANNEL, user: USER }],
    ['a message, before what was read of it', [message, ['a', 'b']], ALL],
    ['an interaction after the client', [client, interaction, ['a']], ALL],
    ['an interaction in an array, with something after', [[interaction], { name: 'discovery' }], ALL],
    ['an interaction in a context', [{ interaction, client, handler: {} }], ALL],
    ['an interaction after options, before two more', ['a', 2, true, interaction, client, {}], ALL],
    ['a message in a context', [{ message, args: [] }], ALL],
    ['a reaction: by who reacts', [{ message, emoji: {} }, { id: OTHER }], { ...ALL, user: OTHER }],
    ['a reaction in an array', [[{ message }, { id: OTHER }], client], { ...ALL, user: OTHER }],
    ['a member', [{ guild: { id: GUILD }, user: { id: USER } }], { guild: GUILD, user: USER }],
    ['a guild', [{ id: GUILD, name: 'a', voiceStates: {} }], { guild: GUILD }],
    [
      'a channel',
      [{ type: 0, id: CHANNEL, guild: { id: GUILD }, guildId: GUILD }],
      { guild: GUILD, channel: CHANNEL },
    ],
    ['a voice state', [{ guild: { id: GUILD }, id: USER, channelId: CHANNEL, sessionId: 'a' }], ALL],
    [
      'somebody who types',
      [{ channel: { id: CHANNEL, guildId: GUILD }, user: { id: USER }, startedTimestamp: 1 }],
      ALL,
    ],
    ['a presence', [{ userId: USER, guild: { id: GUILD } }], { guild: GUILD, user: USER }],
    ['a user', [{ id: USER, username: 'a' }], { user: USER }],
    ['nothing', [], {}],
    ['the client', [client], {}],
    ['texts and numbers', [GUILD, 5, null, undefined, Symbol('a'), 10n], {}],
    ['what is no id', [{ guildId: 5, channelId: 'general', user: {} }], {}],
    ['what is too long', [{ guildId: '1'.repeat(23), channelId: '1'.repeat(100_000) }], {}],
    ['empty arrays', [[], []], {}],
  ])('%s', (_, args, expected) => {
    expect(read(...args)).toEqual(expected);
  });
});

describe('nobody notices that arguments are looked at:', () => {
  test('no getter runs, own or inherited, wherever it is', () => {
    const getter = vi.fn(() => raise());
    const lazy = (key: string) => Object.defineProperty({}, key, { get: getter, enumerable: true });
    const names = ['guildId', 'channelId', 'guild', 'channel', 'user', 'author', 'userId', 'username'];
    for (const key of [...names, 'message', 'interaction', 'voiceStates', 'sessionId', 'id']) {
      expect(read(lazy(key))).toEqual({});
      expect(read(Object.create(lazy(key)))).toEqual({});
      expect(read(client, lazy(key))).toEqual({});
    }
    expect(read({ guildId: null, guild: lazy('id'), user: lazy('id'), channel: lazy('id') })).toEqual({});
    expect(getter).not.toHaveBeenCalled();
  });

  test('no trap of a Proxy object runs, nor does one that is revoked throw', () => {
    const trapped = new Proxy({}, new Proxy({}, { get: () => raise }));
    const { proxy: revoked, revoke } = Proxy.revocable<unknown[]>([], {});
    revoke();
    for (const odd of [trapped, revoked]) {
      expect(read(odd)).toEqual({});
      expect(read([odd])).toEqual({});
      expect(read({ interaction: odd, message: odd })).toEqual({});
      expect(read({ guildId: null, guild: odd, user: odd })).toEqual({});
      expect(read(odd, interaction)).toEqual(ALL);
    }
  });

  test('nothing is held of them', async () => {
    const store = new MetricStore();
    const recorder = new Recorder(store, undefined, reader);
    afterAll(() => recorder.dispose());
    const holder = { run: async (_: object) => turn() };
    const slot = propertySlot(holder, 'run');
    const target = { id: 'a/method/run', cog: 'a', kind: 'method', name: 'run', slot } as const;
    new Attachment(target, recorder).record(target, recorder.open(target.id));
    const calls = Array.from({ length: 20 }, () => {
      const given = structuredClone(interaction);
      return [new WeakRef(given), holder.run(given)] as const;
    });
    await Promise.all(calls.map(([, done]) => done));
    recorder.fold();
    expect(recordedIn(store).get(target.id)!.heaviest?.get('guild')?.hitters).toMatchObject([
      { id: GUILD, calls: 20 },
    ]);
    // One may still be in a register, or be what was called last.
    await expect
      .poll(() => {
        collectGarbage();
        return calls.filter(([given]) => given.deref() !== undefined).length;
      })
      .toBeLessThanOrEqual(1);
  });
});

function raise(): never {
  throw new Error('It was noticed.');
}

function collectGarbage(): void {
  // Without the flag on the command line, which would hold for all tests.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
