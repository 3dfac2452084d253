/**
 * A local stand-in for Discord: REST API v10 and Gateway v10 on 127.0.0.1, in memory, for a real discord.js
 * client. It checks what we know of Discord and nothing else: whatever is learned of the real one goes into
 * it first, as a failing test.
 *
 *   await using discord = await StandIn.start();
 *   const client = new Client({ intents: ['Guilds'], ...discord.clientOptions });
 *   await client.login(discord.token);
 *   const run = await discord.owner.runs('ping');
 *   const reply = await run.reply();
 */
import { randomBytes } from 'node:crypto';
import type { APIApplicationCommand, APIUser } from 'discord.js';
import type { ActionContext, ActionCounts } from './action-context.ts';
import { Actor } from './actions.ts';
import { CommandStore } from './command-store.ts';
import { type Fault, type FaultSpec, Faults, type RateLimitSpec } from './faults.ts';
import { type DispatchScope, Gateway } from './gateway.ts';
import { Handles, type Posted, type Run } from './handles.ts';
import { Interactions } from './interactions.ts';
import { Messages } from './messages.ts';
import type { GuildSpec, StandInOptions } from './options.ts';
import { findSpot, type Place } from './places.ts';
import { type LoggedRequest, Rest } from './rest.ts';
import { routes } from './routes/index.ts';
import type { Services } from './services.ts';
import { type ChannelRecord, type GuildRecord, World } from './state.ts';
import { limits } from './validate/limits.ts';
import { type WaitOptions, Waits } from './waits.ts';

export type { Actor } from './actions.ts';
export type { Posted, Run } from './handles.ts';
export type { StandInOptions } from './options.ts';

/** What was served since the start. */
export interface Served {
  /** REST requests: `POST /channels/:channel/messages` to a number. */
  requests: Readonly<Record<string, number>>;
  /** Commands that users ran: `queue add` to a number. */
  interactions: Readonly<Record<string, number>>;
  /** Gateway events: `MESSAGE_CREATE` to a number, each counted once. */
  events: Readonly<Record<string, number>>;
  autocompletes: number;
  components: number;
  modals: number;
  /** Messages that users wrote. */
  messages: number;
}

export class StandIn {
  readonly token: string;
  readonly gateway: Gateway;
  readonly world: World;
  readonly #waits: Waits;
  readonly #faults = new Faults();
  readonly #rest: Rest<Services>;
  readonly #context: ActionContext;
  readonly #actors = new Map<string, Actor>();
  readonly #crowd: string[];
  #port = 0;
  #stopped: Promise<void> | undefined;

