import { beforeAll, expect, test } from 'vitest';
import { classRowsOf } from '../../../src/memory/snapshot/classes.ts';
import { pathTo } from '../../../src/memory/snapshot/describe.ts';
import { Ephemerons } from '../../../src/memory/snapshot/ephemerons.ts';
import { analyse, type Heap } from '../../../src/memory/snapshot/heap.ts';
import { type Holder, holdingsOf } from '../../../src/memory/snapshot/holders.ts';
import { Paths } from '../../../src/memory/snapshot/paths.ts';
import { handMade, readText } from '../../fixtures/heap/hand-made.ts';
import { SMALL_WORLD } from '../../fixtures/heap/small-world.ts';

const names = SMALL_WORLD.map(({ name }) => name);
let heap: Heap;
beforeAll(async () => {
  heap = analyse(await readText(JSON.stringify(handMade(SMALL_WORLD))));
});

function node(name: string): number {
  return names.indexOf(name);
}

/**
 * What DevTools' own engine makes of this snapshot: shallow and retained size, and the distance; -1 where there is no
 * way, and counted from the root where only that leads there.
 */
const DEVTOOLS: Record<string, [shallow: number, retained: number, distance: number]> = {
  '(GC roots)': [0, 150, 1],
  global: [10, 3_062, 1],
  bot: [120, 2_723, 2],
  'bot elements': [0, 6, 3],
  song: [6, 6, 2],
  music: [30, 990, 3],
  games: [40, 100, 3],
  queue: [50, 57, 4],
  board: [60, 60, 4],
  'elements of two': [7, 7, 5],
  a: [1, 7, 5],
  b: [2, 6, 6],
  c: [4, 4, 7],
  shared: [1_500, 1_500, 4],
  'table of shared': [0, 0, 5],
  compiler: [70, 150, 2],
  compiled: [80, 80, 3],
  'weak map': [24, 24, 2],
  'weak map table': [0, 0, 3],
  key: [3, 903, 4],
  value: [900, 900, 5],
  'weakly held': [11, 23, 1],
  below: [12, 12, 2],
  circle: [13, 13, -1],
  'other of circle': [14, 14, -1],
  text: [305, 305, 2],
  'system / ExternalStringData': [0, 0, 3],
};

test('sizes and distances are those of DevTools, for each object', () => {
  const found = Object.fromEntries(
    names.slice(1).map((name) => {
      const distance = heap.paths.to(node(name)).length || -1;
      return [name, [heap.graph.sizeOf(node(name)), heap.retainedSizes[node(name)], distance]];
    }),
  );
  expect(found).toEqual(DEVTOOLS);
  expect(heap.retainedSizes[0]).toBe(3_262);
});

const HELD_BY: Record<string, string> = {
  bot: 'global',
  music: 'bot',
  // Held from two sides.
  shared: 'bot',
  'elements of two': 'bot',
  // A circle is held through where it is entered.
  a: 'queue',
  b: 'a',
  c: 'b',
  // The compiler has seen it, and does not count.
  board: 'games',
  // Held by the key of the WeakMap, not by its table.
  value: 'key',
  // A shortcut that is not one of the root does not count.
  song: 'bot elements',
  'weakly held': '',
  below: 'weakly held',
  circle: '',
};

test.each(Object.entries(HELD_BY))('%s is kept alive by %s', (held, holder) => {
  expect(names[heap.dominators[node(held)]!]).toBe(holder);
});

test('paths say how each edge leads on', () => {
  expect(pathTo(heap, node('c'))).toBe('global.bot.music.queue.first.next.next');
  expect(pathTo(heap, node('elements of two'))).toBe('global.bot.music.queue{elements}');
  expect(pathTo(heap, node('global'))).toBe('global');
  expect(pathTo(heap, node('weak map table'))).toBe('global["weak map"]{table}');
  expect(pathTo(heap, node('circle'))).toBe('');
  expect(pathTo(heap, heap.graph.root)).toBe('');
});

test('a way leads through what is avoided only where there is no other', async () => {
  const world = handMade([
    { kind: 'synthetic', name: '', edges: [['shortcut', '1', 'global']] },
    {
      name: 'global',
      edges: [
        ['property', 'profiler', 'profiler'],
        ['property', 'bot', 'bot'],
      ],
    },
    {
      name: 'profiler',
      edges: [
        ['property', 'tracked', 'command'],
        ['property', 'own', 'own'],
      ],
    },
    { name: 'bot', edges: [['property', 'commands', 'commands']] },
    { name: 'commands', edges: [['property', 'first', 'command']] },
    { name: 'command' },
    { name: 'own' },
  ]);
  const read = analyse(await readText(JSON.stringify(world)));
  const [profiler, command, own] = [2, 5, 6] as const;
  expect(pathTo(read, command)).toBe('global.profiler.tracked');
  const paths = new Paths(read.graph, new Ephemerons(read.graph), [profiler]);
  expect(pathTo({ ...read, paths }, command)).toBe('global.bot.commands.first');
  expect(pathTo({ ...read, paths }, own)).toBe('global.profiler.own');
  expect(pathTo({ ...read, paths }, profiler)).toBe('global.profiler');
});

