import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { button, command, input, issues, letters, modal, option, row, select, send, times } from './raw.ts';
import { StandIn } from './standin.ts';

let discord: StandIn;
let client: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  discord = await StandIn.start({ attachmentSizeLimitBytes: 100 });
  client = await connect(discord, { rest: { globalRequestsPerSecond: 10_000 } });
});

afterAll(async () => {
  await client.destroy();
  await discord.stop();
});

describe('commands', () => {
  const nested = (type: number, ...options: object[]) => command({ options: [option({ type, options })] });

  it.each<[string, object, ...string[]]>([
    ['a name in any script', command({ name: 'größe-ไทย' })],
    ['upper case', command({ name: 'Ping' }), 'name APPLICATION_COMMAND_INVALID_NAME'],
    ['a space', command({ name: 'a b' }), 'name APPLICATION_COMMAND_INVALID_NAME'],
    ['a long name', command({ name: letters(33) }), 'name BASE_TYPE_BAD_LENGTH'],
    [
      'a bad localised name',
      command({ name_localizations: { de: 'A' } }),
      'name_localizations.de APPLICATION_COMMAND_INVALID_NAME',
    ],
    ['no description', command({ description: '' }), 'description BASE_TYPE_REQUIRED'],
    ['a long description', command({ description: letters(101) }), 'description BASE_TYPE_BAD_LENGTH'],
    ['25 options', command({ options: times(25, (index) => option({ name: `o${index}` })) })],
    [
      '26 options',
      command({ options: times(26, (index) => option({ name: `o${index}` })) }),
      'options BASE_TYPE_MAX_LENGTH',
    ],
    [
      'an option twice',
      command({ options: [option(), option()] }),
      'options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
    ],
    [
      'required after optional',
      command({ options: [option(), option({ name: 'b', required: true })] }),
      'options.1.required APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
    [
      '26 choices',
      command({
        options: [option({ choices: times(26, (index) => ({ name: `${index}`, value: `${index}` })) })],
      }),
      'options.0.choices BASE_TYPE_MAX_LENGTH',
    ],
    [
      'choices and autocomplete',
      command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
      'options.0.choices APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
    ],
    [
      'a subcommand beside a value',
      command({ options: [option({ type: 1 }), option({ name: 'b' })] }),
      'options.1.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
    ],
    ['a group in a group', nested(2, option({ type: 2 })), 'options.0.options.0.type BASE_TYPE_CHOICES'],
    [
      'a subcommand in a subcommand',
      nested(1, option({ type: 1 })),
      'options.0.options.0.type BASE_TYPE_CHOICES',
    ],
    [
      '8,000 characters',
      command({
        options: [
          option({
            description: 'd',
            choices: times(25, (index) => ({ name: letters(100), value: `${index}${letters(90)}` })),
          }),
          option({
            name: 'b',
            choices: times(25, (index) => ({ name: letters(100), value: `${index}${letters(90)}` })),
          }),
        ],
      }),
      ' APPLICATION_COMMAND_TOO_LARGE',
    ],
    ['a context menu', { name: 'Who is it?', type: 2 }],
    [
      'a described context menu',
      { name: 'Who', type: 2, description: 'd' },
      'description APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED',
    ],
  ])('%s', async (_, body, ...expected) => {
    expect(
      await issues(send(discord, 'POST', `/applications/${client.application.id}/commands`, body)),
    ).toEqual(expected);
  });

  it('are created, overwritten, edited, listed, replaced and deleted', async () => {
    const { commands } = client.application;
    await commands.set([]);
    const path = `/applications/${client.application.id}/commands`;
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
    const post = (body: object) =>
      fetch(`${discord.restUrl}/v10${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await post(command())).status).toBe(201);
    expect((await post(command({ description: 'new' }))).status).toBe(200);
    const [first] = [...(await commands.fetch({ cache: false })).values()];
    expect([first!.name, first!.description]).toEqual(['a', 'new']);
    expect((await commands.edit(first!.id, { description: 'newer' })).description).toBe('newer');
    const guild = client.guilds.cache.first()!;
    await guild.commands.create(command({ description: 'local' }) as never);
    expect(discord.commands().map((one) => one.description)).toEqual(['local']);
    const [kept] = [...(await commands.set([command() as never])).values()];
    expect(kept!.id).toBe(first!.id);
    await commands.delete(first!.id);
    expect(await send(discord, 'GET', `${path}/${first!.id}`)).toMatchObject({ status: 404, code: 10063 });
    expect(await send(discord, 'DELETE', `${path}/${first!.id}`)).toMatchObject({ status: 404, code: 10063 });
    await guild.commands.set([]);
    expect(discord.commands()).toEqual([]);
    expect(await issues(send(discord, 'PUT', path, [command(), command()]))).toEqual([
      '1 APPLICATION_COMMANDS_DUPLICATE_NAME',
    ]);
    const many = times(101, (index) => command({ name: `c${index}` }));
    expect(await send(discord, 'PUT', path, many)).toMatchObject({ status: 400, code: 30032 });
    expect(await send(discord, 'PUT', '/applications/1/commands', [])).toMatchObject({ code: 10002 });
  });
});

describe('interactions', () => {
  /** A fresh interaction's callback path. */
  async function callback(kind: 'command' | 'autocomplete' = 'command'): Promise<string> {
    await client.application.commands.set([command({ options: [option({ autocomplete: true })] }) as never]);
    const heard = new Promise<string>((resolve) => {
      client.once('interactionCreate', ({ id, token }) => resolve(`/interactions/${id}/${token}/callback`));
    });
    if (kind === 'command') await discord.owner.runs('a');
    else void discord.owner.types('a a:x').catch(() => undefined);
    return heard;
  }

  it.each<[string, object, ...string[]]>([
    ['25 choices', { choices: times(25, (index) => ({ name: `${index}`, value: letters(100) })) }],
    [
      '26 choices',
      { choices: times(26, (index) => ({ name: `${index}`, value: `${index}` })) },
      'data.choices BASE_TYPE_MAX_LENGTH',
    ],
    [
      'long choices',
      {
        choices: [
          { name: letters(101), value: letters(101) },
          { name: '', value: 1 },
        ],
      },
      'data.choices.0.name BASE_TYPE_BAD_LENGTH',
      'data.choices.0.value BASE_TYPE_BAD_LENGTH',
      'data.choices.1.name BASE_TYPE_REQUIRED',
    ],
  ])('autocompleted with %s', async (_, data, ...expected) => {
    const path = await callback('autocomplete');
    expect(await issues(send(discord, 'POST', path, { type: 8, data }))).toEqual(expected);
    if (expected.length > 0)
      expect(await send(discord, 'POST', path, { type: 8, data: { choices: [] } })).toBe('taken');
  });

  it.each<[string, object, ...string[]]>([
    ['5 inputs', modal(...times(5, (index) => row(input({ custom_id: `${index}` }))))],
    [
      '6 inputs',
      modal(...times(6, (index) => row(input({ custom_id: `${index}` })))),
      'data.components BASE_TYPE_BAD_LENGTH',
    ],
    ['a long title', { ...modal(row(input())), title: letters(46) }, 'data.title BASE_TYPE_BAD_LENGTH'],
    ['a button', modal(row(button())), 'data.components.0.components.0.type UNION_TYPE_CHOICES'],
    [
      'no label',
      modal(row(input({ label: undefined }))),
      'data.components.0.components.0.label BASE_TYPE_REQUIRED',
    ],
    ['a label around an input', modal({ type: 18, label: 'l', component: input({ label: undefined }) })],
    [
      'a long label',
      modal({ type: 18, label: letters(46), component: select() }),
      'data.components.0.label BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a bad input',
      modal(row(input({ style: 3, max_length: 4_001, value: letters(4_001), placeholder: letters(101) }))),
      'data.components.0.components.0.style BASE_TYPE_CHOICES',
      'data.components.0.components.0.max_length NUMBER_TYPE_MAX',
      'data.components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
      'data.components.0.components.0.value BASE_TYPE_MAX_LENGTH',
    ],
  ])('answered with a modal of %s', async (_, data, ...expected) => {
    expect(await issues(send(discord, 'POST', await callback(), { type: 9, data }))).toEqual(expected);
  });

  it('report a message under "data", and only take fitting types', async () => {
    const path = await callback();
    const data = { content: letters(2_001) };
    expect(await issues(send(discord, 'POST', path, { type: 4, data }))).toEqual([
      'data.content BASE_TYPE_MAX_LENGTH',
    ]);
    expect(await issues(send(discord, 'POST', path, { type: 8, data: {} }))).toEqual([
      'type BASE_TYPE_CHOICES',
    ]);
    expect(await issues(send(discord, 'POST', path, { type: 7, data: {} }))).toEqual([
      'type BASE_TYPE_CHOICES',
    ]);
    expect(await send(discord, 'POST', path, { type: 4, data: {} })).toMatchObject({
      status: 400,
      code: 50006,
    });
    expect(await send(discord, 'POST', path, { type: 4, data: { content: 'at last' } })).toBe('taken');
    expect(await send(discord, 'POST', path, { type: 5 })).toMatchObject({ status: 400, code: 40060 });
    expect(await send(discord, 'POST', '/interactions/1/x/callback', { type: 5 })).toMatchObject({
      status: 404,
      code: 10062,
    });
    expect(await send(discord, 'POST', `/webhooks/${client.application.id}/x`, data)).toMatchObject({
      status: 404,
      code: 10015,
    });
  });
});
