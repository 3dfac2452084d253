import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const RUN = fileURLToPath(new URL('../examples/demo/run.ts', import.meta.url));

/** The one that runs every npm script, whichever runs the tests. */
const NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** `npm run demo -- …`, without the build. */
function demo(...given: string[]) {
  const { DISCORD_TOKEN: _, ...env } = process.env;
  const child = spawn(NODE, ['--disable-warning=ExperimentalWarning', RUN, ...given], { env });
  const said = text(child.stderr);
  // Also the bot's own process writes to it: this comes when both have ended.
  const closed = once(child, 'close').then(([code]) => code as number);
  return { child, said, closed };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the page is there until %s, and the bot ends with it',
  async (signal) => {
    const { child, closed, said } = demo('--serve');
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('Ctrl+C');
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\//.exec(printed)!;
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('main.ts');
    // A page that is open does not keep it from ending.
    const feed = await fetch(`${url}feed?as=owner`);
    expect(feed.headers.get('content-type')).toBe('text/event-stream');
    const first = await feed.body!.getReader().read();
    expect(Buffer.from(first.value!).toString()).toContain('retry:');
    child.kill(signal);
    expect(await closed).toBe(0);
    expect(await said).toBe('');
  },
);

test('says that a port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const { said, closed } = demo('--serve', '--port', String(port));
  expect(await closed).toBe(1);
  expect(await said).toBe(`The port ${port} is taken: choose another with --port.\n`);
  other.close();
});

test.each([
  ['--nothing'],
  ['stray'],
  ['--port', '1'],
  ['--serve', '--port', '65536'],
  ['--open', '--port', 'x'],
])('%s %s %s is no way to start it', async (...given) => {
  const { said, closed } = demo(...given);
  expect(await closed).toBe(2);
  expect(await said).toContain('Usage: npm run demo');
});
