import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Canvas } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { withCanvas } from '../../src/render/chart/canvas.ts';
import { PIXEL_RATIO, WIDTH } from '../../src/render/chart/drawings/drawing.ts';
import { timeline } from '../../src/render/chart/drawings/timeline.ts';
import { SIZE } from '../../src/render/chart/lettering.ts';
import { BACKGROUND, COLOURS, QUIET_TEXT, TEXT } from '../../src/render/chart/palette.ts';
import { picture } from '../../src/render/chart/picture.ts';
import type { Timeline } from '../../src/render/chart/timeline.ts';
import { anHour, timelineOf } from '../fixtures/timelines.ts';
import { read } from './pixels.ts';
import { contrast, distance, seenBy, visions } from './vision.ts';

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const DRAWN_ALONE = fileURLToPath(new URL('../fixtures/drawn-alone.ts', import.meta.url));
/** The pixels of a logical one, which anti-aliasing blends at its borders. */
const PIXELS_OF_ONE = PIXEL_RATIO ** 2;

function draw(described: Timeline): Buffer {
  const png = picture('timeline', described);
  if (png === undefined) throw new Error('Nothing was drawn.');
  return png;
}

const zeros = (count: number) => new Array<number>(count).fill(0);
const missing = (count: number) => new Array<number>(count).fill(Number.NaN);

describe('a timeline', () => {
  test('is a PNG of the size that was said', async () => {
    const png = draw(anHour());
    expect(png.subarray(0, 8)).toEqual(PNG_SIGNATURE);
    const { width, height } = await read(png);
    const size = timeline.size(anHour());
    expect({ width, height }).toEqual({ width: size.width * PIXEL_RATIO, height: size.height * PIXEL_RATIO });
    // Discord shows pictures in embeds in a frame of 4:3.
    expect(width / height).toBeCloseTo(4 / 3, 1);
  });

  test('shows each series in its colour', async () => {
    const { placesOf } = await read(draw(anHour()));
    for (const colour of Object.values(COLOURS))
      expect(placesOf(colour).length, colour).toBeGreaterThan(100 * PIXELS_OF_ONE);
    for (const colour of [TEXT, QUIET_TEXT])
      expect(placesOf(colour).length, colour).toBeGreaterThan(10 * PIXELS_OF_ONE);
  });

  test('is a card of its own: opaque, but for its round corners', async () => {
    const { width, height, alphaAt, colourAt } = await read(draw(anHour()));
    for (const [x, y] of [
      [0, 0],
      [width - 1, 0],
      [0, height - 1],
      [width - 1, height - 1],
    ] as const)
      expect(alphaAt(x, y)).toBe(0);
    const corner = 10 * PIXEL_RATIO;
    let transparent = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const isInCorner = (x < corner || x >= width - corner) && (y < corner || y >= height - corner);
        if (!isInCorner && alphaAt(x, y) !== 255) transparent++;
      }
    }
    expect(transparent).toBe(0);
    expect(colourAt(width >> 1, 2)).toBe(BACKGROUND);
  });

  test('stands failed calls on the others', async () => {
    const { placesOf } = await read(
      draw(timelineOf({ p50: [1], p95: [1], max: [1] }, { fine: [30], failed: [10] })),
    );
    // The squares of the legend stand above both.
    const bar = (colour: string) => {
      const places = placesOf(colour);
      const column = Math.max(...places.map(({ x }) => x)) - 2 * PIXEL_RATIO;
      const rows = places.filter(({ x }) => x === column).map(({ y }) => y);
      return { column, top: Math.min(...rows), bottom: Math.max(...rows) };
    };
    const [fine, failed] = [bar(COLOURS.amount), bar(COLOURS.bad)];
    expect(failed.column).toBe(fine.column);
    expect(Math.abs(failed.bottom + 1 - fine.top)).toBeLessThanOrEqual(1);
    expect((fine.bottom - fine.top) / (failed.bottom - failed.top)).toBeCloseTo(3, 0);
  });

  test('leaves a gap where nothing was measured, whether that is said or left out', async () => {
    const halves = (values: number[]) => [...zeros(20).map(() => 5), ...values, ...zeros(20).map(() => 5)];
    const gapOf = async (described: Timeline) => {
      const { width, placesOf } = await read(draw(described));
      // The legend is above.
      const places = placesOf(COLOURS.typical).filter(({ y }) => y > 36 * PIXEL_RATIO);
      const inMiddle = places.filter(({ x }) => x > 0.5 * width && x < 0.6 * width);
      expect(places.length).toBeGreaterThan(100 * PIXELS_OF_ONE);
      return inMiddle.length;
    };
    const [kept, gone] = [zeros(20).map(() => 5), missing(20)];
    const series = (values: number[]) => ({
      p50: halves(values),
      p95: halves(values).map((value) => 2 * value),
      max: halves(values).map((value) => 3 * value),
    });
    const counts = { fine: missing(60), failed: missing(60) };
    const said = timelineOf(series(gone), counts);
    const leftOut = {
      ...said,
      panels: said.panels.map((panel) => ({
        ...panel,
        series: panel.series.map((each) => ({
          ...each,
          points: each.points.filter(([, value]) => !Number.isNaN(value)),
        })),
      })),
    };
    expect(await gapOf(timelineOf(series(kept), counts))).toBeGreaterThan(20 * PIXELS_OF_ONE);
    expect(await gapOf(said)).toBe(0);
    expect(await gapOf(leftOut)).toBe(0);
  });

  test('shows what was measured once, and one error among thousands of calls', async () => {
    const alone = [...missing(30), 5, ...missing(29)];
    const durations = {
      p50: alone,
      p95: alone.map((value) => value * 2),
      max: alone.map((value) => value * 3),
    };
    const counts = {
      fine: zeros(60).map(() => 5_000),
      failed: zeros(60).map((_, at) => (at === 30 ? 1 : 0)),
    };
    const { height, placesOf } = await read(draw(timelineOf(durations, counts)));
    const below = (colour: string, top: number) => placesOf(colour).filter(({ y }) => y > top * PIXEL_RATIO);
    for (const role of ['typical', 'high', 'worst'] as const) {
      const places = below(COLOURS[role], 36).filter(({ y }) => y < height / 2);
      expect(places.length, role).toBeGreaterThan(8 * PIXELS_OF_ONE);
    }
    // Two high, and as wide as a minute.
    expect(below(COLOURS.bad, 165).length).toBeGreaterThan(5 * PIXELS_OF_ONE);
  });

  test.each([
    [
      'zeros',
      timelineOf({ p50: zeros(9), p95: zeros(9), max: zeros(9) }, { fine: zeros(9), failed: zeros(9) }),
    ],
    ['microseconds', timelineOf({ p50: [0.002], p95: [0.004], max: [0.9] }, { fine: [1], failed: [0] })],
    ['hours', timelineOf({ p50: [9e6], p95: [3e7], max: [9e9] }, { fine: [9e8], failed: [9e8] })],
    ['one panel', { ...anHour(), panels: anHour().panels.slice(0, 1) }],
    ['no title', timelineOf({ p50: [1], p95: [2], max: [3] }, { fine: [1], failed: [0] })],
  ] as const)('is drawn of %s', async (_, described) => {
    const { placesOf } = await read(draw(described));
    expect(placesOf(COLOURS.typical).length).toBeGreaterThan(20 * PIXELS_OF_ONE);
  });

  test('keeps long labels within the card, and within their share of it', async () => {
    const { panels, ...rest } = anHour({ title: 'Wherever it may end '.repeat(20) });
    const long = panels.map((panel) => ({
      ...panel,
      label: `${panel.label} and more`.repeat(9),
      series: panel.series.map((each) => ({ ...each, label: each.label.repeat(20) })),
    }));
    const { width, placesOf } = await read(draw({ ...rest, panels: long }));
    const rightMost = Math.max(...placesOf(TEXT).map(({ x }) => x));
    expect(rightMost).toBeLessThan(width - 10 * PIXEL_RATIO);
    for (const colour of Object.values(COLOURS))
      expect(placesOf(colour).length, colour).toBeGreaterThan(100 * PIXELS_OF_ONE);
  });

  test('is not made where nothing was measured in the window', () => {
    const nothing = { p50: missing(9), p95: missing(9), max: missing(9) };
    expect(
      picture('timeline', timelineOf(nothing, { fine: missing(9), failed: missing(9) })),
    ).toBeUndefined();
    expect(picture('timeline', { ...anHour(), panels: [] })).toBeUndefined();
    const { fromEpochMs, toEpochMs } = anHour();
    const hourMs = toEpochMs - fromEpochMs;
    const before = { ...anHour(), fromEpochMs: fromEpochMs + 2 * hourMs, toEpochMs: toEpochMs + 2 * hourMs };
    expect(picture('timeline', before)).toBeUndefined();
  });

  test('is written in the bundled font, whichever fonts are installed', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      DRAWN_ALONE,
    ]);
    const { sha256, widths } = JSON.parse(stdout) as { sha256: string; widths: Record<string, number> };
    expect(sha256).toBe(createHash('sha256').update(draw(anHour())).digest('hex'));
    expect(widths['ours']).toBe(widths['bundled']);
    expect(widths['unknown']).not.toBe(widths['ours']);
    expect(widths['usual']).not.toBe(widths['ours']);
  });
});

