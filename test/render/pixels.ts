import { createCanvas, loadImage } from '@napi-rs/canvas';

/** What others read in the file. */
export async function read(png: Buffer) {
  const image = await loadImage(png);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const alphaAt = (x: number, y: number) => data[4 * (y * width + x) + 3]!;
  const colourAt = (x: number, y: number) =>
    `#${Buffer.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)).toString('hex')}`;
  /** Where a colour is, in physical pixels. */
  const placesOf = (colour: string) => {
    const places: { x: number; y: number }[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) if (colourAt(x, y) === colour) places.push({ x, y });
    }
    return places;
  };
  return { width, height, data, alphaAt, colourAt, placesOf };
}
