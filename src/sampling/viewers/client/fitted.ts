const PLAIN = /^[ -~]*$/;
const widths = new Map<string, number>();

/** The first text that has room, or the beginning of the last. The font has letters of one width. */
export function fitted(
  context: { readonly font: string; measureText(text: string): { readonly width: number } },
  texts: readonly string[],
  widthPx: number,
): string {
  let letter = widths.get(context.font);
  if (letter === undefined) widths.set(context.font, (letter = context.measureText('M').width));
  const letters = Math.floor(widthPx / letter);
  const whole = texts.find((text) => text.length <= letters && fits(context, text, widthPx));
  if (whole !== undefined) return whole;
  if (letters < 2) return '';
  let start = [...texts.at(-1)!.slice(0, letters * 2)];
  start = start.slice(0, letters - 1);
  // Signs of other scripts may be wider than letters.
  while (start.length > 0 && !fits(context, `${start.join('')}…`, widthPx)) start.pop();
  return start.length === 0 ? '' : `${start.join('')}…`;
}

function fits(context: Parameters<typeof fitted>[0], text: string, widthPx: number): boolean {
  return PLAIN.test(text) || context.measureText(text).width <= widthPx;
}
