import type { SKRSContext2D } from '@napi-rs/canvas';
import { cutToWidth, FONTS } from '../lettering.ts';
import { BACKGROUND, TEXT } from '../palette.ts';
import { WIDTH } from './drawing.ts';

/** What all pictures have: a card, and a title on it. In logical pixels. */
export const PADDING = 12;
export const TITLE_HEIGHT = 22;
const CORNER = 10;

export function drawCard(context: SKRSContext2D, height: number): void {
  context.fillStyle = BACKGROUND;
  context.beginPath();
  context.roundRect(0, 0, WIDTH, height, CORNER);
  context.fill();
}

export function drawTitle(context: SKRSContext2D, title: string, top: number): void {
  context.font = FONTS.title;
  context.fillStyle = TEXT;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillText(cutToWidth(context, title, WIDTH - 2 * PADDING), PADDING, top);
}
