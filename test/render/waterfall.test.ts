import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { PIXEL_RATIO, WIDTH } from '../../src/render/chart/drawings/drawing.ts';
import { PART_LOOKS } from '../../src/render/chart/drawings/part-looks.ts';
import { waterfall } from '../../src/render/chart/drawings/waterfall.ts';
import { cutMiddleToWidth, FONTS, loadFont } from '../../src/render/chart/lettering.ts';
import { BACKGROUND, FAILED_TEXT, TEXT } from '../../src/render/chart/palette.ts';
import { picture } from '../../src/render/chart/picture.ts';
import { durationTicks } from '../../src/render/chart/value-axis.ts';
import type { Waterfall, WaterfallRow } from '../../src/render/chart/waterfall.ts';
import { PART_KINDS } from '../../src/trace/trace.ts';
import { read } from './pixels.ts';
import { contrast, distance, seenBy, visions } from './vision.ts';

const row = (changes: Partial<WaterfallRow> = {}): WaterfallRow => ({
  label: 'pay',
  depth: 0,
  fromMs: 0,
  toMs: 100,
  failed: false,
  segments: [],
  ...changes,
});

const described = (changes: Partial<Waterfall> = {}): Waterfall => ({
  title: '/pay · 100ms',
  durationMs: 100,
  rows: [row()],
  hidden: 0,
  legend: [],
  ...changes,
});

async function drawn(changes: Partial<Waterfall> = {}) {
  return read(picture('waterfall', described(changes))!);
}

/** From the first to the last pixel of a colour in a row of the picture. */
function extent(places: readonly { x: number }[]): { left: number; right: number } {
  const all = places.map(({ x }) => x);
  return { left: Math.min(...all), right: Math.max(...all) };
}

describe('a waterfall', () => {
  test('is as high as what it shows', async () => {
    const rows = Array.from({ length: 24 }, (_, index) => row({ depth: index % 9 }));
    const sizes = [described(), described({ rows }), described({ rows, hidden: 12 })].map(
      (each) => waterfall.size(each).height,
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(sizes).size).toBe(3);
    const { width, height } = await drawn({ rows, hidden: 12 });
    expect(width).toBe(WIDTH * PIXEL_RATIO);
    expect(height).toBe(sizes[2]! * PIXEL_RATIO);
  });

  test('shows segments where they are, in proportion, and one after the other', async () => {
    const { placesOf } = await drawn({
      rows: [
        row({
          segments: [
            { kind: 'cpu', fromMs: 0, toMs: 20 },
            { kind: 'limit', fromMs: 20, toMs: 80 },
            { kind: 'network', fromMs: 80, toMs: 100 },
          ],
        }),
      ],
    });
    const [cpu, limit, network] = (['cpu', 'limit', 'network'] as const).map((kind) =>
      extent(placesOf(PART_LOOKS[kind].colour)),
    );
    const length = ({ left, right }: { left: number; right: number }) => right - left + 1;
    expect(length(limit!) / length(cpu!)).toBeCloseTo(3, 0);
    expect(Math.abs(limit!.left - cpu!.right)).toBeLessThanOrEqual(2);
    expect(Math.abs(network!.left - limit!.right)).toBeLessThanOrEqual(2);
  });

  test('shows what hardly took time, beside what took long', async () => {
    const { placesOf } = await drawn({
      durationMs: 1e6,
      rows: [
        row({ toMs: 1e6 }),
        row({ fromMs: 10, toMs: 10.01, segments: [{ kind: 'database', fromMs: 10, toMs: 10.01 }] }),
        row({ fromMs: 1e6, toMs: undefined, segments: [{ kind: 'http', fromMs: 1e6, toMs: 1e6 }] }),
      ],
    });
    for (const kind of ['database', 'http'] as const)
      expect(placesOf(PART_LOOKS[kind].colour).length, kind).toBeGreaterThan(10);
  });

  test('tells what failed by a mark and a colour of its own', async () => {
    expect((await drawn()).placesOf(FAILED_TEXT)).toEqual([]);
    expect((await drawn({ rows: [row({ failed: true })] })).placesOf(FAILED_TEXT).length).toBeGreaterThan(20);
  });

  test('moves what is in others to the right, and leaves the same room for bars', async () => {
    const at = async (depth: number) => {
      const segments = [{ kind: 'timer', fromMs: 0, toMs: 100 }] as const;
      const { placesOf } = await drawn({ rows: [row({ depth, segments })] });
      const labels = placesOf(TEXT).filter(({ y }) => y > 36 * PIXEL_RATIO);
      return { label: extent(labels).left, bar: extent(placesOf(PART_LOOKS.timer.colour)) };
    };
    const [outer, inner, deep, deeper] = await Promise.all([at(0), at(2), at(30), at(900)]);
    expect(inner!.label).toBeGreaterThan(outer!.label);
    expect(deeper).toEqual(deep);
    // Where there is room for the time in the bar only, both its ends are seen.
    expect(inner!.bar).toEqual(outer!.bar);
  });

  test('keeps names, titles and times within the card, whatever they are', async () => {
    const long = '@everyone 語\u202e '.repeat(60);
    const { width, placesOf } = await drawn({
      title: long,
      durationMs: 3_599_999,
      rows: [
        row({ label: long, toMs: 3_599_999 }),
        row({ label: long, depth: 7, failed: true, fromMs: 3_599_998 }),
      ],
      legend: PART_KINDS.map((kind) => ({ kind, label: long, text: long })),
      hidden: 1e9,
    });
    expect(extent(placesOf(TEXT)).right).toBeLessThan(width - 2 * PIXEL_RATIO);
  });

  test('is drawn of times that make no sense', () => {
    const odd = [0, Number.NaN, -5, 1e300];
    for (const durationMs of odd) {
      for (const fromMs of odd) {
        const rows = [
          row({ fromMs, toMs: -fromMs, segments: [{ kind: 'file', fromMs, toMs: 1 }] }),
          row({ depth: 1 }),
        ];
        expect(picture('waterfall', described({ durationMs, rows }))!.length).toBeGreaterThan(100);
      }
    }
  });

  test('of nothing is not made', () => {
    expect(picture('waterfall', described({ rows: [] }))).toBeUndefined();
  });

  test('says in its legend what each look means', async () => {
    const { placesOf } = await drawn({
      legend: PART_KINDS.map((kind) => ({ kind, label: kind, text: '1ms' })),
    });
    for (const kind of PART_KINDS)
      expect(placesOf(PART_LOOKS[kind].colour).length, kind).toBeGreaterThan(150);
  });
});

