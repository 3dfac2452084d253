import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import {
  button,
  components,
  input,
  issues,
  letters,
  pick,
  type Refused,
  row,
  select,
  send,
  times,
  v2,
  words,
} from './raw.ts';
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

describe('messages', () => {
  const field = (name: number, value: number) => ({ name: letters(name), value: letters(value) });
  const full = { description: letters(4_096), footer: { text: letters(1_904) } };

  it.each<[string, object, ...string[]]>([
    ['content of 2,000', { content: letters(2_000) }],
    ['content of 2,001', { content: letters(2_001) }, 'content BASE_TYPE_MAX_LENGTH'],
    ['10 embeds', { embeds: times(10, () => ({ title: 't' })) }],
    ['11 embeds', { embeds: times(11, () => ({ title: 't' })) }, 'embeds BASE_TYPE_MAX_LENGTH'],
    ['an empty embed', { embeds: [{}] }, 'embeds.0.description BASE_TYPE_REQUIRED'],
    ['a long title', { embeds: [{ title: letters(257) }] }, 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
    [
      'a long description',
      { embeds: [{ description: letters(4_097) }] },
      'embeds.0.description BASE_TYPE_MAX_LENGTH',
    ],
    ['25 fields', { embeds: [{ fields: times(25, () => field(1, 1)) }] }],
    [
      '26 fields',
      { embeds: [{ fields: times(26, () => field(1, 1)) }] },
      'embeds.0.fields BASE_TYPE_MAX_LENGTH',
    ],
    [
      'long fields',
      { embeds: [{ fields: [field(257, 1_025)] }] },
      'embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH',
      'embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH',
    ],
    ['an empty field', { embeds: [{ fields: [field(1, 0)] }] }, 'embeds.0.fields.0.value BASE_TYPE_REQUIRED'],
    [
      'a long footer',
      { embeds: [{ footer: { text: letters(2_049) } }] },
      'embeds.0.footer.text BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a long author',
      { embeds: [{ author: { name: letters(257) } }] },
      'embeds.0.author.name BASE_TYPE_MAX_LENGTH',
    ],
    ['embeds of 6,000', { embeds: [full] }],
    ['embeds of 6,001', { embeds: [full, { title: 't' }] }, 'embeds MAX_EMBED_SIZE_EXCEEDED'],
    ['a bad color', { embeds: [{ title: 't', color: 0x1000000 }] }, 'embeds.0.color NUMBER_TYPE_MAX'],
    ['a bad URL', { embeds: [{ title: 't', url: 'nope' }] }, 'embeds.0.url URL_TYPE_INVALID_URL'],
    [
      'a bad scheme',
      { embeds: [{ image: { url: 'ftp://x' } }] },
      'embeds.0.image.url URL_TYPE_INVALID_SCHEME',
    ],
    [
      'a bad timestamp',
      { embeds: [{ title: 't', timestamp: 'now' }] },
      'embeds.0.timestamp DATETIME_TYPE_PARSE',
    ],
    [
      'an unknown reply',
      { content: 'c', message_reference: { message_id: '1' } },
      'message_reference REPLIES_UNKNOWN_MESSAGE',
    ],
  ])('%s', async (_, body, ...expected) => {
    expect(await issues(send(discord, 'POST', `/channels/${discord.channel().id}/messages`, body))).toEqual(
      expected,
    );
  });
});

describe('components', () => {
  const buttons = (count: number) => times(count, (index) => button({ custom_id: `b${index}` }));

  it.each<[string, object, ...string[]]>([
    [
      '5 rows of 5',
      components(...times(5, (r) => row(...times(5, (b) => button({ custom_id: `${r}-${b}` }))))),
    ],
    [
      '6 rows',
      components(...times(6, (r) => row(button({ custom_id: `${r}` })))),
      'components BASE_TYPE_MAX_LENGTH',
    ],
    ['6 buttons', components(row(...buttons(6))), 'components.0.components BASE_TYPE_BAD_LENGTH'],
    ['no button', components(row()), 'components.0.components BASE_TYPE_BAD_LENGTH'],
    ['a button outside a row', components(button()), 'components.0.type UNION_TYPE_CHOICES'],
    ['a text input', components(row(input())), 'components.0.components.0.type UNION_TYPE_CHOICES'],
    [
      'a button beside a select',
      components(row(select(), button({ custom_id: 'b' }))),
      'components.0.components.1 COMPONENT_LAYOUT_WIDTH_EXCEEDED',
    ],
    [
      'a custom id twice',
      components(row(button()), row(button())),
      'components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a long custom id',
      components(row(button({ custom_id: letters(101) }))),
      'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a long label',
      components(row(button({ label: letters(81) }))),
      'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
    ],
    [
      'no label',
      components(row(button({ label: '' }))),
      'components.0.components.0.label BASE_TYPE_REQUIRED',
    ],
    ['an emoji for a label', components(row(button({ label: undefined, emoji: { name: '👍' } })))],
    [
      'no custom id',
      components(row(button({ custom_id: undefined }))),
      'components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_REQUIRED',
    ],
    [
      'an unknown style',
      components(row(button({ style: 9 }))),
      'components.0.components.0.style BASE_TYPE_CHOICES',
    ],
    [
      'a link without URL',
      components(row(button({ style: 5, custom_id: undefined }))),
      'components.0.components.0.url BUTTON_COMPONENT_URL_REQUIRED',
    ],
    [
      'a link with a custom id',
      components(row(button({ style: 5, url: 'https://x.y' }))),
      'components.0.components.0.custom_id BUTTON_COMPONENT_FIELD_INVALID',
    ],
    ['25 options', components(row(select({ options: times(25, (o) => pick(`${o}`)) })))],
    [
      '26 options',
      components(row(select({ options: times(26, (o) => pick(`${o}`)) }))),
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    [
      'no options',
      components(row(select({ options: [] }))),
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a value twice',
      components(row(select({ options: [pick('a'), pick('a')] }))),
      'components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    ],
    [
      'long options',
      components(row(select({ options: [pick(letters(101), { description: letters(101) })] }))),
      'components.0.components.0.options.0.label BASE_TYPE_BAD_LENGTH',
      'components.0.components.0.options.0.value BASE_TYPE_BAD_LENGTH',
      'components.0.components.0.options.0.description BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a long placeholder',
      components(row(select({ placeholder: letters(151) }))),
      'components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
    ],
    [
      'more values than options',
      components(row(select({ max_values: 2 }))),
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    ['a user select', components(row({ type: 5, custom_id: 'u', max_values: 25 }))],
    ['40 components', v2(...times(40, () => words()))],
    ['41 components', v2(...times(41, () => words())), 'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED'],
    [
      '41 components, nested',
      v2({ type: 17, components: times(40, () => words()) }),
      'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      '4,001 characters',
      v2(words(letters(4_000)), words('x')),
      'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    [
      'a whole page',
      v2(
        { type: 9, components: [words()], accessory: button() },
        { type: 14, spacing: 2 },
        { type: 12, items: [{ media: { url: 'https://x.y/z.png' } }] },
      ),
    ],
    [
      'a section without accessory',
      v2({ type: 9, components: [words()] }),
      'components.0.accessory BASE_TYPE_REQUIRED',
    ],
    ['a text outside V2', components(words()), 'components.0.type UNION_TYPE_CHOICES'],
    [
      'content beside V2',
      { ...v2(words()), content: 'c' },
      'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      'embeds beside V2',
      { ...v2(words()), embeds: [{ title: 't' }] },
      'embeds MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
  ])('%s', async (_, body, ...expected) => {
    expect(await issues(send(discord, 'POST', `/channels/${discord.channel().id}/messages`, body))).toEqual(
      expected,
    );
  });
});

describe('everything else', () => {
  it('refuses with its own code', async () => {
    const channel = `/channels/${discord.channel().id}`;
    const guild = `/guilds/${discord.guilds[0]!.id}`;
    const theirs = await discord.user('alice').says('mine');
    const table: [Promise<Refused | 'taken'>, number, number][] = [
      [send(discord, 'POST', `${channel}/messages`, {}), 400, 50006],
      [send(discord, 'POST', `${channel}/messages`, { content: ' \n' }), 400, 50006],
      [send(discord, 'PATCH', `${channel}/messages/${theirs.id}`, { content: 'yours' }), 403, 50005],
      [send(discord, 'GET', `${channel}/messages/1`), 404, 10008],
      [send(discord, 'GET', '/channels/1'), 404, 10003],
      [send(discord, 'GET', '/guilds/1'), 404, 10004],
      [send(discord, 'GET', `${guild}/members/1`), 404, 10013],
      [send(discord, 'GET', `${guild}/members/${discord.user('bob').id}`), 404, 10007],
      [send(discord, 'DELETE', `${guild}/roles/1`), 404, 10011],
      [send(discord, 'GET', '/users/1'), 404, 10013],
      [send(discord, 'GET', `${guild}/bans/${theirs.author.id}`), 404, 10026],
    ];
    for (const [refused, status, code] of table) expect(await refused).toMatchObject({ status, code });
  });

  it('refuses large and many files, and emptying a message', async () => {
    const channel = client.channels.cache.get(discord.channel().id);
    if (channel?.isSendable() !== true) throw new Error('not sendable');
    const file = (size: number) => ({ attachment: Buffer.alloc(size), name: 'f.bin' });
    const sent = await channel.send({ files: times(10, () => file(100)) });
    await expect(channel.send({ files: [file(101)] })).rejects.toMatchObject({ status: 413, code: 40005 });
    await expect(channel.send({ files: times(11, () => file(1)) })).rejects.toMatchObject({ code: 30015 });
    await expect(sent.edit({ attachments: [] })).rejects.toMatchObject({ code: 50006 });
    await expect(sent.edit({ attachments: [], content: 'rest' })).resolves.toMatchObject({ content: 'rest' });
  });
});
