import { describe, expect, test } from 'vitest';
import type { BarRow, Bars } from '../../src/render/chart/bars.ts';
import { CATEGORIES, type Category } from '../../src/render/chart/categories.ts';
import { bars } from '../../src/render/chart/drawings/bars.ts';
import { PADDING } from '../../src/render/chart/drawings/card.ts';
import { CATEGORY_LOOKS } from '../../src/render/chart/drawings/category-looks.ts';
import { PIXEL_RATIO, WIDTH } from '../../src/render/chart/drawings/drawing.ts';
import { flame } from '../../src/render/chart/drawings/flame.ts';
import type { FlamePicture, FlamePictureBox } from '../../src/render/chart/flame.ts';
import { BACKGROUND, TEXT } from '../../src/render/chart/palette.ts';
import { picture } from '../../src/render/chart/picture.ts';
import { read } from './pixels.ts';
import { contrast, distance, seenBy, visions } from './vision.ts';

const HOSTILE = '@everyone 語\u202e '.repeat(60);

const row = (changes: Partial<BarRow> = {}): BarRow => ({
  label: 'play',
  category: 'cog0',
  share: 0.5,
  margin: 0.02,
  ...changes,
});
const described = (changes: Partial<Bars> = {}): Bars => ({
  title: 'What ran, by cog',
  rows: [row()],
  hidden: 0,
  legend: [],
  ...changes,
});
const box = (changes: Partial<FlamePictureBox> = {}): FlamePictureBox => ({
  label: 'play',
  category: 'cog0',
  row: 0,
  from: 0,
  share: 1,
  ...changes,
});
const flamed = (changes: Partial<FlamePicture> = {}): FlamePicture => ({
  title: 'What ran',
  boxes: [box()],
  notes: [],
  legend: [],
  ...changes,
});

const colourOf = (category: Category) => CATEGORY_LOOKS[category].colour;

