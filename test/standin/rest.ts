import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers';
import { ApiError, refuse } from './api-error.ts';
import { type Faults, faultOutcome, type Outcome } from './faults.ts';
import { readBody } from './multipart.ts';
import type { Upload } from './state.ts';
import type { Fields } from './validate/schema.ts';

/** One request as a route sees it. */
export interface ApiRequest {
  method: string;
  /** Without the API's prefix and the query. */
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The parsed JSON, `{}` without one. */
  body: Fields;
  files: Upload[];
}

/** One endpoint. What `handle` returns is sent as JSON with 200, undefined as 204. */
export interface Route<Services> {
  method: string;
  /** E.g. `/channels/:channel/messages`. */
  path: string;
  /** The token stands in the path, so no authorization header is asked for. */
  open?: boolean;
  handle(request: ApiRequest, services: Services): unknown;
}

/** A response other than 200 with JSON or 204. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType: string | undefined;

  constructor(status: number, body: unknown, contentType?: string) {
    this.status = status;
    this.body = body;
    this.contentType = contentType;
  }
}

export interface LoggedRequest {
  method: string;
  path: string;
  /** The route's pattern. */
  route: string;
  query: string;
  body: unknown;
  files: readonly Upload[];
  /** 0 when the connection was cut instead. */
  status: number;
  /** What was sent back. */
  response: unknown;
  atEpochMs: number;
}

interface RestOptions<Services> {
  token: string;
  routes: readonly Route<Services>[];
  services: Services;
  faults: Faults;
  keepRequests: number;
  changed: () => void;
}

interface CompiledRoute<Services> {
  route: Route<Services>;
  segments: readonly string[];
}

const PREFIX = /^\/api(\/v\d+)?/;

export class Rest<Services> {
  readonly server: Server;
  /** `POST /channels/:channel/messages` to how often it was served, whatever the outcome. */
  readonly served: Record<string, number> = {};
  readonly #log: LoggedRequest[] = [];
  readonly #routes = new Map<string, CompiledRoute<Services>[]>();
  readonly #options: RestOptions<Services>;

