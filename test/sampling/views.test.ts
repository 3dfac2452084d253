import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/sampling/profile.ts';
import type { FlameBox } from '../../src/sampling/views/flame.ts';
import { VIEWS } from '../../src/sampling/views/index.ts';
import { placeFrom } from '../../src/sampling/views/place.ts';
import { buildProfile, hostileProfile, largeProfile, profiles, recordedUs } from './build.ts';

const rootDir = '/srv/bot';
const whole = { leastShare: 0, mostRows: 100 };
const profilerOwner = { kind: 'profiler', name: '' } as const;

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

describe('the overview', () => {
  test('tells what all of the time was, and whom what ran belongs to', () => {
    const overview = VIEWS.overview([
      buildProfile([
        { stack: ['play@music', 'JSON.parse'], owner: 'music/command/play', times: 30 },
        { stack: ['play@music', '(garbage collector)'], owner: 'music/command/play', times: 10 },
        { stack: ['tick@music'], times: 10 },
        { stack: ['hook@npm:cogscope', 'now@node:perf_hooks'], owner: profilerOwner, times: 5 },
        { stack: ['(idle)'], times: 45 },
      ]),
    ]);
    const counts = Object.entries(overview.activities).map(([name, { count }]) => [name, count]);
    expect(Object.fromEntries(counts)).toEqual({ javascript: 10, native: 30, gc: 10, idle: 45, profiler: 5 });
    expect(overview.cogs.map(({ name, share }) => [name, share])).toEqual([['music', 1]]);
    expect(overview.commands.map(({ name, count, share }) => [name, count, share])).toEqual([
      ['music/command/play', 40, 0.8],
      ['cog music', 10, 0.2],
    ]);
  });

  test('is of all the time, whatever was recorded: activities and shares add up', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const { activities, cogs, commands } = VIEWS.overview([profile]);
        expect(sum(Object.values(activities).map(({ us }) => us))).toBe(recordedUs(profile));
        for (const shares of [cogs, commands]) {
          const all = sum(shares.map(({ share }) => share));
          if (shares.length > 0) expect(all).toBeCloseTo(1, 9);
        }
      }),
    );
  });
});

test('functions are in order, in parts that make the whole, and their own times add up to what ran', () => {
  fc.assert(
    fc.property(profiles, fc.integer({ min: 1, max: 4 }), (profile, count) => {
      const query = { sort: 'tottime', rootDir } as const;
      const all = VIEWS.functions([profile], { ...query, from: 0, count: 1_000 });
      const parts = Array.from({ length: Math.ceil(all.count / count) }, (_, part) =>
        VIEWS.functions([profile], { ...query, from: part * count, count }),
      );
      expect(parts.flatMap(({ rows }) => rows)).toEqual(all.rows);
      const own = all.rows.map(({ self }) => self.us);
      expect(own).toEqual([...own].sort((a, b) => b - a));
      if (own.length > 0) expect(sum(all.rows.map(({ self }) => self.share))).toBeCloseTo(1, 9);
      for (const { self, total } of all.rows) expect(total.us).toBeGreaterThanOrEqual(self.us);
    }),
  );
});

test('who called a function, and which of its lines ran, make up all of it', () => {
  const profile = buildProfile([
    { stack: ['a@music', 'shared@music:30'], times: 30, line: 31 },
    { stack: ['b@music', 'shared@music:30'], times: 10, line: 33 },
    { stack: ['b@music', 'shared@music:30', 'parse@npm:ms'], times: 20 },
    { stack: ['shared@music:30'], times: 5, line: 31 },
  ]);
  const frame = profile.frames.findIndex(({ name }) => name === 'shared');
  const found = VIEWS.relatives([profile], { frame, rootDir })!;
  expect(found.row).toMatchObject({ name: 'shared', place: 'cogs/music.js:30', owner: 'cog music' });
  expect(found.callers.map(({ row, count }) => [row?.name, count])).toEqual([
    ['a', 30],
    ['b', 30],
    [undefined, 5],
  ]);
  expect(found.callees.map(({ row, count }) => [row?.name, count])).toEqual([['parse', 20]]);
  expect(found.lines.map(({ line, count }) => [line, count])).toEqual([
    [31, 35],
    [33, 10],
  ]);
  expect(VIEWS.relatives([profile], { frame: 999, rootDir })).toBeUndefined();
});

