import { withCanvas } from './canvas.ts';
import { PIXEL_RATIO } from './drawings/drawing.ts';
import { DRAWINGS } from './drawings/index.ts';
import { loadFont } from './lettering.ts';

/** More than any screen shows; what is larger than that would take memory from the bot. */
const MOST_PIXELS = 4_000 * 4_000;

/** The picture as PNG; undefined where there is nothing to draw. */
export function picture(name: string, description: unknown): Buffer | undefined {
  loadFont();
  const drawing = DRAWINGS.find((each) => each.name === name);
  if (drawing === undefined) throw new Error(`Nothing that can be drawn is called "${name}".`);
  // The one who sent it was held to the type that belongs to the name.
  const described = description as never;
  if (drawing.isEmpty(described)) return undefined;
  const { width, height } = drawing.size(described);
  const [across, down] = [Math.ceil(width * PIXEL_RATIO), Math.ceil(height * PIXEL_RATIO)];
  if (across * down > MOST_PIXELS) throw new Error(`A picture of ${across} by ${down} pixels is too large.`);
  return withCanvas(across, down, (canvas) => {
    const context = canvas.getContext('2d');
    context.scale(PIXEL_RATIO, PIXEL_RATIO);
    drawing.draw(context, described);
    // Not the asynchronous way: that takes a thread of the pool that the bot's files and addresses wait for.
    return canvas.encodeSync('png');
  });
}
