import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gecko } from '../../../src/sampling/formats/gecko.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { hostileProfile, profiles, recordedUs } from '../build.ts';
import { FirefoxProfiler, HAS_FIREFOX_PROFILER } from '../readers/firefox.ts';
import { knownProfile, requestProfile, selfUsOf, taken } from '../truth.ts';

type Columns<Names extends string> = { length: number } & Record<Names, (number | null)[]>;

/** The parts of a processed profile that are looked at here. */
interface Gecko {
  meta: {
    categories: { name: string; color: string; subcategories: string[] }[];
    markerSchema: { name: string; fields: { key: string }[] }[];
    preprocessedProfileVersion: number;
  };
  libs: unknown[];
  shared: {
    stackTable: Columns<'frame' | 'prefix'>;
    frameTable: Columns<'func' | 'category' | 'subcategory' | 'line' | 'column' | 'address' | 'inlineDepth'>;
    funcTable: Columns<'name' | 'resource' | 'source' | 'lineNumber' | 'columnNumber' | 'isJS'>;
    resourceTable: Columns<'name' | 'host' | 'lib' | 'type'>;
    sources: Columns<'filename' | 'uuid'>;
    nativeSymbols: { length: number };
    stringArray: string[];
  };
  threads: {
    name: string;
    pid: string;
    tid: number;
    isMainThread: boolean;
    samples: { length: number; weightType: string } & Record<'stack' | 'timeDeltas' | 'weight', number[]>;
    markers: Columns<'name' | 'startTime' | 'endTime' | 'phase' | 'category'> & {
      data: { type: string; name: string }[];
    };
  }[];
}

const encode = (profile: Profile) => gecko.encode(profile, optionsFor(gecko)) as string;
const decode = (profile: Profile) => JSON.parse(encode(profile)) as Gecko;

/** The rules of the viewer's types: columns of one length, and no index that leads nowhere. */
function checkTables({ meta, shared, threads }: Gecko): void {
  const { stackTable, frameTable, funcTable, resourceTable, sources, stringArray } = shared;
  for (const table of [stackTable, frameTable, funcTable, resourceTable, sources]) {
    for (const column of Object.values(table)) {
      if (Array.isArray(column)) expect(column.length).toBe(table.length);
    }
  }
  const within = (column: readonly (number | null)[], length: number) => {
    for (const index of column) if (index !== null) expect(index >= 0 && index < length).toBe(true);
  };
  within(stackTable.frame, frameTable.length);
  for (const [stack, prefix] of stackTable.prefix.entries()) {
    expect(prefix === null || prefix < stack).toBe(true);
  }
  within(frameTable.func, funcTable.length);
  frameTable.category.forEach((category, frame) => {
    within([frameTable.subcategory[frame]!], meta.categories[category!]!.subcategories.length);
  });
  within(funcTable.name, stringArray.length);
  within(funcTable.source, sources.length);
  for (const resource of funcTable.resource)
    expect(resource! >= -1 && resource! < resourceTable.length).toBe(true);
  within(resourceTable.name, stringArray.length);
  within(sources.filename, stringArray.length);
  expect(new Set(stringArray).size).toBe(stringArray.length);
  for (const { samples, markers } of threads) {
    for (const column of [samples.stack, samples.timeDeltas, samples.weight]) {
      expect(column.length).toBe(samples.length);
    }
    within(samples.stack, stackTable.length);
    within(markers.name, stringArray.length);
    within(markers.category, meta.categories.length);
    for (const delta of samples.timeDeltas) expect(delta).toBeGreaterThanOrEqual(0);
  }
}

test('each table is whole, whatever the profile', () => {
  checkTables(decode(knownProfile()));
  checkTables(decode(hostileProfile()));
  fc.assert(
    fc.property(profiles, (profile) => checkTables(decode(profile))),
    { numRuns: 30 },
  );
});

test('a thread of each process, its samples weighed in ms', () => {
  const { threads } = decode(knownProfile());
  expect(threads.map(({ name, pid, isMainThread }) => [name, pid, isMainThread])).toEqual([
    ['main', '0', true],
    ['worker', '1', false],
  ]);
  const { samples } = threads[0]!;
  expect(samples.weightType).toBe('tracing-ms');
  expect(samples.weight.slice(0, 8)).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5]);
  expect(samples.timeDeltas.slice(0, 8)).toEqual([0, 1, 1, 1, 1, 1, 1, 0.5]);
});

test('kinds of code are categories, cogs and packages parts of them, and rest is transparent', () => {
  const { meta } = decode(knownProfile());
  const category = (name: string) => meta.categories.find((one) => one.name === name)!;
  expect(category('Bot').subcategories).toEqual(['Other', 'music', 'levels']);
  expect(category('Packages').subcategories).toEqual(['Other', 'lodash']);
  expect(category('Idle').color).toBe('transparent');
  // The viewer needs one that is grey.
  expect(meta.categories.filter(({ color }) => color === 'grey')).toHaveLength(1);
});

