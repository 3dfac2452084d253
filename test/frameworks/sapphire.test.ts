import type { Client } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { sapphire as adapter } from '../../src/frameworks/sapphire.ts';
import {
  type AdapterBot,
  createAdapterBot,
  expectCounted,
  expectFoundAfterReload,
  expectUnchanged,
  photograph,
  startAdapterBot,
} from '../fixtures/adapter-bot.ts';
import { folderOf, loadBotFile } from '../fixtures/frameworks/fixture.ts';
import { sapphire } from '../fixtures/frameworks/sapphire.ts';

interface Store extends Map<string, object> {
  readonly name: string;
  readonly aliases?: Map<string, object>;
}
interface Stores extends Map<string, Store> {
  loadPiece(entry: OddPiece): Promise<void>;
  register(store: Store): this;
}
interface OddPiece {
  readonly store: string;
  readonly name: string;
  readonly piece: unknown;
}
interface Odd {
  readonly pieces: readonly OddPiece[];
  createStore(name: string): Store;
}

/** What the classes of the bot have beside the functions that Sapphire's documentation names. */
const METHODS = ['music/method/skip.parse', 'music/method/volume.parse', 'staff/method/survey.parse'];

const start = () => startAdapterBot(sapphire, adapter);
const storesOf = (started: AdapterBot) => (started.bot.client as unknown as { stores: Stores }).stores;
const idsOf = ({ bot }: AdapterBot) => [...bot.functions.map(({ id }) => id), ...METHODS].sort();
const loadOdd = () => loadBotFile<Odd>('./sapphire-odd/pieces.cjs');

describe('the functions of a bot', () => {
  test('are found, each of them, and nothing of the framework', async () => {
    const started = await start();
    const targets = started.find();
    expect([...targets.keys()].sort()).toEqual(idsOf(started));
    const { rootDir } = started.bot;
    for (const { id, location } of targets.values()) expect(location?.file, id).toContain(`${rootDir}/`);
    expect(targets.get('music/command/queue filter set')!.location!.line).toBe(58);
    for (const target of targets.values()) {
      expect(target, target.id).not.toHaveProperty('branch');
      expect(target, target.id).not.toHaveProperty('dispatches');
    }
  });

  test('are none before they are loaded, and of a client that is not Sapphire’s', async () => {
    expect((await createAdapterBot(sapphire, adapter)).find().size).toBe(0);
    for (const stores of [undefined, null, [], new Map(), new Map([['listeners', new Map()]])]) {
      expect(adapter.detect({ stores } as unknown as Client)).toBe(false);
    }
  });

  test('are counted when Sapphire calls them, and called as ever', async () => {
    const started = await start();
    await expectCounted(started, started.bot.functions);
  });

  test('are what they were when they are detached', async () => {
    const started = await start();
    const targets = [...started.find().values()];
    const before = photograph(targets);
    started.attach(targets);
    expect(targets.every(({ slot }, index) => slot === [...started.find().values()][index]!.slot)).toBe(true);
    started.detach();
    expectUnchanged(before);
  });
});

