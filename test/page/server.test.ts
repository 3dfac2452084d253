import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PageServer } from '../../examples/demo/page/server.ts';
import type { Whence } from '../../examples/demo/page/wire.ts';
import { StandIn } from '../standin/standin.ts';

/** Asks with headers that `fetch` would not let through. */
async function ask(
  url: string,
  { body, ...options }: RequestOptions & { body?: string } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}

const HERE: Whence = { as: 'owner', place: 'general' };

async function start() {
  const discord = await StandIn.start({ users: ['user1', 'user2'] });
  const server = await PageServer.start({ discord, members: [discord.user('user1')] });
  return {
    discord,
    server,
    act: (name: string, sent: object = {}, whence: Whence = HERE) =>
      ask(`${server.url}acts/${name}`, { method: 'POST', body: JSON.stringify({ ...whence, ...sent }) }),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await discord.stop();
    },
  };
}

test('lets in only who knows the secret and asks for this machine by its own name', async () => {
  await using stage = await start();
  const { url } = stage.server;
  const { origin, port, pathname } = new URL(url);
  expect((await ask(url)).status).toBe(200);
  expect((await ask(url, { headers: { host: `localhost:${port}` } })).status).toBe(200);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    '127.0.0.1',
  ]) {
    expect((await ask(url, { headers: { host } })).status, host).toBe(403);
  }
  for (const path of ['/', '/feed', '/main.ts', pathname.slice(0, -2), `/${'x'.repeat(24)}/`]) {
    expect((await ask(`${origin}${path}`)).status, path).toBe(403);
  }
  const stranger = await ask(`${origin}/acts/say`, {
    method: 'POST',
    body: JSON.stringify({ ...HERE, content: 'x', files: [] }),
  });
  expect(stranger.status).toBe(403);
  expect(stage.discord.served.messages).toBe(0);
});

test('sends the page and nothing else of the disk', async () => {
  await using stage = await start();
  const { url } = stage.server;
  const page = await ask(url);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  // Every file that the page names is there, and the types are gone from the modules.
  const named = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect((await ask(`${url}${path}`)).status, path).toBe(200);
  const main = await ask(`${url}main.ts`);
  expect(main.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(main.body).not.toContain('interface');
  for (const path of [
    '../server.ts',
    '%2e%2e/server.ts',
    '..%2fserver.ts',
    'nothing',
    'package.json',
    'acts/say',
  ]) {
    expect((await ask(`${url}${path}`)).status, path).not.toBe(200);
  }
});

test('shows pictures and lets everything else be saved only', async () => {
  await using stage = await start();
  const files = ['page.html', 'picture.svg', 'picture.png', 'text.txt'].map((filename) => ({
    filename,
    bytes: `<script>${filename}</script>`,
  }));
  const message = await stage.discord.owner.says('files', { files });
  for (const { filename, url, text } of message.attachments) {
    const path = new URL(url).pathname.slice(1);
    const { headers, body } = await ask(`${stage.server.url}${path}`);
    expect(body).toBe(text);
    expect(headers['x-content-type-options']).toBe('nosniff');
    if (filename === 'picture.png') expect(headers['content-type']).toBe('image/png');
    else {
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['content-disposition']).toBe(`attachment; filename*=UTF-8''${filename}`);
    }
  }
  expect((await ask(`${stage.server.url}cdn/attachments/1/2/gone.txt`)).status).toBe(404);
});

test('acts as the owner and the members it was given, and as nobody else', async () => {
  await using stage = await start();
  const { discord, act } = stage;
  const say = (as: string) => act('say', { content: `from ${as}`, files: [] }, { as, place: 'general' });
  for (const as of ['owner', 'user1']) expect((await say(as)).status).toBe(200);
  for (const as of ['user2', 'bot', '']) expect((await say(as)).status).toBe(403);
  const said = discord.seenBy(discord.owner).map(({ author, content }) => `${author.username}: ${content}`);
  expect(said).toEqual(['owner: from owner', 'user1: from user1']);
  // What Discord's client would not do either is said to the visitor.
  expect(await act('run', { command: 'nothing', options: {} })).toMatchObject({
    status: 400,
    body: expect.stringContaining('there is no command /nothing'),
  });
  expect((await act('click', { message: '1', customId: 'x' })).status).toBe(400);
  expect((await act('constructor')).status).toBe(404);
  expect((await ask(`${stage.server.url}acts/say`, { method: 'POST', body: 'no json' })).status).toBe(400);
  expect((await ask(stage.server.url, { method: 'DELETE' })).status).toBe(405);
});
