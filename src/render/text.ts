/** Text that comes from the bot or its users, made fit for a message. */

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter();

/** At most `most` characters as Discord counts them (UTF-16 units); what was cut off is marked. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > most - ELLIPSIS.length) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}

/** At most `most` characters; the middle goes, for names that differ at their ends. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - ELLIPSIS.length) / 2);
  return cut(text, most - end) + text.slice(text.length - end);
}

/** As inline code. A backtick inside would end it: an apostrophe stands in for it. */
export function code(text: string): string {
  return `\`${text.replaceAll('`', '´').replaceAll('\n', ' ')}\``;
}

/** As a code block. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${text.replaceAll('```', '´´´')}\n\`\`\``;
}
