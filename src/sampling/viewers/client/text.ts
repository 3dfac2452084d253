/**
 * What is not seen but changes what is: control characters, and those that turn the direction of what follows or have
 * no width. A name could look like another one with them.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** A name as it is shown: what is unseen is written out, and what is too long is cut with a mark. */
export function shown(text: string, longest = 300): string {
  // What is cut off anyway need not be looked at: a name may have a hundred thousand characters.
  const start =
    text.length > longest ? `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return start.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The end of a path, which tells files apart: such as `music/play.js`. */
export function endOfPath(file: string): string {
  return file.split(/[\\/]/).slice(-2).join('/');
}

/** Such as `music/play.js:42`; empty for what is in no file. */
export function placeOf(
  { file, line }: { readonly file: string; readonly line: number },
  whole = false,
): string {
  if (file === '') return '';
  const path = shown(whole ? file : endOfPath(file));
  return line > 0 ? `${path}:${line}` : path;
}
