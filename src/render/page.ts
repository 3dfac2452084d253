import type {
  APIButtonComponentWithCustomId,
  APIEmbed,
  APIStringSelectComponent,
  InteractionEditReplyOptions,
} from 'discord.js';
import { cut, cutMarkdown } from './text.ts';

/**
 * Characters of a fixed-width font in one line on a phone 390 px wide, above the embed and in it; what is longer
 * wraps.
 */
export const PHONE_WIDTH = { content: 40, embed: 36 } as const;

/** The same above the embed in a window 1,280 px wide. */
export const DESKTOP_WIDTH = 88;

/** What the owner is answered: one embed, and rows of components under it. */
export interface Page {
  /** Stands above the embed, in the full width of the window. */
  content?: string;
  title: string;
  text: string;
  fields?: readonly { name: string; value: string; inline?: boolean }[];
  footer?: string;
  tone?: keyof typeof TONES;
  rows?: readonly (readonly Component[])[];
  /** Left out, the files of the page before stay with the answer. */
  files?: readonly PageFile[] | undefined;
  /** A picture under the text. */
  image?: PageFile | undefined;
}

/** A file that is attached to the answer. */
export interface PageFile {
  readonly name: string;
  readonly content: string | Buffer;
}

type Component = APIButtonComponentWithCustomId | APIStringSelectComponent;

/** Embed colours, readable beside Discord's dark and light themes. */
const TONES = { plain: 0x5865f2, good: 0x2d9d78, warning: 0xd9822b, bad: 0xd64545 } as const;

/** Discord's limits, in characters and pieces; all the characters of an embed count together too. */
const LIMITS = {
  content: 2_000,
  title: 256,
  description: 4_096,
  fields: 25,
  name: 256,
  value: 1_024,
  footer: 2_048,
  all: 6_000,
};

const ACTION_ROW = 1;

/** The page as discord.js takes it, within Discord's limits whatever the page holds; it mentions nobody. */
export function toMessage(page: Page) {
  const embed: APIEmbed = { title: cut(page.title, LIMITS.title), color: TONES[page.tone ?? 'plain'] };
  let left = LIMITS.all - embed.title!.length;
  const take = (text: string, most: number): string => {
    const taken = cutMarkdown(text, Math.min(most, left));
    left -= taken.length;
    return taken;
  };
  if (page.footer) embed.footer = { text: take(page.footer, LIMITS.footer) };
  embed.description = take(page.text, LIMITS.description);
  embed.fields = [];
  for (const { name, value, inline = false } of page.fields?.slice(0, LIMITS.fields) ?? []) {
    // A field without a name or a value is refused.
    if (left < 2) break;
    embed.fields.push({
      name: take(name || '\u200b', Math.min(LIMITS.name, left - 1)),
      value: take(value || '\u200b', LIMITS.value),
      inline,
    });
  }
  if (page.image) embed.image = { url: `attachment://${page.image.name}` };
  const files = page.image ? [...(page.files ?? []), page.image] : page.files;
  return {
    // Said even where there is none, so that an edit removes what was there.
    content: cutMarkdown(page.content ?? '', LIMITS.content),
    embeds: [embed],
    components: rowsOf(page, (component) => component),
    ...(files && {
      attachments: [],
      files: files.map(({ name, content }) => ({ name, attachment: Buffer.from(content) })),
    }),
    allowedMentions: { parse: [] },
  } satisfies InteractionEditReplyOptions;
}

/** What makes the components of a page that is shown unusable, and leaves the rest as it is. */
export function inactive(page: Page): InteractionEditReplyOptions {
  return { components: rowsOf(page, (component) => ({ ...component, disabled: true })) };
}

function rowsOf({ rows = [] }: Page, map: (component: Component) => Component) {
  return rows.map((row) => ({ type: ACTION_ROW, components: row.map(map) }));
}
