import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Actor, Run, StandIn } from '../../../test/standin/standin.ts';
import { acts } from './acts.ts';
import { feed, placesOf } from './feed.ts';
import { type StaticFile, staticFiles } from './files.ts';
import type { ActName, Place, Whence } from './wire.ts';

export interface PageOptions {
  discord: StandIn;
  /** Default: any that is free. */
  port?: number | undefined;
  /** Who the visitor can act as, besides the owner. */
  members?: readonly Actor[];
  /** The name of the channel that is shown first; default: the first one. */
  home?: string;
  /** Said at the beginning of the channel, in Discord's markdown. */
  hint?: string;
}

/** Nothing from elsewhere is loaded or run, whatever the bot writes into its messages. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
/** Pictures are shown; all other uploads can only be saved, so that none runs as part of the page. */
const SHOWN = /^image\/(png|jpeg|gif|webp)$/;
/** Ten files as Discord takes them, in base64. */
const LARGEST_BODY_BYTES = 150 * 2 ** 20;

/** What a request is refused with. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A page on 127.0.0.1 that shows a channel of the local Discord, and lets the visitor act in it. */
export class PageServer {
  /** Its address, with the secret that lets in. */
  readonly url: string;
  readonly http: Server;
  readonly #options: PageOptions;
  /** Every path begins with this: no other site or user of this machine can know it. */
  readonly #prefix: string;
  readonly #hosts: readonly string[];
  readonly #files: ReadonlyMap<string, StaticFile> = staticFiles();
  readonly #modals = new Map<string, Run>();

  /** @throws Error with the code EADDRINUSE where the port is taken */
  static async start(options: PageOptions): Promise<PageServer> {
    const http = createServer();
    http.listen(options.port ?? 0, '127.0.0.1');
    await once(http, 'listening');
    return new PageServer(http, options);
  }

  private constructor(http: Server, options: PageOptions) {
    const { port } = http.address() as AddressInfo;
    this.http = http;
    this.#options = options;
    this.#prefix = `/${randomBytes(18).toString('base64url')}/`;
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    this.url = `http://127.0.0.1:${port}${this.#prefix}`;
    http.on('request', (request, response) => void this.#serve(request, response));
  }

  async stop(): Promise<void> {
    this.http.close();
    this.http.closeAllConnections();
    await once(this.http, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.http.listening) await this.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      await this.#answer(request, response);
    } catch (error) {
      // What Discord's client would not let a person do comes as an error, too: the page shows it.
      const status = error instanceof Refusal ? error.status : 400;
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(message);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = this.#admit(request);
    const [area, name = ''] = path.split('/', 2);
    if (request.method === 'POST' && area === 'acts') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(await this.#act(name, request)));
    } else if (request.method !== 'GET') {
      throw new Refusal(405, 'Nothing but looking is done this way.');
    } else if (area === 'feed') {
      const { actor, place } = this.#visit({
        as: query.get('as') ?? '',
        place: query.get('place') ?? '',
      });
      const { discord, hint = '' } = this.#options;
      feed(response, actor, place, { discord, guild: discord.guilds[0]!.name, people: this.#people, hint });
    } else if (area === 'cdn') {
      this.#sendUpload(path, response);
    } else {
      const file = this.#files.get(path);
      if (file === undefined) throw new Refusal(404, 'There is nothing here.');
      response.writeHead(200, { 'content-type': file.contentType }).end(file.read());
    }
  }

  /**
   * Lets in who knows the secret, under this machine's own name: a site whose name was made to lead here (DNS
   * rebinding) sends its own.
   */
  #admit({ headers, url = '' }: IncomingMessage): { path: string; query: URLSearchParams } {
    if (!this.#hosts.includes(headers.host ?? '') || !url.startsWith(this.#prefix)) {
      throw new Refusal(403, 'Open the address that the demo printed.');
    }
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    return { path: decodeURIComponent(pathname.slice(this.#prefix.length)), query: searchParams };
  }

  get #people(): readonly Actor[] {
    const { discord, members = [] } = this.#options;
    return [discord.owner, ...members];
  }

  /** Who looks, and at what; whatever is not there, or no longer, gives way to what is shown first. */
  #visit({ as, place }: Whence): { actor: Actor; place: Place } {
    const { discord, home } = this.#options;
    const actor = this.#people.find(({ name }) => name === as) ?? discord.owner;
    const places = placesOf(actor, discord);
    const wanted = [place, home].map((name) => places.find((one) => one.id === name || one.name === name));
    return { actor, place: wanted.find((one) => one !== undefined) ?? places[0]! };
  }

  async #act(name: string, request: IncomingMessage): Promise<unknown> {
    if (!Object.hasOwn(acts, name)) throw new Refusal(404, `Nobody can ${name}.`);
    const sent = JSON.parse(await readBody(request)) as Whence;
    const { actor, place } = this.#visit(sent);
    if (actor.name !== sent.as) throw new Refusal(403, `Nobody can act as ${sent.as} here.`);
    const visitor = {
      discord: this.#options.discord,
      actor: actor.in(place.id),
      placeId: place.id,
      modals: this.#modals,
    };
    const act = acts[name as ActName] as (sent: object, from: typeof visitor) => Promise<unknown>;
    return act(sent, visitor);
  }

  #sendUpload(path: string, response: ServerResponse): void {
    const upload = this.#options.discord.world.uploads.get(path.split('/')[3] ?? '');
    if (upload === undefined) throw new Refusal(404, 'This file is no longer there.');
    const { contentType, bytes, filename } = upload;
    if (SHOWN.test(contentType)) response.setHeader('content-type', contentType);
    else {
      const name = encodeURIComponent(filename);
      response.setHeader('content-type', 'application/octet-stream');
      response.setHeader('content-disposition', `attachment; filename*=UTF-8''${name}`);
    }
    response.end(bytes);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > LARGEST_BODY_BYTES) throw new Refusal(413, 'That is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
