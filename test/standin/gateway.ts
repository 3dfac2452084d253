import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { GUILD_MEMBERS, GUILD_PRESENCES, readable, receives, unreadable } from './intents.ts';
import { guildCreatePayload, memberPayload, presencePayload } from './payloads.ts';
import { shardOf } from './snowflakes.ts';
import type { GuildRecord, World } from './state.ts';

const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presenceUpdate: 3,
  voiceStateUpdate: 4,
  resume: 6,
  reconnect: 7,
  requestMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

const close = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  invalidShard: 4010,
  disallowedIntents: 4014,
} as const;

/** Events kept per session for RESUME. */
const REPLAY_LENGTH = 10_000;
const CHUNK_LENGTH = 1_000;

interface Session {
  readonly id: string;
  readonly shard: readonly [id: number, count: number];
  readonly intents: number;
  sequence: number;
  /** Frames already numbered; the last one has `sequence`. */
  sent: string[];
  socket: WebSocket | undefined;
}

export interface DispatchScope {
  /** The guild it happened in; without one it goes to shard 0, where DMs arrive. */
  guildId?: string | undefined;
  everyShard?: boolean;
}

interface GatewayOptions {
  token: string;
  heartbeatIntervalMs: number;
  disallowedIntents: number;
  url: () => string;
  changed: () => void;
}

type Frame = { op: number; d: Record<string, unknown> };

export class Gateway {
  /** How often each event was dispatched, whoever received it. */
  readonly events: Record<string, number> = {};
  /** Logins and resumptions since the start. */
  identifies = 0;
  resumes = 0;
  heartbeats = 0;
  /** What the bot last set with op 3. */
  presence: unknown;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #sessions = new Map<string, Session>();
  readonly #world: World;
  readonly #options: GatewayOptions;