test('the running line where it is the only one of its stack', () => {
  const { shared } = decode(knownProfile());
  const { frameTable, funcTable, stringArray } = shared;
  const lines = (name: string) =>
    frameTable.func.flatMap((func, frame) =>
      stringArray[funcTable.name[func!]!] === name ? [frameTable.line[frame]] : [],
    );
  expect(lines('map')).toEqual([1, 9]);
  expect(lines('next')).toEqual([20]);
});

test('markers of each kind, with a schema', () => {
  const { meta, shared, threads } = decode(knownProfile());
  const { markers } = threads[0]!;
  expect(markers.name.map((name) => shared.stringArray[name!])).toEqual([
    'music/command/play',
    'music/command/skip',
    'GC',
  ]);
  expect(markers.startTime).toEqual([1, 3, 7.3]);
  expect(markers.endTime).toEqual([6.5, 8, 8]);
  expect(threads[1]!.markers.data).toEqual([{ type: 'stall', name: 'stall of 40 ms' }]);
  for (const { data } of threads.map((thread) => thread.markers)) {
    for (const { type } of data) expect(meta.markerSchema.map(({ name }) => name)).toContain(type);
  }
});

test('requests are on one row, what they waited for on another, events on a third', () => {
  const { meta, shared, threads } = decode(requestProfile());
  const rows = threads.map(({ markers }) => markers.name.map((name) => shared.stringArray[name!]));
  expect(rows).toEqual([
    ['Request', 'Request waits', 'Request waits'],
    ['Request', 'Event'],
  ]);
  const { data, category } = threads[0]!.markers;
  expect(data[2]).toEqual({ type: 'wait', name: 'limit PATCH /channels/:id' });
  expect(category.map((index) => meta.categories[index!]!.name)).toEqual([
    'Packages',
    'Awaiting',
    'Awaiting',
  ]);
  for (const { type } of data) expect(meta.markerSchema.map(({ name }) => name)).toContain(type);
});

describe.skipIf(!HAS_FIREFOX_PROFILER)('the Firefox Profiler (needs @firefox-devtools/profiler-cli)', () => {
  /** Its functions have no file: what has the same name is put together. */
  const byName = (self: ReadonlyMap<string, number>) => {
    const sums = new Map<string, number>();
    for (const [key, us] of self) {
      const name = key.split('\n')[0]!;
      sums.set(name, (sums.get(name) ?? 0) + us);
    }
    return taken(sums);
  };
  const read = async (profile: Profile) => {
    await using firefox = await FirefoxProfiler.open('bot.gecko.json', encode(profile));
    const self = new Map<string, number>();
    profile.threads.forEach((_, thread) => {
      for (const { name, selfSamples } of firefox.functions(thread)) {
        self.set(name, (self.get(name) ?? 0) + Math.round(selfSamples * 1_000));
      }
    });
    return taken(self);
  };

  test('tells what each function took itself', async () => {
    const profile = knownProfile();
    expect(await read(profile)).toEqual(byName(selfUsOf(profile)));
  }, 120_000);

  test('shows calls, collections and stalls', async () => {
    await using firefox = await FirefoxProfiler.open('bot.gecko.json', encode(knownProfile()));
    const markers = firefox.tells('thread', 'markers', '--list', '--thread', 't-0');
    expect(markers).toMatch(/music\/command\/play\s+t=1ms\s+5\.500ms/);
    expect(markers).toMatch(/GC\s+t=7\.300ms\s+700(\.00)?μs/);
    expect(firefox.tells('thread', 'markers', '--list', '--thread', 't-1')).toContain('stall of 40 ms');
  }, 120_000);

  test('shows requests with their status, what they waited for, and events', async () => {
    await using firefox = await FirefoxProfiler.open('bot.gecko.json', encode(requestProfile()));
    const markers = firefox.tells('thread', 'markers', '--list', '--thread', 't-0');
    expect(markers).toMatch(/Request\b.*PATCH \/channels\/:id 200/);
    expect(markers).toMatch(/Request waits\b.*limit PATCH \/channels\/:id/);
    const others = firefox.tells('thread', 'markers', '--list', '--thread', 't-1');
    expect(others).toContain('GET /users/:id 404');
    expect(others).toMatch(/Event\b.*MESSAGE_CREATE/);
  }, 120_000);

  test('reads hostile names', async () => {
    const profile = hostileProfile();
    const found = await read(profile);
    expect([...found.values()].reduce((sum, us) => sum + us, 0)).toBe(recordedUs(profile));
  }, 120_000);
});
