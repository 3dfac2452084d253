import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AllocationData } from '../../../src/memory/allocations/data.ts';
import { allocationFormat } from '../../../src/memory/allocations/formats/index.ts';
import { tablesOf } from '../../../src/memory/allocations/tables.ts';
import { sampledTree } from '../../../src/memory/allocations/tree.ts';
import { HOSTILE_NAMES } from '../../sampling/build.ts';
import { Speedscope } from '../../sampling/readers/speedscope.ts';
import { openProfilePage } from '../../sampling/viewers/profile-page.ts';
import { allocationsOf, heapProfile } from './heap-profiles.ts';

// A browser opens them, and others may be using the machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MUSIC = '/srv/bot/cogs/music/player.js';
const SHOP = '/srv/bot/cogs/shop/buy.js';
const PROXY = '/srv/bot/node_modules/cogscope/dist/cog/attach.js';
const MIB = 2 ** 20;

/** A bot that is timed: the proxy is on the stack, and makes an object itself. */
const known = () =>
  allocationsOf(
    [
      {
        name: 'emit',
        url: 'node:events',
        line: 460,
        calls: [
          {
            name: 'proxy',
            url: PROXY,
            line: 9,
            bytes: [32_768],
            calls: [
              {
                name: 'play',
                url: MUSIC,
                line: 12,
                bytes: [2 * MIB, MIB],
                calls: [
                  { name: 'parse', bytes: [MIB] },
                  { name: 'play', url: MUSIC, line: 12, bytes: [MIB] },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'buy',
        url: `file://${SHOP}`,
        line: 3,
        bytes: [MIB],
        calls: [{ name: '', url: SHOP, line: 3, bytes: [MIB] }],
      },
      { name: '(V8 API)', bytes: [65_536] },
    ],
    '/srv/bot/node_modules/cogscope/dist/',
  );

const written = (format: string, data: AllocationData) => {
  const content = allocationFormat(format).encode(data);
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
};

describe('tables', () => {
  const { all, cogs, functions, lines } = tablesOf(known());

  test('by cog: that of the innermost function of the bot, without the proxies', () => {
    expect(all.bytes).toBe(7 * MIB + 65_536 + 32_768);
    expect(cogs.map(({ name, isCog, bytes }) => ({ name, isCog, bytes }))).toEqual([
      { name: 'music', isCog: true, bytes: 5 * MIB },
      { name: 'shop', isCog: true, bytes: 2 * MIB },
      { name: '(native)', isCog: false, bytes: 65_536 },
      { name: '(profiler)', isCog: false, bytes: 32_768 },
    ]);
  });

  test('by function: what it allocated, and with what it called, recursion counted once', () => {
    const play = functions.find(({ name }) => name === 'play')!;
    expect(play).toMatchObject({
      bytes: 4 * MIB,
      totalBytes: 5 * MIB,
      samples: 3,
      file: MUSIC,
      line: 12,
      cog: 'music',
    });
    expect(functions.find(({ name }) => name === 'parse')).toMatchObject({ bytes: MIB, line: 0 });
  });

  test('by line: with what was called for it, functions that begin in one line together', () => {
    expect(lines.map(({ file, line, bytes }) => ({ file, line, bytes }))).toEqual([
      { file: MUSIC, line: 12, bytes: 5 * MIB },
      { file: SHOP, line: 3, bytes: 2 * MIB },
    ]);
  });
});

test('the uncertainty is that of the estimate, by its published formula', () => {
  // 100 samples of small objects stand for 100 intervals, ± 1.96 / √100.
  const data = allocationsOf([{ name: 'leak', url: MUSIC, line: 1, bytes: Array(100).fill(32_768) }]);
  const { bytes, uncertaintyBytes } = tablesOf(data).all;
  expect(uncertaintyBytes / bytes).toBeCloseTo(0.196, 3);
  // An object as large as the interval is sampled with p = 1 − 1/e, and counts 1/p times: √(1 − p) of that.
  const large = 32_768 / (1 - Math.exp(-1));
  const one = tablesOf(
    allocationsOf([{ name: 'leak', url: MUSIC, line: 1, bytes: [Math.round(large)] }]),
  ).all;
  expect(one.uncertaintyBytes / one.bytes).toBeCloseTo(1.96 * Math.sqrt(Math.exp(-1)), 2);
  // One that is much larger is always sampled.
  const sure = tablesOf(allocationsOf([{ name: 'leak', url: MUSIC, line: 1, bytes: [10 * MIB] }])).all;
  expect(sure.uncertaintyBytes).toBeLessThan(1);
});

test('how V8 rounds single samples is taken back by what it says of their function', () => {
  // Each object of 32 KiB counts 1.58 times, which V8 makes 2 of in samples, and 316 of 200 in the function.
  const bytes = 316 * 32_768;
  const given = heapProfile([{ name: 'leak', url: MUSIC, line: 1, bytes: Array(200).fill(2 * 32_768) }]);
  const [leak] = given.head.children;
  const tree = sampledTree({ ...given, head: { ...given.head, children: [{ ...leak!, selfSize: bytes }] } });
  expect(tree.samples.bytes.reduce((sum, one) => sum + one, 0)).toBe(bytes);
});

describe('files', () => {
  let reader: Speedscope;
  beforeAll(async () => {
    reader = await Speedscope.start();
  });
  afterAll(() => reader[Symbol.asyncDispose]());

  test.each([
    ['heapprofile', 'bot.heapprofile', 'bytes'],
    ['collapsed', 'bot.collapsed.txt', 'none'],
  ])('speedscope reads %s', async (format, file, unit) => {
    const data = known();
    const [read, ...others] = await reader.read(file, written(format, data));
    expect(others).toEqual([]);
    expect(read!.unit).toBe(unit);
    const { all, functions } = tablesOf(data);
    expect(read!.total).toBe(all.bytes);
    const self = new Map<string, number>();
    for (const [key, bytes] of read!.self) {
      // It adds where a function is that has no name.
      const name = decodeURIComponent(key.split(/[\n@]/)[0]!).replace(/^\(anonymous .*/, '(anonymous)');
      self.set(name, (self.get(name) ?? 0) + bytes);
    }
    for (const { name, bytes } of functions) expect(self.get(name), name).toBe(bytes);
  });

  test('heapprofile is as V8´s protocol has it', () => {
    interface Node {
      id: number;
      selfSize: number;
      callFrame: Record<string, unknown>;
      children: Node[];
    }
    const { head, samples } = JSON.parse(written('heapprofile', known())) as {
      head: Node;
      samples: { size: number; nodeId: number; ordinal: number }[];
    };
    const sizes = new Map<number, number>();
    const visit = ({ id, selfSize, callFrame, children }: Node) => {
      expect(sizes.has(id)).toBe(false);
      sizes.set(id, selfSize);
      expect(callFrame).toEqual({
        functionName: expect.any(String),
        scriptId: expect.stringMatching(/^\d+$/),
        url: expect.any(String),
        lineNumber: expect.any(Number),
        columnNumber: expect.any(Number),
      });
      children.forEach(visit);
    };
    visit(head);
    for (const [id, size] of sizes) {
      const own = samples.filter(({ nodeId }) => nodeId === id).reduce((sum, sample) => sum + sample.size, 0);
      expect(own).toBe(size);
    }
    expect(head.callFrame['functionName']).toBe('(root)');
    const buy = head.children.find(({ callFrame }) => callFrame['functionName'] === 'buy')!;
    expect(buy.callFrame).toMatchObject({ url: `file://${SHOP}`, lineNumber: 2, columnNumber: 4 });
  });

  test('the table says what is known, and what is not', () => {
    const text = written('table', known());
    expect(text).toContain('what was allocated and is alive at the end: 7.09 MiB ± ');
    expect(text).toContain('Not in it: external memory +3 MiB, of that buffers −1 KiB');
    expect(text).toMatch(/ 5 MiB +[\d.]+ \w+ +4 +70\.5 % {2}music\n/);
    expect(text).toMatch(/70\.5 % +5 MiB {2}music\/player\.js:12 \(play\)/);
    expect(text).toContain('type      not available');
    // How long it took, and the pause; nothing else is a time.
    expect(text.match(/[\d.]+ ?(µs|ms|s|min)\b/g)).toEqual(['1min', '21.5ms']);
  });

  test.each([1_280, 360])('the flame graph counts in bytes everywhere, %i px wide', async (width) => {
    await using page = await openProfilePage(written('flamegraph', known()), { width });
    expect(await page.status).toMatch(/^8 samples, 7\.09 MiB of 7\.09 MiB sampled\./);
    const button = page.page.locator('.drawer-button');
    if (await button.isVisible()) await button.click();
    const side = await page.page.locator('.side').innerText();
    expect(side).toMatch(/music\s+70\.5 ± [\d.]+ %\s+5 MiB/);
    expect(side).toContain('Functions by their own bytes');
    expect(side).toContain('one each 32 KiB');
    // The duration of the sample is one; nothing else is a time.
    expect(side.match(/[\d.]+ (µs|ms|s|min)\b/g)).toEqual(['1 min']);
    for (const word of ['The loop', 'Wall', 'Efficiency', 'the time', 'Pause at start'])
      expect(side).not.toContain(word);
    if (width > 600) expect(await page.search('cog:shop')).toMatch(/of the bytes$/);
    expect(await page.overflowPx()).toBeLessThanOrEqual(0);
    expect(page.problems).toEqual([]);
  });

  test.each(['flamegraph', 'table', 'collapsed', 'heapprofile'])(
    'hostile names stay names in %s',
    async (format) => {
      const data = allocationsOf(
        HOSTILE_NAMES.map((name, index) => ({
          name,
          url: `/srv/bot/cogs/${name.slice(0, 80)}/a${name.slice(0, 80)}.js`,
          line: index + 1,
          bytes: [MIB],
        })),
      );
      const text = written(format, data);
      if (format === 'flamegraph') {
        await using page = await openProfilePage(text);
        expect(await page.status).toContain(`${HOSTILE_NAMES.length} samples`);
        expect(page.problems).toEqual([]);
      } else if (format === 'table') {
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(text.isWellFormed()).toBe(true);
      } else {
        const [read] = await reader.read(`bot.${allocationFormat(format).extension}`, text);
        expect(read!.total).toBe(HOSTILE_NAMES.length * MIB);
      }
    },
  );

  test('nothing sampled is a file all the same', async () => {
    const none = allocationsOf([]);
    expect(written('table', none)).toContain('alive at the end: 0 B ± 0 B');
    expect(written('collapsed', none)).toBe('');
    expect(JSON.parse(written('heapprofile', none)).samples).toEqual([]);
    await using page = await openProfilePage(written('flamegraph', none));
    expect(await page.page.locator('.empty').innerText()).toBe(
      'There are no samples: nothing was recorded here.',
    );
  });
});

test('a format that there is not is refused, with those that there are', () => {
  expect(() => allocationFormat('pdf')).toThrow(
    'must be one of `flamegraph`, `table`, `collapsed`, `heapprofile`',
  );
});
