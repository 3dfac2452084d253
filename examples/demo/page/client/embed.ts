import type { APIEmbed, APIEmbedField } from 'discord.js';
import { h } from './dom.ts';
import { inlineMarkdown, type MarkdownContext, markdown } from './markdown-view.ts';
import { picture } from './picture.ts';
import { sentAt } from './time.ts';

/** What Discord scales the picture of an embed to, in CSS pixels. */
const LARGEST_PICTURE = { width: 400, height: 300 };
const MOST_IN_A_ROW = 3;
const COLUMNS = 12;

export function embedElement(embed: APIEmbed, context: MarkdownContext): HTMLElement {
  const { author, title, url, description, fields = [], image, thumbnail, footer, timestamp, color } = embed;
  const element = h(
    'article',
    { class: ['embed', image && 'with-picture', thumbnail && 'with-thumbnail'].filter(Boolean).join(' ') },
    author && h('div', { class: 'embed-author' }, named(author.name, author.url)),
    title && h('div', { class: 'embed-title' }, named(inlineMarkdown(title, context), url)),
    description && h('div', { class: 'embed-description markdown' }, ...markdown(description, context)),
    fields.length > 0 && fieldGrid(fields, context),
    image && h('div', { class: 'embed-picture' }, picture(image, LARGEST_PICTURE)),
    thumbnail && h('div', { class: 'embed-thumbnail' }, picture(thumbnail, { width: 80, height: 80 })),
    (footer ?? timestamp) !== undefined &&
      h(
        'div',
        { class: 'embed-footer' },
        [footer?.text, timestamp && sentAt(Date.parse(timestamp))].filter(Boolean).join(' • '),
      ),
  );
  if (color !== undefined) {
    element.style.setProperty('--embed-bar', `#${color.toString(16).padStart(6, '0')}`);
  }
  return element;
}

function named(text: string | Node[], url: string | undefined): Node {
  const children = typeof text === 'string' ? [text] : text;
  if (url === undefined || !/^https?:/.test(url)) return h('span', {}, ...children);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

/** Inline fields stand beside each other, up to three; a phone shows each in a line of its own. */
function fieldGrid(fields: readonly APIEmbedField[], context: MarkdownContext): HTMLElement {
  const rows: APIEmbedField[][] = [];
  for (const field of fields) {
    const last = rows.at(-1);
    const fits = last?.[0]?.inline && field.inline && last.length < MOST_IN_A_ROW;
    if (fits) last!.push(field);
    else rows.push([field]);
  }
  const drawn = rows.flatMap((row) =>
    row.map(({ name, value }) =>
      h(
        'div',
        { class: `embed-field span-${COLUMNS / row.length}` },
        h('div', { class: 'embed-field-name' }, ...inlineMarkdown(name, context)),
        h('div', { class: 'embed-field-value markdown' }, ...markdown(value, context)),
      ),
    ),
  );
  return h('div', { class: 'embed-fields' }, ...drawn);
}