  /** Starts listening on a free port of 127.0.0.1. */
  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const standIn = new StandIn(options);
    standIn.#port = await standIn.#rest.listen();
    return standIn;
  }

  private constructor(options: StandInOptions) {
    const { shards = 1, now = Date.now, attachmentSizeLimitBytes = limits.attachmentSizeBytes } = options;
    const { botName = 'bot', owner = 'owner', keepMessages = 1_000, team } = options;
    const world = new World({
      shards,
      now,
      botName,
      owner,
      keepMessages,
      ...(team === undefined ? {} : { team }),
    });
    const waits = new Waits(options.waitMs ?? 5_000);
    const changed = () => waits.notify();
    const origin = () => `http://127.0.0.1:${this.#port}`;
    const gatewayUrl = () => `ws://127.0.0.1:${this.#port}`;
    this.token = `${Buffer.from(world.bot.id).toString('base64url')}.${randomBytes(24).toString('base64url')}`;
    this.world = world;
    this.#waits = waits;
    this.gateway = new Gateway(world, {
      token: this.token,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
      disallowedIntents: options.disallowedIntents ?? 0,
      url: gatewayUrl,
      changed,
    });
    const messages = new Messages(world, this.gateway, attachmentSizeLimitBytes, () => `${origin()}/cdn`);
    const interactions = new Interactions(world, this.gateway, messages, {
      ackDeadlineMs: options.ackDeadlineMs ?? 3_000,
      tokenLifetimeMs: options.tokenLifetimeMs ?? 900_000,
      attachmentSizeLimitBytes,
      keep: options.keepInteractions ?? 10_000,
    });
    const commands = new CommandStore(world);
    const services: Services = {
      world,
      gateway: this.gateway,
      messages,
      interactions,
      commands,
      origin,
      gatewayUrl,
      shards,
    };
    const counts: ActionCounts = { commands: {}, autocompletes: 0, components: 0, modals: 0, messages: 0 };
    this.#context = {
      ...services,
      handles: new Handles(world, waits),
      counts,
      reactionMs: options.reactionMs ?? 25,
    };
    this.#rest = new Rest({
      token: this.token,
      routes,
      services,
      faults: this.#faults,
      keepRequests: options.keepRequests ?? 10_000,
      changed,
    });
    this.#rest.server.on('upgrade', (request, socket, head) => this.gateway.upgrade(request, socket, head));
    const { guilds = 1, users = [] } = options;
    this.#crowd =
      typeof users === 'number'
        ? Array.from({ length: users }, (_, index) => `user${index + 1}`)
        : [...users];
    for (const name of this.#crowd) this.user(name);
    const specs = typeof guilds === 'number' ? Array.from({ length: guilds }, (): GuildSpec => ({})) : guilds;
    for (const spec of specs) this.#build(spec);
  }

  /** For `new Client({ rest: { api } })`. */
  get restUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** To spread into a Client's options. */
  get clientOptions(): { rest: { api: string; version: '10' } } {
    return { rest: { api: this.restUrl, version: '10' } };
  }

  get bot(): APIUser {
    return this.world.bot;
  }

  /** The application's owner, or the owner of the team it belongs to. */
  get owner(): Actor {
    return this.user(this.world.owner.username);
  }

  /** The people given as `users`. */
  get users(): Actor[] {
    return this.#crowd.map((name) => this.user(name));
  }

  /** A person by name; whoever isn't there yet comes to be, and joins the guild they first act in. */
  user(name: string): Actor {
    let actor = this.#actors.get(name);
    if (actor === undefined) {
      const user = this.world.usersByName.get(name) ?? this.world.addUser(name);
      this.#actors.set(name, (actor = new Actor(user, this.#context)));
    }
    return actor;
  }

  get guilds(): GuildRecord[] {
    return [...this.world.guilds.values()];
  }

  /** A channel by name or id, or a guild's first text channel; by default the first guild's. */
  channel(place?: Place): ChannelRecord {
    return findSpot(this.world, this.world.owner, place).channel;
  }

  /** Adds the bot to another guild, and tells it. */
  addGuild(spec: GuildSpec = {}): GuildRecord {
    const guild = this.#build(spec);
    this.gateway.announceGuild(guild);
    return guild;
  }

  /** Removes the bot from a guild, and tells it. */
  removeGuild(guild: GuildRecord): void {
    this.world.guilds.delete(guild.id);
    for (const id of guild.channelIds) this.world.channels.delete(id);
    this.gateway.dispatch('GUILD_DELETE', { id: guild.id }, { guildId: guild.id });
  }

  /** The newest interaction's run. */
  get latest(): Run {
    const { interactions, handles } = this.#context;
    if (interactions.latest === undefined) throw new Error('[standin] no user has done anything yet');
    return handles.run(interactions.latest);
  }

  /** Waits for what the newest interaction shows its user; see `Run.reply`. */
  async reply(options?: WaitOptions): Promise<Posted> {
    return this.latest.reply(options);
  }

  /** Waits until the bot has a command of this name, and returns it. */
  command(name: string, options?: WaitOptions): Promise<APIApplicationCommand> {
    const find = () => this.commands().find((command) => command.name === name);
    return this.#waits.until(find, () => `the bot registered no command ${name}`, options);
  }

  /** The commands users can see: the global ones and those of the first guild. */
  commands(guild = this.guilds[0]): APIApplicationCommand[] {
    return this.#context.commands.visibleIn(guild?.id);
  }

  /** The bot's messages in a channel, oldest first; ephemeral ones aside. */
  botMessages(place?: Place): Posted[] {
    return this.#context.handles.botMessages(this.channel(place).id);
  }

  /** What a person sees in a channel, oldest first: everybody's messages, and those for their eyes only. */
  seenBy(actor: Actor, place?: Place): Posted[] {
    const { world, handles } = this.#context;
    const { channel } = findSpot(world, actor.user, place);
    const stored = [...(world.messages.get(channel.id)?.values() ?? [])];
    return stored
      .filter(({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === actor.id)
      .map((message) => handles.posted(message));
  }

  /** Calls with every message that changes in any way, until the result is called. */
  watch(watcher: (message: Posted) => void): () => void {
    return this.world.watch((stored) => watcher(this.#context.handles.posted(stored)));
  }

  /** Waits until `look` gives something, be it about the stand-in or the bot. */
  until<T>(look: () => T | undefined | false, what: string, options?: WaitOptions): Promise<T> {
    const found = () => {
      const value = look();
      return value === false ? undefined : value;
    };
    return this.#waits.until(found, () => `${what} never came`, options, true);
  }

  /** Sends any gateway event as it is; with a guild's id to its shard, else to shard 0. */
  dispatch(event: string, data: object, guildId?: string): void {
    const scope: DispatchScope = { guildId };
    this.gateway.dispatch(event, data, scope);
  }

  /** Makes requests fail; see FaultSpec. */
  fault(spec: FaultSpec): Fault {
    return this.#faults.add(spec);
  }

  /** Limits the rate of requests with a real bucket; see RateLimitSpec. */
  rateLimit(spec: RateLimitSpec): void {
    this.#faults.limit(spec);
  }

  /** Ends all faults and rate limits. */
  heal(): void {
    this.#faults.clear();
  }

  get served(): Served {
    const { commands, ...others } = this.#context.counts;
    return { requests: this.#rest.served, interactions: commands, events: this.gateway.events, ...others };
  }

  /** The last requests, oldest first. */
  get requests(): LoggedRequest[] {
    return this.#rest.requests;
  }

  /** Closes everything; open waits reject. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#waits.close('the stand-in was stopped');
      const stopped = this.gateway.stop();
      await this.#rest.stop();
      await stopped;
    })();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #build(spec: GuildSpec): GuildRecord {
    const name = spec.name ?? `guild${this.world.guilds.size + 1}`;
    const guild = this.world.addGuild(name, spec.channels ?? ['general', 'random']);
    for (const member of this.#crowd) this.world.addMember(guild, this.user(member).user);
    return guild;
  }
}
