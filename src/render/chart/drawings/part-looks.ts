import type { SKRSContext2D } from '@napi-rs/canvas';
import type { PartKind } from '../../../trace/trace.ts';
import { BACKGROUND } from '../palette.ts';

type Texture = 'plain' | 'hatched' | 'dotted';

/** How a box is painted. */
export interface Look {
  readonly colour: string;
  readonly texture: Texture;
}

/**
 * A colour for what is waited for, and a texture for the way in which: twelve colours could not be told apart by
 * everybody. They are those of Okabe and Ito, with a violet in place of their blue, which is too dark for the card and
 * too near to their green for some.
 */
export const PART_LOOKS: Readonly<Record<PartKind, Look>> = {
  cpu: { colour: '#e69f00', texture: 'plain' },
  queue: { colour: '#f0e442', texture: 'hatched' },
  limit: { colour: '#f0e442', texture: 'plain' },
  backoff: { colour: '#f0e442', texture: 'dotted' },
  network: { colour: '#56b4e9', texture: 'plain' },
  http: { colour: '#8458f6', texture: 'plain' },
  database: { colour: '#009e73', texture: 'plain' },
  file: { colour: '#009e73', texture: 'hatched' },
  dns: { colour: '#56b4e9', texture: 'hatched' },
  timer: { colour: '#cc79a7', texture: 'plain' },
  loop: { colour: '#d55e00', texture: 'hatched' },
  other: { colour: '#8891a3', texture: 'dotted' },
};

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** In logical pixels. */
const STRIPE = { width: 1.4, every: 4.5 } as const;
const DOT = { radius: 1, every: 4.5 } as const;

/** Paints a box as its kind of part looks. */
export function paintPart(context: SKRSContext2D, kind: PartKind, box: Box): void {
  paint(context, PART_LOOKS[kind], box);
}

export function paint(context: SKRSContext2D, { colour, texture }: Look, box: Box): void {
  context.fillStyle = colour;
  context.fillRect(box.left, box.top, box.width, box.height);
  if (texture === 'plain') return;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  TEXTURES[texture](context, box);
  context.restore();
}

const TEXTURES: Readonly<Record<Exclude<Texture, 'plain'>, (context: SKRSContext2D, box: Box) => void>> = {
  hatched(context, { left, top, width, height }) {
    context.strokeStyle = BACKGROUND;
    context.lineWidth = STRIPE.width;
    context.beginPath();
    // By places of the picture, so that neighbours of one kind look like one.
    for (let x = firstFrom(left - height, STRIPE.every); x < left + width; x += STRIPE.every) {
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
    }
    context.stroke();
  },
  dotted(context, { left, top, width, height }) {
    context.fillStyle = BACKGROUND;
    context.beginPath();
    for (let x = firstFrom(left, DOT.every); x < left + width; x += DOT.every) {
      for (let y = top + DOT.every / 2; y < top + height; y += DOT.every) {
        context.moveTo(x + DOT.radius, y);
        context.arc(x, y, DOT.radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
  },
};

function firstFrom(place: number, every: number): number {
  return Math.ceil(place / every) * every;
}