  constructor(options: RestOptions<Services>) {
    this.#options = options;
    for (const route of options.routes) {
      const segments = route.path.split('/');
      const key = `${route.method} ${segments.length}`;
      const bucket = this.#routes.get(key) ?? [];
      if (bucket.length === 0) this.#routes.set(key, bucket);
      bucket.push({ route, segments });
    }
    // A fixed name beats a parameter in its place: /users/@me before /users/:user.
    const parameters = ({ segments }: CompiledRoute<Services>) =>
      segments.map((segment) => (segment.startsWith(':') ? '1' : '0')).join('');
    for (const bucket of this.#routes.values()) {
      bucket.sort((a, b) => (parameters(a) < parameters(b) ? -1 : 1));
    }
    this.server = createServer((request, response) => void this.#serve(request, response));
    // Longer than a client's own: Node's 5 s would cut connections just as they are reused.
    this.server.keepAliveTimeout = 600_000;
    this.server.on('connection', (socket) => socket.unref());
    this.server.unref();
  }

  /** The last requests, oldest first. */
  get requests(): LoggedRequest[] {
    return this.#log.slice(-this.#options.keepRequests);
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => resolve((this.server.address() as { port: number }).port));
    });
  }

  stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    return closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = incoming.url ?? '/';
    const question = url.indexOf('?');
    const path = (question < 0 ? url : url.slice(0, question)).replace(PREFIX, '');
    const query = question < 0 ? '' : url.slice(question + 1);
    const method = incoming.method ?? 'GET';
    const entry: LoggedRequest = {
      method,
      path,
      route: '(no route)',
      query,
      body: undefined,
      files: [],
      status: 0,
      response: undefined,
      atEpochMs: Date.now(),
    };
    try {
      const bytes = await readAll(incoming);
      const found = this.#find(method, path);
      entry.route = found?.route.path ?? '(no route)';
      const outcome = await this.#outcome(incoming, entry, bytes, found);
      if (outcome === undefined) incoming.socket.resetAndDestroy();
      else {
        entry.status = outcome.status;
        entry.response = outcome.body;
        send(response, outcome);
      }
    } catch {
      // The client went away in the middle of its request.
      response.destroy();
    }
    this.#record(entry);
    this.#options.changed();
  }

  /** The response, or undefined for a cut connection. */
  async #outcome(
    incoming: IncomingMessage,
    entry: LoggedRequest,
    bytes: Buffer,
    found: { route: Route<Services>; params: Record<string, string> } | undefined,
  ): Promise<Outcome | undefined> {
    const { faults } = this.#options;
    const fault = faults.take(entry.method, entry.path);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    if (fault?.reset === 'before') return undefined;
    const faulty = fault === undefined ? undefined : faultOutcome(fault);
    if (faulty !== undefined) return faulty;
    const bucket = faults.count(entry.method, entry.path);
    if (bucket?.refused !== undefined) return bucket.refused;
    const outcome = await this.#answer(incoming, entry, bytes, found);
    if (fault?.reset === 'after') return undefined;
    return bucket === undefined
      ? outcome
      : { ...outcome, headers: { ...outcome.headers, ...bucket.headers } };
  }

  async #answer(
    incoming: IncomingMessage,
    entry: LoggedRequest,
    bytes: Buffer,
    found: { route: Route<Services>; params: Record<string, string> } | undefined,
  ): Promise<Outcome> {
    try {
      if (found === undefined) {
        const message = `The stand-in has no route ${entry.method} ${entry.path}; add it in routes/`;
        throw new ApiError(404, 0, message);
      }
      const authorized = incoming.headers.authorization === `Bot ${this.#options.token}`;
      if (!authorized && found.route.open !== true) throw refuse('unauthorized');
      const { body, files } = await readBody(bytes, incoming.headers['content-type'] ?? '');
      entry.body = body;
      entry.files = files;
      const { method, path, query } = entry;
      const { params } = found;
      const request = {
        method,
        path,
        params,
        query: new URLSearchParams(query),
        body: body as Fields,
        files,
      };
      const result = await found.route.handle(request, this.#options.services);
      if (result instanceof Answer) {
        const headers = result.contentType === undefined ? {} : { 'content-type': result.contentType };
        return { status: result.status, body: result.body, headers };
      }
      return result === undefined ? { status: 204 } : { status: 200, body: result };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error };
      const message = `The stand-in broke: ${error instanceof Error ? error.stack : String(error)}`;
      return { status: 500, body: { message, code: 0 } };
    }
  }

  #find(
    method: string,
    path: string,
  ): { route: Route<Services>; params: Record<string, string> } | undefined {
    const parts = path.split('/');
    for (const { route, segments } of this.#routes.get(`${method} ${parts.length}`) ?? []) {
      const params: Record<string, string> = {};
      const fits = segments.every((segment, index) => {
        const part = parts[index]!;
        if (!segment.startsWith(':')) return segment === part;
        params[segment.slice(1)] = decodeURIComponent(part);
        return part !== '';
      });
      if (fits) return { route, params };
    }
    return undefined;
  }

  #record(entry: LoggedRequest): void {
    const key = `${entry.method} ${entry.route}`;
    this.served[key] = (this.served[key] ?? 0) + 1;
    this.#log.push(entry);
    const { keepRequests } = this.#options;
    if (this.#log.length > keepRequests + 1_000) this.#log.splice(0, this.#log.length - keepRequests);
  }
}

function send(response: ServerResponse, { status, body, headers }: Outcome): void {
  if (body === undefined) {
    // Without a content type: a client would try to parse the empty body as JSON.
    response.writeHead(status, headers).end();
  } else if (body instanceof Uint8Array) {
    response.writeHead(status, { 'content-length': body.byteLength, ...headers }).end(body);
  } else {
    const json = JSON.stringify(body);
    const length = Buffer.byteLength(json);
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers })
      .end(json);
  }
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if (length === undefined && encoding === undefined) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref());
}
