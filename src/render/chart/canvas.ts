import { type Canvas, createCanvas } from '@napi-rs/canvas';

/**
 * Lends a canvas to `use`, and gives its pixels back at once. Left to the garbage collector, which sees only the few
 * bytes of JavaScript, they would pile up to many times what one picture takes.
 */
export function withCanvas<T>(width: number, height: number, use: (canvas: Canvas) => T): T {
  const canvas = createCanvas(width, height);
  try {
    // Else letters may be chosen by the language of the host.
    canvas.getContext('2d').lang = 'en';
    return use(canvas);
  } finally {
    canvas.width = 0;
    canvas.height = 0;
  }
}
