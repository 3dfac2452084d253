import type { SKRSContext2D } from '@napi-rs/canvas';

/** Sizes are in logical pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** A kind of picture, made from plain data. It runs in the thread that draws. */
export interface Drawing<Name extends string, Description> {
  readonly name: Name;
  readonly isEmpty: (description: Description) => boolean;
  readonly size: (description: Description) => Size;
  /** The context is scaled to logical pixels; what is drawn depends on nothing but the description. */
  readonly draw: (context: SKRSContext2D, description: Description) => void;
}

/**
 * How wide pictures are: a phone shows them a little smaller than that, so that text keeps its size; a desktop scales
 * them up, for which there are pixels enough.
 */
export const WIDTH = 360;
/** Pixels of the picture in one logical pixel, in each direction. */
export const PIXEL_RATIO = 3;