describe('a flame graph', () => {
  /** What a box stands on. */
  const above = (boxes: readonly FlameBox[], { row, from }: FlameBox) =>
    boxes.find((box) => box.row === row - 1 && box.from <= from + 1e-9 && box.from + box.share > from + 1e-9);

  test('begins with the first function of the bot, under its cog and command', () => {
    const { boxes, samples } = VIEWS.flame(
      [
        buildProfile([
          {
            stack: ['emit@npm:discord.js', 'play@music', 'next@music'],
            owner: 'music/command/play',
            times: 30,
          },
          {
            stack: ['timer@node:timers', 'play@music', 'read@node:fs'],
            owner: 'music/command/play',
            times: 10,
          },
          { stack: ['emit@npm:discord.js', '_patch@npm:discord.js'], times: 10 },
        ]),
      ],
      whole,
    );
    expect(samples).toBe(50);
    expect(boxes.map(({ name, row, share }) => [row, name, Math.round(share * 100)]).sort()).toEqual([
      [0, 'music', 80],
      [0, 'package discord.js', 20],
      [1, 'music/command/play', 80],
      [1, 'package discord.js', 20],
      [2, 'emit', 20],
      // What Node does is part of what called it.
      [2, 'play', 80],
      [3, '_patch', 20],
      [3, 'next', 60],
    ]);
  });

  test('has each box on the one that called it, none beside its place, and nothing twice', () => {
    fc.assert(
      fc.property(profiles, ({ threads, ...rest }: Profile) => {
        const { boxes } = VIEWS.flame([{ threads, ...rest }], whole);
        const top = boxes.filter(({ row }) => row === 0);
        if (boxes.length > 0) expect(sum(top.map(({ share }) => share))).toBeCloseTo(1, 9);
        for (const box of boxes.filter(({ row }) => row > 0)) {
          const parent = above(boxes, box)!;
          expect(parent).toBeDefined();
          expect(box.from + box.share).toBeLessThanOrEqual(parent.from + parent.share + 1e-9);
        }
        const rows = Map.groupBy(boxes, ({ row }) => row);
        for (const row of rows.values()) {
          const sorted = row.toSorted((a, b) => a.from - b.from);
          for (const [index, box] of sorted.entries()) {
            const next = sorted[index + 1];
            if (next !== undefined) expect(box.from + box.share).toBeLessThanOrEqual(next.from + 1e-9);
          }
        }
      }),
    );
  });

  test('puts together what is too narrow, says how much that is, and counts what is too deep', () => {
    const wide = VIEWS.flame(
      [
        buildProfile([
          { stack: ['main@music'], times: 60 },
          ...Array.from({ length: 40 }, (_, index) => ({
            stack: ['main@music', `f${index}@music:${index + 2}`],
          })),
        ]),
      ],
      { leastShare: 0.02, mostRows: 100 },
    );
    const [together] = wide.boxes.filter(({ merged }) => merged > 0);
    expect(together).toMatchObject({ name: '+40', row: 3, merged: 40 });
    expect(together!.share).toBeCloseTo(0.4, 9);
    expect(wide.narrow).toBe(40);
    const stack = Array.from({ length: 5_000 }, (_, index) => `f${index}@music:${index + 1}`);
    const deep = VIEWS.flame([buildProfile([{ stack }])], { leastShare: 0.01, mostRows: 12 });
    expect(Math.max(...deep.boxes.map(({ row }) => row))).toBe(11);
    // Two rows are groups.
    expect(deep.deeper).toBe(5_000 - 10);
  });

  test('of a large recording is small', () => {
    const { boxes, narrow } = VIEWS.flame([largeProfile({ nodes: 20_000, samples: 50_000 })], {
      leastShare: 0.01,
      mostRows: 18,
    });
    expect(boxes.length).toBeLessThanOrEqual(100 * 18);
    expect(narrow).toBeGreaterThan(0);
  });
});

test('two recordings are compared without what was idle; what is sure comes first', () => {
  const recording = (slow: number, idle: number) =>
    buildProfile([
      { stack: ['slow@music'], times: slow },
      { stack: ['fast@levels'], times: 900 - slow },
      { stack: ['same@polls'], times: 100 },
      { stack: ['(idle)'], times: idle },
    ]);
  const { commands, functions } = VIEWS.comparison([recording(200, 0), recording(600, 9_000)], { rootDir });
  for (const { rows, counts } of [commands, functions]) {
    const told = rows.map(({ change, before, after }) => [change, before, after]);
    expect(told.slice(0, 2).sort()).toEqual([
      ['faster', 0.7, 0.3],
      ['slower', 0.2, 0.6],
    ]);
    expect(told.slice(2)).toEqual([['noise', 0.1, 0.1]]);
    expect(counts).toMatchObject({ slower: 1, faster: 1, noise: 1 });
  }
  const slow = functions.rows.find(({ name }) => name === 'slow');
  expect(slow).toMatchObject({ place: 'cogs/music.js:1' });
});

test('what stands out has its evidence, with places as seen from the bot', () => {
  const { found, remarks } = VIEWS.standouts(
    [
      buildProfile([
        { stack: ['load@music:7', 'readFileSync@node:fs'], times: 30 },
        { stack: ['a@b'], times: 70 },
      ]),
    ],
    { rootDir },
  );
  expect(found.find(({ name }) => name === 'sync-fs')).toMatchObject({
    share: 0.3,
    owner: 'cog music',
    site: { name: 'load', place: 'cogs/music.js:7' },
  });
  expect(remarks.flatMap(({ rows }) => rows.map(({ name }) => name))).toContain('a');
});

test.each([
  ['/srv/bot/cogs/music.js', 12, 'cogs/music.js:12'],
  ['/srv/bot/node_modules/@discordjs/rest/dist/index.js', 3, '@discordjs/rest/dist/index.js:3'],
  ['/opt/shared/lib/a.js', 1, 'lib/a.js:1'],
  ['/srv/bot-other/x/a.js', 1, 'x/a.js:1'],
  ['node:fs', 5, 'node:fs:5'],
  ['', 0, ''],
  ['/srv/bot/main.js', 0, 'main.js'],
])('%s:%i is told as %s', (file, line, place) => {
  expect(placeFrom(rootDir, { file, line })).toBe(place);
});

test('each view is plain data, and stays small, whatever names are like', () => {
  const profile = hostileProfile();
  const query = { ...whole, sort: 'name', from: 0, count: 50, frame: 0, rootDir } as const;
  for (const [name, view] of Object.entries(VIEWS)) {
    const result = view([profile, profile] as never, query as never);
    expect(structuredClone(result), name).toEqual(result);
  }
  for (const { name, place } of VIEWS.functions([profile], query).rows) {
    expect(name.length, name).toBeLessThanOrEqual(120);
    expect(place).toBeDefined();
  }
});
