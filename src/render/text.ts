/** Text that comes from the bot or its users, made fit for a message. */

const ELLIPSIS = '…';
const FENCE = '```';
const graphemes = new Intl.Segmenter();

/** Marks that turn the direction of what follows, and control characters: nothing of ours after a name may be moved by it. */
const UNSEEN = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cc}]/gu;

/** In one line, and without what could move the text around it. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(UNSEEN, '').toWellFormed();
}

/** At most `most` characters, nothing said of what was cut off. */
export function clip(text: string, most: number): string {
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > most) break;
    kept += segment;
  }
  return kept;
}

/** At most `most` characters as Discord counts them (UTF-16 units); what was cut off is marked. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return clip(text, most - ELLIPSIS.length) + ELLIPSIS;
}

/** The same for text with code blocks in it: one that is cut is closed. */
export function cutMarkdown(text: string, most: number): string {
  if (text.length <= most) return text;
  const short = cut(text, Math.max(ELLIPSIS.length, most - FENCE.length - 1));
  const isOpen = short.split(FENCE).length % 2 === 0;
  return isOpen ? `${short.replace(/`*…$/, ELLIPSIS)}\n${FENCE}` : short;
}

/** At most `most` characters; the middle goes, for names that differ at their ends. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - ELLIPSIS.length) / 2);
  return cut(text, most - end) + text.slice(text.length - end);
}

/** As inline code. A backtick inside would end it: an apostrophe stands in for it. */
export function code(text: string): string {
  return `\`${plain(text).replaceAll('`', '´')}\``;
}

/** As text in which nothing is formatted, and nobody mentioned; for titles, which code does not suit. */
export function escaped(text: string): string {
  return plain(text)
    .replace(/[\\*_~`|[\]<]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

/** A sentence of ours that quotes names: what is code in it stays so, and nobody is mentioned. */
export function sentence(text: string): string {
  return text
    .replaceAll(FENCE, '´´´')
    .replace(/\\*<(?=[@#:t/])/g, '\\<')
    .replaceAll('@', '@\u200b');
}

/**
 * As a code block.
 * @param language what Discord highlights it as
 */
export function codeBlock(text: string, language = ''): string {
  return `${FENCE}${language}\n${text.replaceAll('`', '´')}\n${FENCE}`;
}

/** A time as Discord shows it, in the time zone of who reads it: `T` as a clock, `R` as how long ago it is. */
export function moment(epochMs: number, style: 'T' | 'R' | 'F'): string {
  return `<t:${Math.floor(epochMs / 1_000)}:${style}>`;
}

/** Such as `a, b and 3 more`. */
export function someOf(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
