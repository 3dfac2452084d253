import { colourOf, textsOf } from './box.ts';
import { inkOn } from './colours.ts';
import type { Layout } from './layout.ts';
import type { Picture } from './picture.ts';
import { shown } from './text.ts';
import { percent } from './units.ts';

const EXPORT_WIDTH_PX = 1_200;
const EXPORT_ROW_PX = 18;
const HEAD_PX = 44;
const FONT_PX = 11;
/** Of a letter of the font. */
const LETTER_PX = 6.7;
const EXPORT_PADDING_PX = 4;

/** The picture as a file of its own: what is drawn now, with the figures where the pointer rests. */
export function svgOf(picture: Picture, title: string): string {
  const layout = picture.layout(EXPORT_WIDTH_PX);
  const height = HEAD_PX + layout.rowCount * EXPORT_ROW_PX + EXPORT_PADDING_PX;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${EXPORT_WIDTH_PX} ${height}" width="${EXPORT_WIDTH_PX}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT_PX}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${EXPORT_PADDING_PX}" y="27" font-size="15" fill="#11151c">${escapeXml(shown(title, 140))}</text>`,
    ...boxesOf(picture, layout, height),
    '</svg>',
    '',
  ].join('\n');
}

function boxesOf(picture: Picture, { boxes }: Layout, height: number): string[] {
  return boxes.map((box) => {
    const x = rounded(box.x * EXPORT_WIDTH_PX);
    const width = rounded(box.width * EXPORT_WIDTH_PX);
    const fromTop = HEAD_PX + box.row * EXPORT_ROW_PX;
    const y = picture.look.isRootBelow ? height - EXPORT_PADDING_PX - (box.row + 1) * EXPORT_ROW_PX : fromTop;
    const colour = colourOf(picture, box);
    const letters = Math.floor((width - 2 * EXPORT_PADDING_PX) / LETTER_PX);
    const text = cut(textsOf(picture, box), letters);
    return [
      `<g><title>${escapeXml(titleOf(picture, box))}</title>`,
      `<rect x="${x}" y="${y}" width="${Math.max(0.5, width - 0.5)}" height="${EXPORT_ROW_PX - 1}" fill="${colour}"/>`,
      text === ''
        ? ''
        : `<text x="${x + EXPORT_PADDING_PX}" y="${y + 12.5}" fill="${inkOn(colour)}">${escapeXml(text)}</text>`,
      '</g>',
    ].join('');
  });
}

function titleOf(picture: Picture, box: Layout['boxes'][number]): string {
  if (box.smallCount > 0) return `${box.smallCount} small`;
  const label = picture.labelOf(box.node);
  const place = label === undefined || label.file === '' ? '' : ` (${shown(label.file)}:${label.line})`;
  const total = picture.widthOf(box.node);
  return `${picture.nameOf(box.node)}${place}: ${picture.words.amount(total)}, ${percent(picture.shareOf(box.node))}`;
}

function cut(texts: readonly string[], letters: number): string {
  const whole = texts.find((text) => text.length <= letters);
  if (whole !== undefined) return whole;
  return letters < 3 ? '' : `${[...texts.at(-1)!].slice(0, letters - 1).join('')}…`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Whatever XML has no place for was written out before. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
