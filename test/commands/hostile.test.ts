import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TARGET_KINDS } from '../../src/cog/target.ts';
import { SUBCOMMANDS } from '../../src/commands/index.ts';
import { pathOf } from '../../src/commands/subcommand.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { Posted } from '../standin/standin.ts';
import { answer } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

const MINUTE_MS = 60_000;
const BUTTON = 2;
const SELECT = 3;
/** What the pages are looked at for, beside what the local Discord refuses. */
const MENTION = /@(everyone|here)|<(@[!&]?|#)\d/;

/** Names as bots have them at worst. */
const name = fc
  .string({
    unit: fc.constantFrom(
      ...['a', 'Z', '7', ' ', '-', '_', '.', ':', ',', '|', '/', '\\', '`', '```', '*', '~~', '\n', '\u202e'],
      ...['ß', '語', '👩‍👩‍👧‍👦', 'ש', '@everyone', '<@1>', '<t:0:R>', '\u001f', '%2F', '#', '||'],
    ),
    minLength: 1,
    maxLength: 100,
  })
  .map((text) => text.slice(0, 100).toWellFormed());
const kind = fc.constantFrom(...TARGET_KINDS.map((kind) => kind.name));
const bin = fc.tuple(fc.integer({ min: 0, max: 2_623 }), fc.integer({ min: 1, max: 1e6 }));

/** What was counted of a target in this minute. */
const row = fc
  .record({
    cog: name,
    kind,
    name,
    bins: fc.uniqueArray(bin, { minLength: 1, maxLength: 5, selector: ([at]) => at }),
    errorKinds: fc.dictionary(name, fc.integer({ min: 1, max: 1_000 }), { maxKeys: 4 }),
  })
  .map(({ cog, kind, name, bins, errorKinds }) => {
    const sorted = [...bins].sort(([a], [b]) => a - b);
    const count = sorted.reduce((sum, [, calls]) => sum + calls, 0);
    const edgeNs = (bin: number) => Math.round(2 ** (Math.floor(bin / 64) + 5) * (1 + (bin % 64) / 64));
    const minNs = edgeNs(sorted[0]![0]);
    const maxNs = edgeNs(sorted.at(-1)![0]);
    const errors = Math.min(
      count,
      Object.values(errorKinds).reduce((sum, times) => sum + times, 0),
    );
    return {
      target: `${cog}/${kind}/${name}`,
      count,
      timed: count,
      errors,
      aborted: 0,
      sumNs: count * maxNs,
      minNs,
      maxNs,
      sumOfSquaresMs2: count * (maxNs / 1e6) ** 2,
      histogram: sorted,
      errorKinds,
    };
  });

function* file(rows: readonly object[]): Iterable<string> {
  const startEpochMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
  const span = { shard: 0, level: 'minute', startEpochMs, coveredMs: MINUTE_MS, sinceEpochMs: startEpochMs };
  yield JSON.stringify({ cogscope: 1, application: '1', exportedAtEpochMs: Date.now() });
  for (const row of rows) yield JSON.stringify({ ...span, ...row });
}

/** Not within a word: a file's random name may be anything, such as `cogscope-7sAURo`. */
const NO_FIGURE = /(?<![\w-])(NaN|undefined|Infinity|-\d+(ms|s|µs))/;

/** What the local Discord does not refuse, but an owner would. */
function look(page: Posted): void {
  const texts = [
    page.content,
    ...page.embeds.flatMap((embed) => [embed.description ?? '', embed.title ?? '']),
  ];
  for (const field of page.embeds[0]?.fields ?? []) texts.push(field.name, field.value);
  for (const text of texts) {
    expect(text.split('```').length % 2, `a code block is open in ${text}`).toBe(1);
    // In code, and behind a backslash, nothing is a mention, and nothing is formatted.
    const outside = text
      .replace(/```.*?```/gs, '')
      .replace(/`[^`\n]*`/g, '')
      .replace(/\\./g, '');
    expect(outside).not.toMatch(MENTION);
    expect(outside).not.toMatch(NO_FIGURE);
  }
  expect(page.message.mentions).toEqual([]);
  expect(page.message.mention_everyone).toBe(false);
}

interface Left {
  steps: number;
  /** Whether the whole heap is to be looked at too: that takes seconds, and says nothing of targets. */
  readonly heap: boolean;
}

/** Looks at a page, and at what each of its components leads to, once. */
async function walk(bot: Bot, page: Posted, seen: Set<string>, left: Left): Promise<void> {
  look(page);
  for (const component of page.allComponents) {
    if (component['disabled'] || left.steps <= 0) continue;
    const values =
      component['type'] === SELECT
        ? (component['options'] as { value: string }[]).map(({ value }) => value)
        : [''];
    if (component['type'] !== SELECT && component['type'] !== BUTTON) continue;
    for (const value of values) {
      const key = `${String(component['custom_id']).split('/')[0]} ${value.length > 8 ? 'long' : value}`;
      if (seen.has(key)) continue;
      seen.add(key);
      left.steps--;
      const id = String(component['custom_id']);
      // It holds up this process for longer than the local Discord waits.
      if (id.includes(':heap snapshot:take')) continue;
      if (!left.heap && id.includes(':census/')) continue;
      // The page has gone on meanwhile, as that of a message does: its components may be others.
      if (!page.allComponents.some((now) => now['custom_id'] === id && !now['disabled'])) continue;
      const { owner } = bot.discord;
      const run = await (component['type'] === SELECT
        ? owner.chooses(page, id, value)
        : owner.clicks(page, id));
      await bot.discord.until(() => run.acknowledged, `an answer to ${id}`);
      if (run.responseType === 9) continue;
      const next = await answer(Promise.resolve(run));
      await walk(bot, next, seen, left);
    }
  }
}

/** To look at the whole heap takes seconds on a machine that others use too. */
const PATIENT = { waitMs: 30_000 };

const READ_ONLY = SUBCOMMANDS.filter(({ options = [] }) => !options.some(({ required }) => required)).map(
  pathOf,
);

test('every page is accepted by Discord whatever the bot is like, mentions nobody, and has no code block open', async () => {
  let heapIsSeen = false;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 25 }), async (rows) => {
      using folder = temporaryFolder();
      await using bot = await startBot({ profileDir: folder.path }, PATIENT);
      await bot.profiler.importData(file(rows));
      for (const { target } of rows.slice(0, 3)) {
        const [cog = 'x', , method = 'y'] = target.split('/');
        if (cog.trim() === '') continue;
        const hanging = { [method]: () => new Promise<never>(() => undefined) };
        bot.profiler.register(cog, hanging);
        bot.profiler.attach('all');
        void hanging[method]!();
      }
      bot.profiler.attach('all');
      const heap = !heapIsSeen && rows.length > 0;
      heapIsSeen ||= heap;
      for (const path of READ_ONLY) {
        const page = await answer(bot.discord.owner.runs(`profiler ${path}`));
        await walk(bot, page, new Set(), { steps: 25, heap });
        for (const word of ['', 'a', '`', '@everyone']) {
          const typed = SUBCOMMANDS.find((subcommand) => pathOf(subcommand) === path)?.options ?? [];
          for (const option of typed) {
            if (!('autocomplete' in option && option.autocomplete)) continue;
            await bot.discord.owner.types(`profiler ${path} ${option.name}:${word}`);
          }
        }
      }
      expect(bot.warnings).toEqual([]);
    }),
    // To shrink takes minutes, and the names are what matters.
    { numRuns: 5, endOnFailure: true },
  );
}, 300_000);

test('ten thousand targets and none', async () => {
  for (const targets of [0, 10_000]) {
    using folder = temporaryFolder();
    await using bot = await startBot({ profileDir: folder.path }, PATIENT);
    const rows = fc.sample(row, { numRuns: 1, seed: 5 });
    await bot.profiler.importData(
      file(
        Array.from({ length: targets }, (_, index) => ({
          ...rows[0]!,
          target: `cog${index % 400}/method/m${index}`,
        })),
      ),
    );
    for (const path of READ_ONLY) look(await answer(bot.discord.owner.runs(`profiler ${path}`)));
    expect(bot.warnings).toEqual([]);
  }
}, 120_000);
