import { createRequire } from 'node:module';
import { GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';

const require = createRequire(import.meta.url);

/** A name that no installed font has: what is drawn is the same everywhere. */
const FAMILY = 'cogscope';
const FILES = [
  require.resolve('@fontsource/b612/files/b612-latin-400-normal.woff'),
  require.resolve('@fontsource/b612/files/b612-latin-700-normal.woff'),
];

/** In logical pixels; on a phone, one is a little less than one of the screen's. */
export const SIZE = 13;
const TITLE_SIZE = 14;

export const FONTS = { text: `${SIZE}px ${FAMILY}`, title: `bold ${TITLE_SIZE}px ${FAMILY}` } as const;
export const CHART_FONT = { family: FAMILY, size: SIZE } as const;

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter();

/** Fonts belong to the process: threads that came before, or another copy of this package, may have brought it. */
export function loadFont(): void {
  if (GlobalFonts.has(FAMILY)) return;
  for (const path of FILES) {
    if (GlobalFonts.registerFromPath(path, FAMILY) === null) throw new Error(`${path} is no font.`);
  }
}

/** The text, or as much of it as is not wider than `most` logical pixels in the font of the context. */
export function cutToWidth(context: SKRSContext2D, text: string, most: number): string {
  const width = (part: string) => context.measureText(part).width;
  if (width(text) <= most) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (width(kept + segment + ELLIPSIS) > most) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}

/** The same, where the middle goes: for names that differ at their ends. */
export function cutMiddleToWidth(context: SKRSContext2D, text: string, most: number): string {
  const width = (part: string) => context.measureText(part).width;
  if (width(text) <= most) return text;
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const withMiddleCut = (kept: number) =>
    [
      ...parts.slice(0, Math.ceil(kept / 2)),
      ELLIPSIS,
      ...parts.slice(parts.length - Math.floor(kept / 2)),
    ].join('');
  let kept = 0;
  while (kept < parts.length && width(withMiddleCut(kept + 1)) <= most) kept++;
  return withMiddleCut(kept);
}
