import { refuse } from '../api-error.ts';
import { checkComponents } from './components.ts';
import { limits } from './limits.ts';
import {
  boolean,
  type Check,
  date,
  type Fields,
  Issues,
  integer,
  isFields,
  list,
  missing,
  required,
  shape,
  text,
  url,
} from './schema.ts';

export const flag = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  componentsV2: 1 << 15,
} as const;

const mediaUrl = url('http', 'https', 'attachment');
const link = url('http', 'https');

/** An embed in which nothing would be seen. */
const notBlank: Check = (embed, path, issues) => {
  const shown = ['title', 'description', 'fields', 'image', 'thumbnail', 'author', 'footer', 'video'];
  if (!isFields(embed)) return;
  const seen = shown.some((name) => {
    const value = embed[name];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  if (!seen) missing([...path, 'description'], issues);
};

const embed = shape(
  {
    title: text({ max: limits.embedTitle }),
    description: text({ max: limits.embedDescription }),
    url: link,
    timestamp: date,
    color: integer(0, limits.color),
    footer: shape({ text: required(text({ max: limits.embedFooter })), icon_url: mediaUrl }),
    image: shape({ url: required(mediaUrl) }),
    thumbnail: shape({ url: required(mediaUrl) }),
    author: shape({ name: required(text({ max: limits.embedAuthor })), url: link, icon_url: mediaUrl }),
    fields: list(
      shape({
        name: required(text({ max: limits.embedFieldName })),
        value: required(text({ max: limits.embedFieldValue })),
        inline: boolean,
      }),
      0,
      limits.embedFields,
    ),
  },
  notBlank,
);

const message = shape({
  content: text({ max: limits.content }),
  embeds: list(embed, 0, limits.embeds),
  // Too many of them have an error code of their own, below.
  attachments: list(
    shape({ description: text({ max: limits.attachmentDescription }) }),
    0,
    Number.POSITIVE_INFINITY,
  ),
});

/**
 * Checks a message before it is sent or edited. `whole` is the message as it would be after an edit; for a
 * new message it's the body itself. `at` is where the body stands in the request, `data` in a callback.
 */
export function checkMessage(
  body: Fields,
  whole: Fields,
  fileCount: number,
  at: readonly string[] = [],
): void {
  const issues = new Issues();
  const v2 = (Number(whole['flags'] ?? 0) & flag.componentsV2) !== 0;
  message(body, at, issues);
  const embedLength = (Array.isArray(body['embeds']) ? body['embeds'] : []).reduce(
    (total: number, one: unknown) => total + embedTextLength(one),
    0,
  );
  if (embedLength > limits.embedTotal) {
    const why = `Embed size exceeds maximum size of ${limits.embedTotal}`;
    issues.add([...at, 'embeds'], 'MAX_EMBED_SIZE_EXCEEDED', why);
  }
  checkComponents(body['components'], v2 ? 'messageV2' : 'message', [...at, 'components'], issues);
  if (v2) {
    for (const name of ['content', 'embeds', 'poll', 'sticker_ids']) {
      if (!filled(whole[name])) continue;
      const why = `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      issues.add([...at, name], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', why);
    }
  }
  issues.throwIfAny();
  const listed = Array.isArray(whole['attachments']) ? whole['attachments'].length : 0;
  if (Math.max(fileCount, listed) > limits.attachments) throw refuse('tooManyFiles');
  const shown = ['content', 'embeds', 'components', 'poll', 'sticker_ids', 'attachments'];
  if (fileCount === 0 && !shown.some((name) => filled(whole[name]))) throw refuse('emptyMessage');
}

function filled(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** What counts towards the 6,000: titles, descriptions, fields, footers and authors. */
function embedTextLength(value: unknown): number {
  if (!isFields(value)) return 0;
  const length = (part: unknown, ...names: readonly string[]) =>
    names.reduce((sum, name) => sum + String((isFields(part) ? part[name] : undefined) ?? '').length, 0);
  const fields = Array.isArray(value['fields']) ? value['fields'] : [];
  return (
    length(value, 'title', 'description') +
    length(value['footer'], 'text') +
    length(value['author'], 'name') +
    fields.reduce((sum: number, field: unknown) => sum + length(field, 'name', 'value'), 0)
  );
}