describe('what Sapphire loads', () => {
  test('is found when it is loaded anew', async () => expectFoundAfterReload(await start()));

  test('is signalled, also of stores that come later, until nobody listens', async () => {
    const started = await start();
    const stores = storesOf(started);
    const { reload, unload, load } = started.bot.reloading!;
    const late = loadOdd().createStore('late');
    const collections = [stores, late, ...stores.values(), stores.get('commands')!.aliases!];
    const before = collections.map((collection) => Object.getOwnPropertyDescriptors(collection));
    let changes = 0;
    const watch = adapter.watch(started.bot.client, () => changes++);
    const changesOf = async (act: () => unknown) => {
      const earlier = changes;
      await act();
      return changes - earlier;
    };
    const id = 'music/component/skip';
    expect(await changesOf(() => reload(id))).toBe(2);
    expect(await changesOf(() => unload!(id))).toBe(1);
    expect(await changesOf(() => load!(id))).toBe(1);
    expect(await changesOf(() => stores.register(late))).toBe(1);
    expect(await changesOf(() => late.set('piece', {}))).toBe(1);
    expect(await changesOf(() => late.clear())).toBe(1);
    watch[Symbol.dispose]();
    expect(collections.map((collection) => Object.getOwnPropertyDescriptors(collection))).toEqual(before);
    expect(await changesOf(() => reload(id))).toBe(0);
  });

  test('keeps the name that it has at Discord meanwhile', async () => {
    const started = await start();
    const names = new Set<string>();
    const watch = adapter.watch(started.bot.client, () => {
      for (const { kind, name } of started.find().values()) if (kind === 'context') names.add(name);
    });
    const command = storesOf(started).get('commands')!.get('greet') as { reload(): Promise<void> };
    await command.reload();
    watch[Symbol.dispose]();
    expect([...names]).toEqual(['Greet']);
  });
});

describe('odd pieces', () => {
  async function startOdd(): Promise<AdapterBot> {
    const started = await createAdapterBot(sapphire, adapter);
    const { pieces, createStore } = loadOdd();
    for (const name of ['scheduled-tasks', 'routes']) storesOf(started).register(createStore(name));
    for (const piece of pieces) await storesOf(started).loadPiece(piece);
    await started.bot.login();
    for (const command of ['first', 'second', 'Third', 'moderate', 'shared']) {
      await started.discord.command(command);
    }
    return started;
  }

  function oddOf(started: AdapterBot) {
    const file = folderOf('sapphire-odd/pieces.cjs');
    return [...started.find().values()].filter(({ location }) => location?.file === file);
  }

  test('are found by what they are, and none of their getters is run', async () => {
    const found = oddOf(await startOdd());
    const names = found.map(({ kind, name, obstacle = '' }) => `${kind} ${name} ${obstacle}`.trimEnd());
    expect(names.sort()).toEqual([
      'command first',
      'command moderate ban',
      'command moderate warn add',
      'command second',
      'command shared',
      'command shared off',
      'command shared on',
      'context Third',
      'listener Symbol(emitted)',
      'message shared on',
      'method emitted.prepare',
      'method guarded.chatInputRun it is an accessor',
      'method guarded.helper',
      'method guarded.parsedSubcommandMappings it is an accessor',
      'method guarded.secret it is an accessor',
      'method status.run',
      'precondition EveryWay',
      'precondition EveryWay context',
      'precondition EveryWay message',
      'task sweep',
    ]);
    expect(found.filter(({ dispatches }) => dispatches).map(({ name }) => name)).toEqual(['shared']);
  });

  test('that serve several commands with one function are told apart by the call', async () => {
    const started = await startOdd();
    const targets = oddOf(started).filter(({ obstacle }) => obstacle === undefined);
    const before = photograph(targets);
    started.attach(targets);
    const { owner } = started.discord;
    for (const line of ['first', 'second', 'second', 'shared on', 'shared off', 'shared off']) {
      await (await owner.runs(line)).acknowledgement();
    }
    await (await owner.uses('Third', owner)).acknowledgement();
    for (const line of ['!shared on', '!shared off']) await (await owner.says(line)).answer();
    const counts = () =>
      Object.fromEntries(
        targets.flatMap(({ id, kind, name }) => {
          const count = started.counted(id);
          return count > 0 ? [[`${kind} ${name}`, count]] : [];
        }),
      );
    await expect.poll(counts).toEqual({
      'command first': 1,
      'command second': 2,
      'command shared': 3,
      'command shared on': 1,
      'command shared off': 2,
      'context Third': 1,
      'message shared on': 2,
    });
    started.detach();
    expectUnchanged(before);
    expect(started.bot.errors()).toEqual([]);
  });
});