function extent(places: readonly { x: number; y: number }[]) {
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Nothing but the card is at the edges. */
function expectInside({ width, height, colourAt }: Awaited<ReturnType<typeof read>>): void {
  const edge = 2 * PIXEL_RATIO;
  for (let y = 40; y < height - 40; y++) {
    expect(colourAt(edge, y)).toBe(BACKGROUND);
    expect(colourAt(width - 1 - edge, y)).toBe(BACKGROUND);
  }
}

describe('bars', () => {
  test('are as long as their shares, and none is left out', async () => {
    const { placesOf } = await read(
      picture(
        'bars',
        described({
          rows: [
            row({ share: 0.6, margin: 0 }),
            row({ share: 0.2, margin: 0, category: 'cog1' }),
            row({ share: 0, margin: 0, category: 'cog2' }),
          ],
        }),
      )!,
    );
    const [first, second, third] = (['cog0', 'cog1', 'cog2'] as const).map((category) =>
      extent(placesOf(colourOf(category))),
    );
    const length = ({ left, right }: { left: number; right: number }) => right - left + 1;
    expect(length(first!) / length(second!)).toBeCloseTo(3, 1);
    expect(length(third!)).toBeGreaterThan(0);
    expect(third!.top).toBeGreaterThan(second!.bottom);
  });

  test('show how far a share may lie from the truth', async () => {
    const widthOf = async (margin: number) => {
      const { placesOf } = await read(
        picture('bars', described({ rows: [row({ margin }), row({ share: 1 })] }))!,
      );
      const bar = extent(placesOf(colourOf('cog0')));
      // The line over the end of the first bar, in the colour of text.
      const line = placesOf(TEXT).filter(
        ({ x, y }) => x > bar.left && y < 50 * PIXEL_RATIO && y > 38 * PIXEL_RATIO,
      );
      return extent(line).right - extent(line).left;
    };
    expect(await widthOf(0.2)).toBeGreaterThan(2 * (await widthOf(0.05)));
  });

  test('stay within the card, whatever names are like', async () => {
    const rows = Array.from({ length: 15 }, (_, index) =>
      row({ label: index % 2 ? HOSTILE : '', share: index === 3 ? 1 : 0.1, margin: 0.5 }),
    );
    const legend = CATEGORIES.map((category) => ({ category, label: HOSTILE, text: HOSTILE }));
    const description = described({ title: HOSTILE, rows, hidden: 1e9, legend });
    const image = await read(picture('bars', description)!);
    expect(image.width).toBe(WIDTH * PIXEL_RATIO);
    expect(image.height).toBe(bars.size(description).height * PIXEL_RATIO);
    expectInside(image);
  });

  test('of nothing are no picture', () => {
    expect(picture('bars', described({ rows: [] }))).toBeUndefined();
  });
});

describe('a flame graph', () => {
  test('has its boxes where they belong', async () => {
    const { placesOf } = await read(
      picture(
        'flame',
        flamed({
          boxes: [
            box({ label: '' }),
            box({ label: '', row: 1, share: 0.25, category: 'cog1' }),
            box({ label: '', row: 1, from: 0.25, share: 0.5, category: 'cog2' }),
          ],
        }),
      )!,
    );
    const [whole, quarter, half] = (['cog0', 'cog1', 'cog2'] as const).map((category) =>
      extent(placesOf(colourOf(category))),
    );
    const length = ({ left, right }: { left: number; right: number }) => right - left + 1;
    expect(whole!.left).toBe(PADDING * PIXEL_RATIO);
    expect(length(whole!) / length(half!)).toBeCloseTo(2, 1);
    expect(quarter!.top).toBeGreaterThan(whole!.bottom);
    expect(half!.left).toBeGreaterThan(quarter!.right);
    expect(half!.top).toBe(quarter!.top);
  });

  test('labels what is wide enough, within the box', async () => {
    const dark = async (share: number) => {
      const { placesOf, colourAt } = await read(
        picture('flame', flamed({ boxes: [box({ label: 'shuffle all songs', share })] }))!,
      );
      const { left, right, top, bottom } = extent(placesOf(colourOf('cog0')));
      let count = 0;
      for (let x = left; x <= right; x++)
        for (let y = top; y <= bottom; y++) if (colourAt(x, y) === BACKGROUND) count++;
      return count;
    };
    expect(await dark(0.5)).toBeGreaterThan(200);
    expect(await dark(0.04)).toBe(0);
  });

  test('is as high as it is deep, with what is said below, and stays within the card', async () => {
    const boxes = Array.from({ length: 18 }, (_, depth) => box({ label: HOSTILE, row: depth }));
    const narrow = Array.from({ length: 100 }, (_, index) =>
      box({ label: HOSTILE, row: 2, from: index / 100, share: 0.01, category: 'gc' }),
    );
    const legend = CATEGORIES.map((category) => ({ category, label: HOSTILE, text: '' }));
    const description = flamed({
      title: HOSTILE,
      boxes: [...boxes, ...narrow],
      legend,
      notes: [HOSTILE, HOSTILE],
    });
    expect(flame.size(description).height).toBeGreaterThan(flame.size(flamed({ boxes })).height);
    const image = await read(picture('flame', description)!);
    expect(image.height).toBe(flame.size(description).height * PIXEL_RATIO);
    expectInside(image);
  });
});

describe('the colours of what code is part of', () => {
  test('can be told apart with any colour vision, or else by their texture', () => {
    const looks = Object.entries(CATEGORY_LOOKS);
    for (const [vision, rows] of Object.entries(visions())) {
      for (const [name, look] of looks) {
        for (const [other, otherLook] of looks) {
          if (name >= other || look.texture !== otherLook.texture) continue;
          const apart = distance(seenBy(rows, look.colour), seenBy(rows, otherLook.colour));
          expect(apart, `${name} and ${other}, ${vision}`).toBeGreaterThan(11);
        }
      }
    }
  });

  test('are seen on the card, and dark letters are read on them', () => {
    for (const [name, { colour }] of Object.entries(CATEGORY_LOOKS))
      expect(contrast(colour, BACKGROUND), name).toBeGreaterThan(3.8);
  });
});