test('the pixels of a picture are given back with it, and when it goes wrong', () => {
  const lent: Canvas[] = [];
  withCanvas(30, 20, (canvas) => lent.push(canvas));
  expect(() =>
    withCanvas(30, 20, (canvas) => {
      lent.push(canvas);
      throw new Error('wrong');
    }),
  ).toThrow('wrong');
  expect(lent.map(({ width, height }) => width * height)).toEqual([0, 0]);
});

test('a drawing that is too large, or unknown, is refused', () => {
  const { panels, ...rest } = anHour();
  const tall = { ...rest, panels: Array.from({ length: 60 }, () => panels[0]!) };
  expect(() => picture('timeline', tall)).toThrow('too large');
  expect(() => picture('portrait', anHour())).toThrow('"portrait"');
});

describe('the colours', () => {
  test('stand out from the background as WCAG 2.2 asks: text 4.5 to 1, lines and bars 3 to 1', () => {
    for (const colour of [TEXT, QUIET_TEXT])
      expect(contrast(colour, BACKGROUND), colour).toBeGreaterThan(4.5);
    for (const colour of Object.values(COLOURS))
      expect(contrast(colour, BACKGROUND), colour).toBeGreaterThan(3);
  });

  const SHARE_A_PANEL = [
    ['typical', 'high'],
    ['typical', 'worst'],
    ['high', 'worst'],
    ['amount', 'bad'],
  ] as const;

  test.each(Object.entries(visions()))('are told apart by people with %s vision', (_, vision) => {
    const seen = (colour: string) => seenBy(vision, colour);
    for (const [one, other] of SHARE_A_PANEL) {
      // 2.3 is just noticeable side by side; thin lines and small marks need a multiple of it.
      expect(distance(seen(COLOURS[one]), seen(COLOURS[other])), `${one}, ${other}`).toBeGreaterThan(20);
    }
  });

  test('come with text that a phone shows at 12 of its pixels or more', () => {
    const PHONE_WIDTH = 340;
    expect((SIZE * PHONE_WIDTH) / WIDTH).toBeGreaterThanOrEqual(12);
  });
});