  constructor(world: World, options: GatewayOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Connected shards: id, count, intents. */
  get sessions(): { shard: number; shards: number; intents: number; connected: boolean }[] {
    return [...this.#sessions.values()].map(({ shard, intents, socket }) => ({
      shard: shard[0],
      shards: shard[1],
      intents,
      connected: socket !== undefined,
    }));
  }

  /** Whether some bot would receive, or could still resume and receive, what happens in this guild. */
  reaches(guildId: string | undefined): boolean {
    for (const session of this.#sessions.values()) if (inShard(session, { guildId })) return true;
    return false;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#connected(client));
  }

  /** Sends an event to every session whose shard and intents let it through. */
  dispatch(event: string, data: object, scope: DispatchScope = {}): void {
    this.events[event] = (this.events[event] ?? 0) + 1;
    const direct = scope.guildId === undefined;
    const isMessage = event === 'MESSAGE_CREATE' || event === 'MESSAGE_UPDATE';
    let whole: string | undefined;
    let stripped: string | undefined;
    for (const session of this.#sessions.values()) {
      if (!inShard(session, scope) || !this.#passes(session, event, data, direct)) continue;
      if (isMessage && !readable(data, session.intents, this.#world.bot.id)) {
        stripped ??= JSON.stringify(unreadable(data));
        this.#send(session, event, stripped);
      } else {
        whole ??= JSON.stringify(data);
        this.#send(session, event, whole);
      }
    }
  }

  /** GUILD_CREATE, which looks different for each session's intents. */
  announceGuild(guild: GuildRecord): void {
    for (const session of this.#sessions.values()) {
      if (inShard(session, { guildId: guild.id })) this.#guildCreate(session, guild);
    }
  }

  /** Cuts connections without a word; the client may resume. */
  drop(shard?: number): void {
    for (const session of this.#in(shard)) session.socket?.terminate();
  }

  /** Closes connections with a code of Discord's, e.g. 4000 (resumable) or 4014 (fatal). */
  close(code: number, shard?: number): void {
    for (const session of this.#in(shard)) session.socket?.close(code);
  }

  /** Op 7: asks clients to reconnect and resume. */
  reconnect(shard?: number): void {
    for (const session of this.#in(shard)) sendFrame(session.socket, { op: op.reconnect, d: null });
  }

  /** Op 9: the session is invalid; unless resumable, the client must log in anew. */
  invalidate(resumable = false, shard?: number): void {
    for (const session of this.#in(shard)) {
      const { socket } = session;
      // The client may log in or resume again on this very connection.
      session.socket = undefined;
      if (!resumable) this.#sessions.delete(session.id);
      sendFrame(socket, { op: op.invalidSession, d: resumable });
    }
  }

  stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #in(shard: number | undefined): Session[] {
    return [...this.#sessions.values()].filter(
      (session) => shard === undefined || session.shard[0] === shard,
    );
  }

  #connected(socket: WebSocket): void {
    let session: Session | undefined;
    socket.on('message', (raw) => {
      let frame: Frame;
      try {
        frame = JSON.parse(String(raw)) as Frame;
      } catch {
        socket.close(close.decodeError);
        return;
      }
      if (frame.op === op.heartbeat) {
        this.heartbeats++;
        sendFrame(socket, { op: op.heartbeatAck });
      } else if (frame.op === op.identify || frame.op === op.resume) {
        if (session?.socket === socket) socket.close(close.alreadyAuthenticated);
        else
          session =
            frame.op === op.identify ? this.#identify(socket, frame.d) : this.#resume(socket, frame.d);
        this.#options.changed();
      } else if (session?.socket !== socket) {
        socket.close(close.notAuthenticated);
      } else if (frame.op === op.requestMembers) {
        this.#sendMembers(session, frame.d);
      } else if (frame.op === op.presenceUpdate) {
        this.presence = frame.d;
        this.#options.changed();
      } else if (frame.op !== op.voiceStateUpdate) {
        socket.close(close.unknownOpcode);
      }
    });
    socket.on('close', (code) => {
      if (session?.socket !== socket) return;
      session.socket = undefined;
      // 1000 and 1001 tell Discord that the client won't come back to this session.
      if (code === 1000 || code === 1001) this.#sessions.delete(session.id);
      this.#options.changed();
    });
    socket.on('error', () => socket.terminate());
    sendFrame(socket, {
      op: op.hello,
      d: { heartbeat_interval: this.#options.heartbeatIntervalMs, _trace: [] },
    });
  }

  #identify(socket: WebSocket, data: Record<string, unknown>): Session | undefined {
    const [shardId, shardCount] = (data['shard'] as [number, number] | undefined) ?? [0, 1];
    const intents = Number(data['intents'] ?? 0);
    const refused = !this.#knows(data['token'])
      ? close.authenticationFailed
      : !(shardId >= 0 && shardId < shardCount)
        ? close.invalidShard
        : (intents & this.#options.disallowedIntents) !== 0
          ? close.disallowedIntents
          : undefined;
    if (refused !== undefined) {
      socket.close(refused);
      return undefined;
    }
    for (const old of this.#in(shardId)) if (old.socket === undefined) this.#sessions.delete(old.id);
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      shard: [shardId, shardCount],
      intents,
      sequence: 0,
      sent: [],
      socket,
    };
    this.identifies++;
    this.#sessions.set(session.id, session);
    const guilds = [...this.#world.guilds.values()].filter((guild) =>
      inShard(session, { guildId: guild.id }),
    );
    const ready = {
      v: 10,
      user: this.#world.bot,
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: this.#options.url(),
      shard: session.shard,
      application: { id: this.#world.bot.id, flags: 0 },
      private_channels: [],
      relationships: [],
    };
    this.#send(session, 'READY', JSON.stringify(ready));
    for (const guild of guilds) this.#guildCreate(session, guild);
    return session;
  }

  #resume(socket: WebSocket, data: Record<string, unknown>): Session | undefined {
    if (!this.#knows(data['token'])) {
      socket.close(close.authenticationFailed);
      return undefined;
    }
    const session = this.#sessions.get(String(data['session_id']));
    const sequence = Number(data['seq']);
    const missed = (session?.sequence ?? 0) - sequence;
    if (session === undefined || missed > session.sent.length) {
      sendFrame(socket, { op: op.invalidSession, d: false });
      return undefined;
    }
    if (missed < 0) {
      socket.close(close.invalidSequence);
      return undefined;
    }
    session.socket?.terminate();
    session.socket = socket;
    this.resumes++;
    if (missed > 0) for (const frame of session.sent.slice(-missed)) socket.send(frame);
    this.#send(session, 'RESUMED', '{}');
    return session;
  }

  #guildCreate(session: Session, guild: GuildRecord): void {
    const withPresences = (session.intents & GUILD_PRESENCES) !== 0;
    if (!receives(session.intents, 'GUILD_CREATE', false)) return;
    this.#send(
      session,
      'GUILD_CREATE',
      JSON.stringify(guildCreatePayload(this.#world, guild, withPresences)),
    );
  }

  #sendMembers(session: Session, data: Record<string, unknown>): void {
    const guild = this.#world.guilds.get(String(data['guild_id']));
    if (guild === undefined) return;
    const ids = data['user_ids'] === undefined ? undefined : [data['user_ids']].flat().map(String);
    const limit = Number(data['limit'] ?? 0);
    const query = String(data['query'] ?? '').toLowerCase();
    // The whole list is for bots with the privileged intent alone.
    if (ids === undefined && limit === 0 && (session.intents & GUILD_MEMBERS) === 0) return;
    let members = [...guild.members.values()].filter((member) =>
      ids === undefined
        ? member.user.username.toLowerCase().startsWith(query) || member.nick?.toLowerCase().startsWith(query)
        : ids.includes(member.user.id),
    );
    if (limit > 0) members = members.slice(0, limit);
    const chunks = Math.max(1, Math.ceil(members.length / CHUNK_LENGTH));
    for (let index = 0; index < chunks; index++) {
      const chunk = members.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH);
      const payload = {
        guild_id: guild.id,
        members: chunk.map(memberPayload),
        chunk_index: index,
        chunk_count: chunks,
        not_found: index === 0 ? ids?.filter((id) => !guild.members.has(id)) : undefined,
        presences: data['presences'] === true ? chunk.map((m) => presencePayload(m, guild.id)) : undefined,
        nonce: data['nonce'],
      };
      this.#send(session, 'GUILD_MEMBERS_CHUNK', JSON.stringify(payload));
    }
  }

  #knows(token: unknown): boolean {
    return String(token).replace(/^Bot /, '') === this.#options.token;
  }

  #passes(session: Session, event: string, data: object, direct: boolean): boolean {
    if (receives(session.intents, event, direct)) return true;
    // The bot learns of changes to its own member without the intent.
    if (event !== 'GUILD_MEMBER_UPDATE') return false;
    return (data as { user?: { id?: string } }).user?.id === this.#world.bot.id;
  }

  #send(session: Session, event: string, json: string): void {
    const frame = `{"op":0,"t":"${event}","s":${++session.sequence},"d":${json}}`;
    session.sent.push(frame);
    if (session.sent.length > 2 * REPLAY_LENGTH) session.sent = session.sent.slice(-REPLAY_LENGTH);
    if (session.socket?.readyState === 1) session.socket.send(frame);
  }
}

function inShard({ shard: [id, count] }: Session, scope: DispatchScope): boolean {
  if (scope.everyShard === true || count === 1) return true;
  return (scope.guildId === undefined ? 0 : shardOf(scope.guildId, count)) === id;
}

function sendFrame(socket: WebSocket | undefined, frame: object): void {
  if (socket?.readyState === 1) socket.send(JSON.stringify(frame));
}
