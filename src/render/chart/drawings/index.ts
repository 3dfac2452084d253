import { bars } from './bars.ts';
import type { Drawing } from './drawing.ts';
import { flame } from './flame.ts';
import { timeline } from './timeline.ts';
import { waterfall } from './waterfall.ts';

/** Every kind of picture. A new one is one file here and one line in this list. */
export const DRAWINGS = [timeline, waterfall, bars, flame] as const satisfies readonly Drawing<
  string,
  never
>[];

type AnyDrawing = (typeof DRAWINGS)[number];

export type DrawingName = AnyDrawing['name'];

/** What a kind of picture is made from. */
export type DescriptionOf<Name extends DrawingName> = Parameters<
  Extract<AnyDrawing, { name: Name }>['draw']
>[1];
