import { CHANGES, SMALL } from './colours.ts';
import type { Box } from './layout.ts';
import type { Picture } from './picture.ts';
import { percent } from './units.ts';

export function colourOf(picture: Picture, box: Box): string {
  return box.smallCount > 0 ? SMALL : picture.colourOf(box.node);
}

/** What may stand in a box: the longest that fits is taken. */
export function textsOf(picture: Picture, box: Box): readonly string[] {
  if (box.smallCount > 0) return [`… ${box.smallCount} small`, '…'];
  const mark =
    picture.isComparison && picture.look.side === 'now' ? CHANGES[picture.changeOf(box.node)].mark : '';
  const name = `${mark}${mark === '' ? '' : ' '}${picture.nameOf(box.node)}`;
  return [`${name}  ${percent(picture.shareOf(box.node))}`, name];
}
