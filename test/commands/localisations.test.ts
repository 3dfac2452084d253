import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandData } from '../../src/commands/desk/registration.ts';
import { SUBCOMMANDS } from '../../src/commands/index.ts';
import { LANGUAGES } from '../../src/commands/localisations/index.ts';
import type { Language } from '../../src/commands/localisations/text.ts';
import { startBot } from '../fixtures/bot.ts';

/** The last type of option that is typed as a word: subcommands are 1, groups 2. */
const LAST_WORD_TYPE = 2;
/** Discord's rule, without the apostrophe: it is documented, and refused. */
const NAME = /^[-_\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LONGEST_TEXT = 100;
const LARGEST_COMMAND = 8_000;

/** What is the same as in English, and meant to be. */
const SAME_AS_ENGLISH: Readonly<Record<string, readonly string[]>> = {
  de: ['cog', 'cpu', 'filter', 'heap', 'ms', 'pyspy'],
  fr: ['caches', 'cog', 'cpu', 'ms', 'pyspy'],
  'es-ES': ['cog', 'cpu', 'heap', 'ms', 'pyspy'],
  'pt-BR': ['caches', 'cog', 'cpu', 'heap', 'ms', 'pyspy'],
  ja: ['cog', 'cpu', 'pyspy'],
};

type Localisations = Readonly<Record<string, string>> | null | undefined;

/** The command, a group, a subcommand, an option or a choice, as it is registered. */
interface Part {
  readonly type?: number;
  readonly name: string;
  readonly nameLocalizations?: Localisations;
  readonly description?: string;
  readonly descriptionLocalizations?: Localisations;
  readonly value?: string | number;
  readonly options?: readonly Part[];
  readonly choices?: readonly Part[];
}

interface Entry {
  readonly key: string;
  readonly part: Part;
  /** The others that stand beside it. */
  readonly siblings: readonly Entry[];
}

/** A part and all that is in it, each with the key of its texts. */
function entriesOf(part: Part, key = '', siblings: readonly Entry[] = []): Entry[] {
  const inner = [
    ...(part.options ?? []).map((option) => {
      const isWord = option.type! <= LAST_WORD_TYPE;
      return { part: option, key: isWord ? `${key} ${option.name}`.trim() : `${key}.${option.name}` };
    }),
    ...(part.choices ?? []).map((choice) => ({ part: choice, key: `${key}=${choice.value}` })),
  ].map((entry) => ({ ...entry, siblings: [] }));
  return [
    { key, part, siblings },
    ...inner.flatMap((entry) =>
      entriesOf(
        entry.part,
        entry.key,
        inner.filter((other) => other !== entry),
      ),
    ),
  ];
}

const registered = entriesOf(commandData(SUBCOMMANDS) as Part);
const languages: readonly Language[] = LANGUAGES;

test('each locale has one language', () => {
  const locales = languages.flatMap(({ locales }) => locales);
  expect(locales).toEqual([...new Set(locales)]);
  expect(locales).toEqual(expect.arrayContaining(['de', 'fr', 'es-ES', 'es-419', 'pt-BR', 'ja']));
});

describe.each(languages)('in $locales', ({ locales, texts }) => {
  /** What is registered, with what it is called; what is missing has a test of its own. */
  const translated = registered.map((entry) => ({ ...entry, ...texts[entry.key] }));
  const named = translated.filter(({ name }) => name !== undefined);

  test('all that is registered has its texts, and nothing else has', () => {
    const wanted = registered.map(({ key, part }) => [
      key,
      [...(part.description === undefined ? [] : ['description']), ...(key === '' ? [] : ['name'])],
    ]);
    const found = Object.entries(texts).map(([key, text]) => [key, Object.keys(text).sort()]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  test('names follow the rules of Discord', () => {
    const wrong = named.filter(({ part, name = '' }) =>
      // Choices are shown, and not typed.
      part.value === undefined
        ? !NAME.test(name) || name !== name.toLowerCase()
        : name === '' || name.length > LONGEST_TEXT,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('descriptions have 1 to 100 characters', () => {
    const wrong = translated.filter(
      ({ description }) => description === '' || (description?.length ?? 0) > LONGEST_TEXT,
    );
    expect(wrong.map(({ description }) => description)).toEqual([]);
  });

  test('a name is neither that of a sibling, nor that of a sibling in English', () => {
    const wrong = named.filter(({ name, siblings }) =>
      siblings.some(({ key, part }) => name === texts[key]?.name || name === part.name),
    );
    expect(wrong.map(({ key, name }) => `${key}: ${name}`)).toEqual([]);
  });

  test('texts are others than in English, but for those that are meant to be the same', () => {
    const same = translated.flatMap(({ part, name, description }) => [
      ...(name === part.name ? [name] : []),
      ...(description !== undefined && description === part.description ? [description] : []),
    ]);
    expect([...new Set(same)].sort()).toEqual(SAME_AS_ENGLISH[locales[0]!] ?? []);
  });

  test('texts are tidy: no blanks at their ends, none twice, no straight quotation marks', () => {
    const all = translated.flatMap(({ name = '', description = '' }) => [name, description]);
    expect(all.filter((text) => text !== text.trim() || /\s\s|["']/.test(text))).toEqual([]);
  });

  test('figures, and what is typed as it stands, are those of the English text', () => {
    for (const { key, part, description = '' } of translated) {
      for (const literal of literalsOf(part.description ?? ''))
        expect(literalsOf(description), `${key}: ${literal}`).toContain(literal);
    }
  });
});

/** Whole numbers, wildcards and file names. Decimals are written differently. */
function literalsOf(text: string): string[] {
  return text.match(/(?<![\d.,])\d+(?![\d.,]*\d)|\*|\.jsonl(?:\.gz)?/g) ?? [];
}

test('the command is within 8,000 characters, where the longest localisation of each text counts', () => {
  const longest = (text: string | undefined, localisations: Localisations) =>
    Math.max(...[text ?? '', ...Object.values(localisations ?? {})].map(({ length }) => length));
  const lengths = registered.map(
    ({ part }) =>
      longest(part.name, part.nameLocalizations) +
      longest(part.description, part.descriptionLocalizations) +
      String(part.value ?? '').length,
  );
  expect(lengths.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(LARGEST_COMMAND);
});

describe('on Discord', () => {
  let bot: Awaited<ReturnType<typeof startBot>>;
  beforeAll(async () => {
    bot = await startBot();
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  test('the command is there in every language', async () => {
    const commands = await bot.client.application!.commands.fetch({ withLocalizations: true });
    const kept = entriesOf(commands.find(({ name }) => name === 'profiler') as unknown as Part);
    expect(kept.map(({ key }) => key)).toEqual(registered.map(({ key }) => key));
    for (const { key, part } of kept) {
      expect(part.nameLocalizations ?? {}, key).toEqual(inEachLocale(key, 'name'));
      if (part.value === undefined)
        expect(part.descriptionLocalizations ?? {}, key).toEqual(inEachLocale(key, 'description'));
    }
  });

  function inEachLocale(key: string, field: 'name' | 'description'): Record<string, string> {
    const texts = languages.flatMap(({ locales, texts }) =>
      locales.map((locale) => [locale, texts[key]?.[field]]),
    );
    return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
  }
});
