import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toMessage } from '../../src/render/page.ts';
import { table } from '../../src/render/table.ts';
import { code, codeBlock, cut, cutMiddle } from '../../src/render/text.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from '../../src/render/units.ts';

test.each([
  [0, '0µs'],
  [0.0004, '0.4µs'],
  [0.0871, '87.1µs'],
  [0.99949, '999µs'],
  [0.9996, '1ms'],
  [4.2049, '4.2ms'],
  [12.34, '12.3ms'],
  [999.4, '999ms'],
  [999.6, '1s'],
  [1_234, '1.23s'],
  [59_990, '1min'],
  [90_000, '1.5min'],
  [3_600_000, '1h'],
  [7_776_000_000, '2160h'],
  [Number.NaN, '–'],
])('%d ms is written %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [0, '0'],
  [0.004, '0'],
  [0.25, '0.25'],
  [7, '7'],
  [99.96, '100'],
  [999.6, '1k'],
  [1_234, '1.23k'],
  [40_100, '40.1k'],
  [3_400_000, '3.4M'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d is written %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('counts are exact while they fit', () => {
  expect([0, 42, 99_999, 100_000].map(formatCount)).toEqual(['0', '42', '99999', '100k']);
});

test('bytes', () => {
  expect([0, 640, 1_024, 3_565_158, 2 ** 31].map(formatBytes)).toEqual([
    '0 B',
    '640 B',
    '1 KiB',
    '3.4 MiB',
    '2 GiB',
  ]);
});

/** Names as users and bots make them: with emoji, right-to-left text, backticks and mentions. */
const hostile = fc.string({
  unit: fc.constantFrom('a', 'ß', '👩‍👩‍👧‍👦', 'ש', '`', '```', '@everyone', '\n', '\u202e', '*', ' '),
  maxLength: 3_000,
});

describe('text', () => {
  test('is cut to what Discord counts, and never inside a character', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 200 }), (text, most) => {
        for (const short of [cut(text, most), cutMiddle(text, Math.max(3, most))]) {
          expect(short.length).toBeLessThanOrEqual(Math.max(3, most));
        }
        expect(cut(text, most).isWellFormed()).toBe(true);
      }),
    );
  });

  test('cannot end the code that it stands in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(code(text).slice(1, -1)).not.toMatch(/[`\n]/);
        expect(codeBlock(text).slice(4, -4)).not.toContain('```');
      }),
    );
  });
});

test('a table is never wider than its columns', () => {
  const columns = [
    { head: 'name', width: 10, align: 'left', text: (row: string) => row },
    { head: 'much too long a head', width: 5, align: 'right', text: (row: string) => row },
  ] as const;
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 10 }), (rows) => {
      const lines = table(columns, rows).split('\n');
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(16);
    }),
  );
  expect(table(columns, ['a', 'abcdefghijkl'])).toBe('name       much…\na              a\nabcdefghi… abcd…');
});

test('a page is within Discord’s limits whatever it holds, and mentions nobody', () => {
  const fields = fc.array(fc.record({ name: hostile, value: hostile }), { maxLength: 40 });
  fc.assert(
    fc.property(hostile, hostile, fields, hostile, (title, text, given, footer) => {
      const message = toMessage({ title, text, fields: given, footer, content: text });
      const [embed] = message.embeds as [Required<(typeof message.embeds)[0]>];
      expect(message.content.length).toBeLessThanOrEqual(2_000);
      expect(embed.title.length).toBeLessThanOrEqual(256);
      expect(embed.description.length).toBeLessThanOrEqual(4_096);
      expect(embed.fields.length).toBeLessThanOrEqual(25);
      let all = embed.title.length + embed.description.length + (embed.footer?.text.length ?? 0);
      for (const { name, value } of embed.fields) {
        expect(name.length).toBeGreaterThan(0);
        expect(value.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(256);
        expect(value.length).toBeLessThanOrEqual(1_024);
        all += name.length + value.length;
      }
      expect(all).toBeLessThanOrEqual(6_000);
      expect(message.allowedMentions).toEqual({ parse: [] });
    }),
  );
});