test('the axis has round times, none after the end', () => {
  const labels = (ms: number) => durationTicks(ms, 4).map(({ label }) => label);
  expect(labels(1_240)).toEqual(['0', '500ms', '1s']);
  expect(labels(4)).toEqual(['0', '1ms', '2ms', '3ms', '4ms']);
  expect(labels(90_000)).toEqual(['0', '30s', '1min', '1.5min']);
  expect(labels(0)).toEqual(['0']);
  for (const ms of [Number.NaN, 1e300, -1]) expect(labels(ms).length).toBeLessThanOrEqual(5);
});

test('a name that is too long is cut in the middle, between letters', () => {
  loadFont();
  const context = createCanvas(1, 1).getContext('2d');
  context.font = FONTS.text;
  expect(cutMiddleToWidth(context, 'pay', 100)).toBe('pay');
  const cut = cutMiddleToWidth(context, 'economy/listener/messageCreate', 120);
  expect(cut).toMatch(/^econ.*….*eate$/);
  expect(context.measureText(cut).width).toBeLessThanOrEqual(120);
  expect(cutMiddleToWidth(context, '👩‍👩‍👧‍👦'.repeat(40), 60)).toMatch(/^(👩‍👩‍👧‍👦)*…(👩‍👩‍👧‍👦)*$/u);
});

describe('the looks of parts', () => {
  test('stand out from the background, 3 to 1', () => {
    for (const { colour } of Object.values(PART_LOOKS))
      expect(contrast(colour, BACKGROUND), colour).toBeGreaterThan(3);
    expect(contrast(FAILED_TEXT, BACKGROUND)).toBeGreaterThan(4.5);
  });

  test.each(Object.entries(visions()))('are told apart by people with %s vision', (_, vision) => {
    for (const one of PART_KINDS) {
      for (const other of PART_KINDS) {
        if (one >= other || PART_LOOKS[one].texture !== PART_LOOKS[other].texture) continue;
        const [a, b] = [one, other].map((kind) => seenBy(vision, PART_LOOKS[kind].colour));
        // Blocks of a colour beside each other: less is needed than for thin lines.
        expect(distance(a!, b!), `${one}, ${other}`).toBeGreaterThan(15);
      }
    }
  });
});
