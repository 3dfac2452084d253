/** How far colours are apart, for people with any colour vision. */

export type Triple = readonly [number, number, number];

/** What is left of linear red, green and blue: Machado, Oliveira and Fernandes 2009, severity 1. */
export function visions(): Record<string, readonly Triple[]> {
  return {
    usual: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopic: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopic: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopic: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
}

function apply(rows: readonly Triple[], colour: Triple): Triple {
  const [red, green, blue] = rows.map((row) => {
    const sum = row.reduce((total, factor, index) => total + factor * colour[index]!, 0);
    return Math.min(1, Math.max(0, sum));
  });
  return [red!, green!, blue!];
}

/** A colour as it is seen with such eyes. */
export function seenBy(vision: readonly Triple[], colour: string): Triple {
  return lab(apply(vision, linear(colour)));
}

/** From sRGB. */
function linear(colour: string): Triple {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red!, green!, blue!];
}

function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** CIE 1976 L*a*b*, of D65. */
function lab([red, green, blue]: Triple): Triple {
  const [x, y, z] = [
    (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
    0.2126 * red + 0.7152 * green + 0.0722 * blue,
    (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
  ].map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

export function distance(one: Triple, other: Triple): number {
  return Math.hypot(...one.map((value, index) => value - other[index]!));
}
