import { LANGUAGES } from './index.ts';
import type { Text } from './text.ts';

/** The command, a group, a subcommand, an option or a choice, as discord.js takes it. */
export interface Part {
  readonly name: string;
  /** Of a choice. */
  readonly value?: string | number;
  /** Of the command, its groups and subcommands, be it none. */
  readonly options?: readonly Part[];
  readonly choices?: readonly Part[];
}

/** The part and all that is in it, with its texts in every language; where there is none, Discord shows English. */
export function localised(part: Part, key = ''): Part {
  const inner = (one: Part) => localised(one, keyOf(key, one));
  return {
    ...part,
    nameLocalizations: byLocale(key, 'name'),
    descriptionLocalizations: byLocale(key, 'description'),
    ...(part.options && { options: part.options.map(inner) }),
    ...(part.choices && { choices: part.choices.map(inner) }),
  } as Part;
}

/** Under which its texts are found; see `Texts`. */
function keyOf(parent: string, { name, value, options }: Part): string {
  if (value !== undefined) return `${parent}=${value}`;
  if (options === undefined) return `${parent}.${name}`;
  return parent === '' ? name : `${parent} ${name}`;
}

function byLocale(key: string, field: keyof Text): Record<string, string> {
  return Object.fromEntries(
    LANGUAGES.flatMap(({ locales, texts }) => {
      const text = texts[key]?.[field];
      return text === undefined ? [] : locales.map((locale) => [locale, text]);
    }),
  );
}
