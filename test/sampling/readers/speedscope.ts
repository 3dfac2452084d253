import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../page/chromium.ts';

/** What speedscope has read of one profile in a file. */
export interface ReadProfile {
  readonly name: string;
  readonly unit: string;
  /** Of all that was on a stack, in the unit. */
  readonly total: number;
  /** By `name\nfile`; speedscope itself leaves out what is idle in some formats. */
  readonly self: ReadonlyMap<string, number>;
}

/** The file that speedscope writes: its own format, with events. */
interface Exported {
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
  }[];
}

/** Others may be using the machine. */
const DEADLINE_MS = 120_000;
const RELEASE = join(
  dirname(createRequire(import.meta.url).resolve('speedscope/package.json')),
  'dist',
  'release',
);
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The real speedscope in a real Chromium, served from this machine. */
export class Speedscope implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #files: Map<string, string | Uint8Array>;

  private constructor(browser: Browser, server: Server, files: Map<string, string | Uint8Array>) {
    this.#browser = browser;
    this.#server = server;
    this.#files = files;
  }

  static async start(): Promise<Speedscope> {
    const files = new Map<string, string | Uint8Array>();
    const server = createServer(async (request, response) => {
      const name = basename(decodeURIComponent(new URL(request.url!, 'http://127.0.0.1').pathname));
      const file =
        files.get(name) ?? (await readFile(join(RELEASE, name || 'index.html')).catch(() => undefined));
      response.writeHead(file === undefined ? 404 : 200, {
        'content-type': TYPES[extname(name)] ?? 'text/html',
      });
      response.end(file);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Speedscope(await startChromium(), server, files);
  }

  /** Opens a file of this name, and has it written again in speedscope's own format. */
  async read(name: string, content: string | Uint8Array): Promise<readonly ReadProfile[]> {
    this.#files.set(name, content);
    const page = await this.#browser.newPage({ acceptDownloads: true });
    try {
      page.setDefaultTimeout(DEADLINE_MS);
      const failure = new Promise<never>((_, reject) => {
        page.on('pageerror', reject);
        page.on('dialog', (dialog) => {
          void dialog.dismiss();
          reject(new Error(dialog.message()));
        });
        page.on('console', (message) => {
          if (message.text().includes('Failed to load format')) reject(new Error(message.text()));
        });
      });
      const written = await Promise.race([failure, exported(page, this.#urlOf(name))]);
      return profilesOf(JSON.parse(written));
    } finally {
      await page.close();
      this.#files.delete(name);
    }
  }

  #urlOf(file: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/#profileURL=${encodeURIComponent(file)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

/** What is written on a click. The button is there as soon as a profile is read, whether it can be drawn or not. */
async function exported(page: Page, url: string): Promise<string> {
  await page.goto(url);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export').click()]);
  return readFile(await download.path(), 'utf8');
}

function profilesOf({ shared, profiles }: Exported): ReadProfile[] {
  const keys = shared.frames.map(({ name, file = '' }) => `${name}\n${file}`);
  return profiles.map(({ name, unit, events }) => {
    const self = new Map<string, number>();
    const stack: number[] = [];
    let total = 0;
    let lastAt = 0;
    for (const { type, frame, at } of events) {
      const running = stack.at(-1);
      if (running !== undefined) {
        const key = keys[running]!;
        self.set(key, (self.get(key) ?? 0) + at - lastAt);
        total += at - lastAt;
      }
      if (type === 'O') stack.push(frame);
      else stack.pop();
      lastAt = at;
    }
    return { name, unit, total, self };
  });
}
