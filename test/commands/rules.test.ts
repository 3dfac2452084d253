import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { hold } from '../fixtures/hold.ts';
import type { Posted } from '../standin/standin.ts';

let bot: Awaited<ReturnType<typeof startBot>>;
beforeEach(async () => {
  bot = await startBot({ cogOf: ({ kind }) => (kind === 'listener' ? 'events' : 'games') });
});
afterEach(() => bot[Symbol.asyncDispose]());

const ask = async (text: string) => (await bot.discord.owner.runs(text)).reply();
const text = ({ embeds: [embed] }: Posted) => `${embed?.title}\n${embed?.description}`;
const tracked = () => [...bot.profiler.tracked.keys()].sort();
const commands = [
  'games/command/fail',
  'games/command/ping',
  'games/command/queue add',
  'games/command/queue list',
];

test('a kind is switched off and on, for all cogs or for one', async () => {
  await ask('profiler attach target:all');
  expect(text(await ask('profiler rules tracking kind:listener state:false'))).toMatch(
    /event listener are off[\s\S]*Timed now: 4, that is 2 fewer/,
  );
  expect(tracked()).toEqual(commands);
  expect(text(await ask('profiler rules tracking kind:listener state:true cog:events'))).toMatch(
    /are on[\s\S]*in `events`[\s\S]*2 more/,
  );
  expect(tracked()).toHaveLength(6);
  expect(text(await ask('profiler rules tracking kind:listener state:true cog:evnts'))).toContain(
    'Did you mean events',
  );
  expect(
    (await ask('profiler settings')).embeds[0]!.fields!.find(({ name }) => name === 'Kinds')!.value,
  ).toBe('off: event listener, scheduled task');
});

test('the ignore list', async () => {
  expect(text(await ask('profiler rules ignore'))).toContain('Nothing is ignored');
  expect(text(await ask('profiler rules ignore pattern:*queue*'))).toMatch(
    /Ignored: \*queue\*[\s\S]*2 targets[\s\S]*`\*queue\*`[\s\S]*queue add/,
  );
  expect(text(await ask('profiler attach target:games'))).toMatch(
    /Attached 2 targets[\s\S]*Could not be attached[\s\S]*queue add`: it is on the ignore list/,
  );
  const [offered] = await bot.discord.owner.types('profiler rules ignore pattern:que');
  expect(offered).toEqual({ name: '*queue* · take it off', value: '*queue*' });
  expect(text(await ask('profiler rules ignore pattern:*queue*'))).toContain('No longer ignored');
  expect(tracked()).toEqual(commands);
});

test('the threshold below which single calls are not kept', async () => {
  await ask('profiler attach target:ping');
  expect(text(await ask('profiler rules threshold ms:60000 target:ping'))).toMatch(
    /Calls of 1min or more[\s\S]*games\/command\/ping/,
  );
  await ask('ping');
  await expect.poll(async () => (await bot.profiler.summary()).rows[0]!.count, { timeout: 5_000 }).toBe(1);
  expect(bot.profiler.calls('games/command/ping')!.latest).toEqual([]);
  expect(text(await ask('profiler rules threshold ms:250'))).toContain('Calls of 250ms or more');
  expect(bot.profiler.rules.thresholdMsOf('games/command/fail')).toBe(250);
  expect(text(await ask('profiler rules threshold ms:0 target:pnig'))).toContain('Did you mean');
});

test('methods lists all that can be timed, in a file', async () => {
  class Shop {
    static open = true;
    get price(): number {
      throw new Error('A getter of the bot was run.');
    }
    async buy() {}
    sell() {}
  }
  bot.profiler.register('shop', hold(new Shop()));
  await ask('profiler attach target:ping, sell');
  await ask('profiler rules ignore pattern:fail');
  const reply = await ask('profiler methods');
  expect(text(reply)).toMatch(/in 2 cogs[\s\S]*`games` \d+ targets, 2 timed[\s\S]*`events`/);
  const [file] = reply.attachments;
  expect(file!.filename).toMatch(/^profiler_methods_\d{8}_\d{6}\.txt$/);
  const lines = file!.text.split('\n');
  const line = (id: string) => lines.find((candidate) => candidate.includes(id))!;
  expect(lines[0]).toMatch(/^What can be timed in this bot: \d+ targets, \d{4}-/);
  expect(line('games/command/ping')).toMatch(
    /^ {2}\+ games\/command\/ping +async {2}\S*fixtures\/bot\.ts:\d+$/,
  );
  expect(line('games/command/fail')).toMatch(/^ {2}- .*\(it is on the ignore list\)$/);
  expect(line('games/method/sell')).toMatch(/^ {2}\+ .* sync /);
  expect(line('games/method/price')).toMatch(/^ {2}- .*\(it is an accessor\)$/);
  expect(line('games/method/buy')).toMatch(/^ {4}games\/method\/buy +async/);
  expect(line('listener/interactionCreate')).toContain('(hands calls on: timed only by its own name)');

  const filtered = await ask('profiler methods cog:games filter:QUEUE');
  expect(text(filtered)).toContain('2 targets in 1 cog');
  expect(text(await ask('profiler methods filter:nothing'))).toContain('Nothing fits');
});

test('a target that is called too often for the budget shows estimates, with an exact count', async () => {
  await using busy = await startBot({ budgetPercent: 0.1 });
  busy.profiler.attach('typingStart');
  const row = async () => (await busy.profiler.summary()).rows[0]!;
  let emitted = 0;
  const emitting = setInterval(() => {
    for (let each = 0; each < 5_000; each++) busy.client.emit('typingStart', {} as never);
    emitted += 5_000;
  }, 5);
  const untimed = async () => {
    const { timed, count } = await row();
    return count - timed;
  };
  await expect.poll(untimed, { message: 'estimates', timeout: 5_000 }).toBeGreaterThan(0);
  clearInterval(emitting);
  expect((await row()).count).toBe(emitted);
  const view = await (await busy.discord.owner.runs('profiler view')).reply();
  expect(view.content).toContain('≈~');
  expect(view.embeds[0]!.footer!.text).toContain('≈ estimated from some calls');
  const settings = await (await busy.discord.owner.runs('profiler settings')).reply();
  expect(settings.embeds[0]!.fields!.find(({ name }) => name === 'Costs')!.value).toMatch(
    /a call\n.* % of a core in the last minute; at most 0\.1 %\n1 target with estimates/,
  );
});