test('of a class, what one object keeps for another counts once', async () => {
  const nested = handMade([
    { kind: 'synthetic', name: '', edges: [['shortcut', '1', 'global']] },
    {
      name: 'global',
      size: 1,
      edges: [
        ['property', 'list', 'outer'],
        ['property', 'other', 'other'],
      ],
    },
    { name: 'outer', label: 'List', size: 10, edges: [['property', 'next', 'data']] },
    { name: 'data', label: 'Data', size: 400, edges: [['property', 'next', 'inner']] },
    { name: 'inner', label: 'List', size: 20 },
    { name: 'other', label: 'List', size: 3 },
  ]);
  expect(classRowsOf(analyse(await readText(JSON.stringify(nested))))).toEqual([
    { name: 'global', count: 1, shallowBytes: 1, retainedBytes: 434 },
    { name: 'List', count: 3, shallowBytes: 33, retainedBytes: 433 },
    { name: 'Data', count: 1, shallowBytes: 400, retainedBytes: 420 },
  ]);
});

const holder = (name: string, ...members: string[]): Holder => ({
  name,
  nodes: members.map(node),
});

test('for one object, what it holds is its retained size', () => {
  for (const name of names.slice(1).filter((other) => !other.includes('circle'))) {
    const { holders, shared } = holdingsOf(heap, [holder(name, name)]);
    expect([name, holders[0]!.exclusiveBytes, shared]).toEqual([name, heap.retainedSizes[node(name)], []]);
  }
});

test('what several hold is told apart, once', () => {
  const { holders, shared } = holdingsOf(heap, [holder('music', 'music'), holder('games', 'games')]);
  expect(holders).toMatchObject([
    { name: 'music', exclusiveBytes: 990, objects: 7, sharedBytes: 1_507 },
    { name: 'games', exclusiveBytes: 100, objects: 2, sharedBytes: 1_507 },
  ]);
  // The cache with its table, and the elements.
  expect(shared).toEqual([{ holders: ['music', 'games'], bytes: 1_507, objects: 3 }]);
  // One that has both shares nothing.
  expect(holdingsOf(heap, [holder('both', 'music', 'games')])).toMatchObject({
    holders: [{ exclusiveBytes: 990 + 100 + 1_507 }],
    shared: [],
  });
});

test('what belongs to another holder stays its own, whoever holds that', () => {
  const { holders, shared } = holdingsOf(heap, [holder('music', 'music'), holder('queue', 'queue')]);
  expect(holders.map(({ exclusiveBytes }) => exclusiveBytes)).toEqual([990 - 57, 57]);
  expect(shared).toEqual([]);
});

test('an object that two claim is shared', () => {
  const { holders, shared } = holdingsOf(heap, [holder('music', 'music', 'key'), holder('other', 'key')]);
  expect(holders.map(({ exclusiveBytes }) => exclusiveBytes)).toEqual([990 - 903, 0]);
  expect(shared).toEqual([{ holders: ['music', 'other'], bytes: 903, objects: 2 }]);
});

test('what is nobody’s is so with all that it reaches, whoever holds it or claims it', () => {
  const { holders, shared, owners } = holdingsOf(
    heap,
    [holder('music', 'music', 'queue'), holder('games', 'games')],
    [node('queue'), node('shared')],
  );
  // Without the queue and what is in it, and without the cache.
  expect(holders.map(({ exclusiveBytes }) => exclusiveBytes)).toEqual([990 - 57, 100]);
  // The elements are the queue's too.
  expect(shared).toEqual([]);
  expect(owners[node('a')]).toBe(0);
  expect(owners[node('key')]).toBe(1);
  expect(owners[node('board')]).toBe(2);
});

test('groups are told apart up to eight holders', async () => {
  const cogs = Array.from({ length: 10 }, (_, at) => `cog ${at}`);
  const world = analyse(
    await readText(
      JSON.stringify(
        handMade([
          { kind: 'synthetic', name: '', edges: [['shortcut', '1', 'global']] },
          { name: 'global', edges: cogs.map((name) => ['property', name, name] as const) },
          ...cogs.map((name, at) => ({
            name,
            size: 1,
            edges: [
              ['property', 'all', 'of all'] as const,
              ...(at < 8 ? [['property', 'eight', 'of eight'] as const] : []),
              ...(at < 2 ? [['property', 'two', 'of two'] as const] : []),
            ],
          })),
          { name: 'of all', size: 1_000 },
          { name: 'of eight', size: 100, edges: [['property', 'all', 'of all']] },
          { name: 'of two', size: 10, edges: [['property', 'all', 'of eight']] },
        ]),
      ),
    ),
  );
  const { holders, shared } = holdingsOf(
    world,
    cogs.map((name, at) => ({ name, nodes: [at + 2] })),
  );
  expect(shared).toEqual([
    { holders: [], bytes: 1_000, objects: 1 },
    { holders: cogs.slice(0, 8), bytes: 100, objects: 1 },
    { holders: cogs.slice(0, 2), bytes: 10, objects: 1 },
  ]);
  expect(holders.every(({ exclusiveBytes }) => exclusiveBytes === 1)).toBe(true);
});
