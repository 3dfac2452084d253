import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chrome } from '../../../src/trace/formats/chrome.ts';
import { crowded, payment } from '../../fixtures/traces.ts';
import { startChromium } from '../../page/chromium.ts';

const SPEEDSCOPE = join(
  dirname(fileURLToPath(import.meta.resolve('speedscope/package.json'))),
  'dist/release',
);
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** Serves the page of speedscope, and a file for it. */
async function serve(file: string) {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    const content =
      pathname === '/calls.trace.json'
        ? file
        : await readFile(join(SPEEDSCOPE, pathname)).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': MEDIA_TYPES[extname(pathname)] ?? 'application/octet-stream',
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What speedscope shows of a file, and what it warns of while it reads it. */
async function readBySpeedscope(file: string, shown: string): Promise<{ text: string; warnings: string[] }> {
  await using server = await serve(file);
  const browser = await startChromium();
  try {
    const page = await browser.newPage();
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text());
    });
    const address = encodeURIComponent(`${server.url}/calls.trace.json`);
    await page.goto(`${server.url}/index.html#profileURL=${address}`);
    await page.getByText(shown).first().waitFor({ timeout: 30_000 });
    return { text: (await page.locator('body').textContent())!, warnings };
  } finally {
    await browser.close();
  }
}

test('speedscope reads trace events: a profile a thread, and nothing to warn of', {
  timeout: 60_000,
}, async () => {
  const written = chrome.encode([payment(), payment({ shard: 2 }), crowded(60)]);
  const { traceEvents } = JSON.parse(written) as { traceEvents: { name: string }[] };
  const threads = traceEvents.filter(({ name }) => name === 'thread_name').length;
  const { text, warnings } = await readBySpeedscope(written, 'economy/command/pay 14:03:05');
  expect(warnings).toEqual([]);
  expect(text).toContain(`(1/${threads})`);
  expect(text).toContain('shard 0 (pid 1), economy/command/pay 14:03:05 (tid 1)1.24s');
});

test('it does warn of events that overlap', { timeout: 60_000 }, async () => {
  const event = { ph: 'X', pid: 1, tid: 1, dur: 10, args: {} };
  const overlapping = [
    { ...event, name: 'a', ts: 0 },
    { ...event, name: 'b', ts: 5 },
  ];
  const { warnings } = await readBySpeedscope(JSON.stringify({ traceEvents: overlapping }), 'pid 1, tid 1');
  expect(warnings.join()).toMatch(/Tried to end "a/);
});
