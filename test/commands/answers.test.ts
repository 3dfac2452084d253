import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import type { Posted, Run } from '../standin/standin.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

async function answer(run: Promise<Run>): Promise<Posted> {
  return (await run).reply();
}

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const text = ({ embeds: [embed] }: Posted) => `${embed?.title}\n${embed?.description}`;

describe('attach and detach', () => {
  test('a cog, one target, several, and all; twice says so', async () => {
    expect(text(await ask('profiler attach target:ping'))).toContain('Attached 1 target');
    expect(text(await ask('profiler attach target:ping'))).toMatch(
      /Nothing new to attach[\s\S]*Timed already[\s\S]*command\/ping/,
    );
    expect(text(await ask('profiler attach target:queue add, queue list'))).toContain('Attached 2 targets');
    expect(text(await ask('profiler attach target:all'))).toContain('Attached 3 targets');
    expect([...bot.profiler.tracked.keys()].map((id) => id.split('/').slice(1).join('/')).sort()).toEqual([
      'command/fail',
      'command/ping',
      'command/queue add',
      'command/queue list',
      'listener/messageCreate',
      'listener/typingStart',
    ]);
    expect(text(await ask('profiler detach target:queue add'))).toContain('Detached 1 target');
    expect(text(await ask('profiler detach target:all'))).toContain('Detached 5 targets');
    expect(text(await ask('profiler detach target:all'))).toContain('Nothing is timed');
  });

  test('the dispatcher is only attached by its name, and detached with all', async () => {
    await ask('profiler attach target:all');
    expect(bot.profiler.tracked.size).toBe(6);
    await ask('profiler attach target:interactionCreate');
    expect(bot.profiler.tracked.size).toBe(7);
    await ask('profiler detach target:all');
    expect(bot.profiler.tracked.size).toBe(0);
  });

  test('an unknown target gets the nearest names, and buttons that attach them', async () => {
    const reply = await ask('profiler attach target:quue add');
    expect(text(reply)).toMatch(/nothing called "quue add"[\s\S]*Did you mean [\s\S]*queue add/);
    const button = reply.allComponents.find(({ label }) => String(label).endsWith('queue add'))!;
    const attached = await answer(bot.discord.owner.clicks(reply, button['custom_id'] as string));
    expect(text(attached)).toContain('Attached 1 target');
    expect(text(await ask('profiler attach target:zzzzzzzzzzzzzzz'))).toMatch(
      /nothing called "z+" to track\.\n/,
    );
  });

  test('autocomplete ranks what begins with the text before what contains it, before misspellings', async () => {
    const names = async (typed: string) =>
      (await bot.discord.owner.types(`profiler attach target:${typed}`)).map(
        ({ name }) => name.split(' · ')[0],
      );
    expect((await names(''))[0]).toBe('all');
    expect((await names('queue'))[0]).toMatch(/queue add$/);
    expect((await names('li'))[0]).toBe('listeners');
    expect((await names('add'))[0]).toMatch(/queue add$/);
    expect((await names('pnig'))[0]).toMatch(/ping$/);
    expect(await names('xxxxxxxxxxxx')).toEqual([]);
    expect(await bot.discord.owner.types('profiler detach target:')).toEqual([]);
    await ask('profiler attach target:ping');
    expect(await bot.discord.owner.types('profiler detach target:')).toHaveLength(4);
  });

  test('what was offered can be chosen', async () => {
    for (const { value } of await bot.discord.owner.types('profiler attach target:')) {
      const reply = await answer(bot.discord.owner.runs('profiler attach', { target: value }));
      expect(text(reply)).toMatch(/Attached|Nothing new/);
    }
  });
});

test('settings and help tell how things stand', async () => {
  await ask('profiler attach target:ping');
  const fields = (await ask('profiler settings')).embeds[0]!.fields!;
  expect(fields.find(({ name }) => name === 'Timed')!.value).toMatch(/^1 of \d targets/);
  expect(fields.find(({ name }) => name === 'Kept for')!.value).toBe('1h');
  expect(fields.find(({ name }) => name === 'Kept in')!.value).toMatch(
    /^memory; saving is off\n\d\S* (B|[KMG]iB) in memory, \d\S* (B|[KMG]iB) packed$/,
  );
  const help = await ask('profiler help');
  expect(help.embeds[0]!.footer!.text).toMatch(
    /^cogscope \d+\.\d+\.\d+ · Node \d+\.\d+\.\d+ · discord\.js 14\.\d+\.\d+$/,
  );
  expect(text(await answer(bot.discord.owner.clicks(help, 'View')))).toContain('What takes the time');
});

test("the bot's own listeners never see our interactions, and nothing of ours is among them", async () => {
  await ask('profiler attach target:all');
  const view = await ask('profiler view');
  await answer(bot.discord.owner.clicks(view, '↻'));
  await bot.discord.owner.types('profiler attach target:p');
  expect(bot.unknown).toEqual([]);
  expect(bot.client.listenerCount('interactionCreate')).toBe(1);
  expect(bot.profiler.targets.has('fixtures/listener/interactionCreate')).toBe(true);
});

describe('when Discord fails us', () => {
  test('500 on our answer is retried by discord.js, and the owner sees it', async () => {
    const fault = bot.discord.fault({ path: /callback/, status: 500, times: 2 });
    expect(text(await ask('profiler help'))).toContain('How to find');
    expect(fault.hits).toBe(2);
  });

  test('429 on our edit is waited for', async () => {
    const fault = bot.discord.fault({
      path: /messages\/(@|%40)original/,
      status: 429,
      retryAfterMs: 50,
      times: 1,
    });
    expect(text(await ask('profiler help'))).toContain('How to find');
    expect(fault.hits).toBe(1);
  });

  test('an answer that cannot be given at all is told to the logger, and nobody else', async () => {
    bot.discord.fault({ path: /callback/, status: 403, code: 50_001, times: 1 });
    await bot.discord.owner.runs('profiler help');
    await bot.discord.until(() => bot.warnings.length > 0, 'a warning');
    expect(bot.warnings).toEqual([expect.stringContaining('An answer could not be given')]);
    expect(text(await ask('profiler help'))).toContain('How to find');
  });
});
