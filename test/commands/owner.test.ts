import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  type TextChannel,
} from 'discord.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SUBCOMMANDS } from '../../src/commands/index.ts';
import { pathOf } from '../../src/commands/subcommand.ts';
import { Profiler } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { Posted, Run } from '../standin/standin.ts';

const FILE = { filename: 'data.jsonl', bytes: '{"cogscope":1}' };
const MODAL = 9;
const REFUSAL = 'Only the owner of this bot can use this.';
/** Something that each required option takes. */
function exampleOf(option: APIApplicationCommandBasicOption): string | typeof FILE {
  if (option.type === ApplicationCommandOptionType.Attachment) return FILE;
  if ('choices' in option && option.choices) return String(option.choices[0]!.value);
  if (option.type === ApplicationCommandOptionType.Boolean) return 'true';
  return 'min_value' in option ? String(option.min_value) : 'all';
}
const calls = SUBCOMMANDS.map((subcommand) => {
  const required = (subcommand.options ?? []).filter((option) => option.required);
  const examples = required.map((option) => [option.name, exampleOf(option)] as const);
  return [`profiler ${pathOf(subcommand)}`, Object.fromEntries(examples)] as const;
});
/** Every option that is completed while it is typed. */
const completed = SUBCOMMANDS.flatMap((subcommand) =>
  (subcommand.options ?? []).flatMap((option) =>
    'autocomplete' in option && option.autocomplete ? `profiler ${pathOf(subcommand)} ${option.name}:` : [],
  ),
);

describe('who may use /profiler', () => {
  let bot: Awaited<ReturnType<typeof startBot>>;
  let folder: ReturnType<typeof temporaryFolder>;
  beforeAll(async () => {
    folder = temporaryFolder();
    const team = {
      members: [
        { name: 'member', role: 'developer' },
        { name: 'invited', state: 'invited' },
      ],
    } as const;
    bot = await startBot({ profileDir: folder.path }, { team, users: ['member', 'invited', 'mallory'] });
  });
  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  for (const place of [undefined, 'dm'] as const) {
    const where = place === undefined ? {} : { in: place };
    describe(place === undefined ? 'in a guild' : 'in a direct message', () => {
      test.each(calls)('%s answers the owner and team members, unseen by others', async (call, options) => {
        for (const name of ['owner', 'member']) {
          const reply = await (await bot.discord.user(name).runs(call, options, where)).reply();
          expect(reply.ephemeral).toBe(true);
          expect(reply.embeds).toHaveLength(1);
          expect(reply.content).not.toBe(REFUSAL);
        }
      });

      test.each(calls)('%s refuses strangers and those only invited to the team', async (call, options) => {
        for (const name of ['mallory', 'invited']) {
          const run = await bot.discord.user(name).runs(call, options, where);
          expectRefusal(await run.reply());
        }
      });

      test.each(completed)('autocomplete of %s tells strangers nothing', async (text) => {
        expect(await bot.discord.user('mallory').types(text, where)).toEqual([]);
        await (await bot.discord.owner.runs('profiler attach target:all')).reply();
        expect(await bot.discord.owner.types(text, where)).not.toEqual([]);
      });
    });
  }

  test.each(calls)('the components of %s refuse strangers', async (call, options) => {
    await (await bot.discord.owner.runs('profiler attach target:all')).reply();
    const { components, allComponents, embeds } = await (await bot.discord.owner.runs(call, options)).reply();
    const usable = allComponents.filter((component) => typeof component['custom_id'] === 'string');
    if (usable.length === 0) return;
    // Our answers are ephemeral: for a stranger to click at all, they have to stand in a message for everybody.
    const channel = await bot.client.channels.fetch(bot.discord.channel().id);
    await (channel as TextChannel).send({ content: 'menu', components: components as never });
    const menu = bot.discord.botMessages().at(-1)!;
    const stranger = bot.discord.user('mallory');
    for (const { custom_id: customId, options: choices, disabled } of usable) {
      if (disabled) continue;
      const run = await (Array.isArray(choices)
        ? stranger.chooses(menu, customId as string, choices[0].value)
        : stranger.clicks(menu, customId as string));
      expectRefusal(await run.reply());
    }
    expect(menu.content).toBe('menu');
    expect(embeds).toHaveLength(1);
  });

  test('a configured owner may do all that the owner may', async () => {
    await using other = await startBot({}, { users: ['friend'] });
    const friend = other.discord.user('friend');
    await other.profiler.destroy();
    await using again = new Profiler(other.client, { ownerIds: [friend.id], profileDir: folder.path });
    again.rules.switch('task', false);
    again.attach('all');
    for (const [call, options] of calls) {
      for (const where of [{}, { in: 'dm' }] as const) {
        const reply = await (await friend.runs(call, options, where)).reply();
        expect(reply.content).not.toBe(REFUSAL);
        expect(reply.embeds).toHaveLength(1);
      }
    }
    for (const text of completed) expect(await friend.types(text)).not.toEqual([]);
  });

  test('forms are refused of who has left the team since they were opened', async () => {
    const member = bot.discord.user('member');
    const opened: Run[] = [];
    // A recording has no forms, and its page changes by itself.
    for (const [call, options] of calls.filter(([call]) => !/ (cpu|pyspy)$/.test(call))) {
      const open = async () => (await member.runs(call, options)).reply();
      const { length } = (await open()).allComponents;
      for (let index = 0; index < length; index++) {
        // Anew each time: a click may make another page of it, and detach what is attached.
        bot.profiler.attach('all');
        const page = await open();
        const { custom_id: id, disabled, options: choices } = page.allComponents[index] ?? {};
        if (typeof id !== 'string' || disabled) continue;
        const last = (choices as { value: string }[] | undefined)?.at(-1)?.value;
        const run = await (last === undefined ? member.clicks(page, id) : member.chooses(page, id, last));
        if ((await run.acknowledgement()) === MODAL) opened.push(run);
        else await run.reply();
      }
    }
    // A filter, names to attach and to detach, hours, a threshold, the ignore list.
    expect(opened.length).toBeGreaterThanOrEqual(6);
    const { team } = bot.discord.world;
    team!.members = team!.members.filter(({ user }) => user.id !== member.id);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 });
    try {
      const settings = bot.profiler.rules.toJSON();
      for (const run of opened) {
        const { components } = await run.modal();
        const fields = components.flatMap((row) => ('components' in row ? row.components : []));
        const answers = fields.map((field) => [(field as { custom_id: string }).custom_id, '1'] as const);
        expectRefusal(await (await member.submits(run, Object.fromEntries(answers))).reply());
      }
      expect(bot.profiler.rules.toJSON()).toEqual(settings);
    } finally {
      vi.useRealTimers();
    }
  });

  function expectRefusal(reply: Posted) {
    expect(reply.ephemeral).toBe(true);
    expect(reply.content).toBe(REFUSAL);
    expect(reply.embeds).toEqual([]);
    expect(reply.components).toEqual([]);
  }
});
