import type { APIMessage, APIRole, APITeam, APIUser } from 'discord.js';
import type { StandInOptions, TeamSpec } from './options.ts';
import { Snowflakes, snowflakeAt } from './snowflakes.ts';

export interface MemberRecord {
  user: APIUser;
  nick: string | null;
  roles: string[];
  joinedAt: string;
  timedOutUntil: string | null;
}

export interface GuildRecord {
  id: string;
  name: string;
  ownerId: string;
  roles: Map<string, APIRole>;
  members: Map<string, MemberRecord>;
  channelIds: string[];
  /** User id to reason. */
  bans: Map<string, string | null>;
}

/** A channel as Discord sends it; guild and DM channels in one shape. */
export interface ChannelRecord {
  id: string;
  type: number;
  guild_id?: string;
  name?: string;
  topic?: string | null;
  position?: number;
  parent_id?: string | null;
  permission_overwrites?: unknown[];
  nsfw?: boolean;
  rate_limit_per_user?: number;
  bitrate?: number;
  user_limit?: number;
  recipients?: APIUser[];
  last_message_id?: string | null;
}

export interface Upload {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** An upload kept with its message and served at its CDN address. */
export interface StoredUpload extends Upload {
  id: string;
  url: string;
  description?: string;
  /** Shown inside an embed or component through attachment://, so not among the message's attachments. */
  inline: boolean;
}

export interface StoredMessage {
  /** Replaced, never mutated, by an edit. */
  data: APIMessage;
  guildId: string | undefined;
  /** Only this user sees it; such a message is never broadcast. */
  ephemeralFor: string | undefined;
  uploads: StoredUpload[];
  /** Earlier versions, oldest first. */
  history: APIMessage[];
  /** How often it was edited. */
  edits: number;
  deleted: boolean;
  /** When people last saw it change, by `performance.now()`. */
  changedAtMs: number;
}

const TEXT = 0;
const DM = 1;
const VOICE = 2;

export const ALL_PERMISSIONS = String((1n << 51n) - 1n);
const ADMINISTRATOR = 8n;
/** What a member of a new server may do: read, write, react, attach, embed, use commands, speak. */
const EVERYONE_PERMISSIONS = '2248473465835073';

export class World {
  readonly snowflakes: Snowflakes;
  readonly now: () => number;
  readonly bot: APIUser;
  readonly owner: APIUser;
  readonly team: APITeam | null;
  readonly users = new Map<string, APIUser>();
  readonly usersByName = new Map<string, APIUser>();
  readonly guilds = new Map<string, GuildRecord>();
  readonly channels = new Map<string, ChannelRecord>();
  readonly messages = new Map<string, Map<string, StoredMessage>>();
  /** User id to DM channel id. */
  readonly directChannels = new Map<string, string>();
  readonly uploads = new Map<string, StoredUpload>();
  readonly #watchers = new Set<(message: StoredMessage) => void>();
  readonly #keepMessages: number;
  #nextGuildMs: number;

  constructor(
    options: Required<Pick<StandInOptions, 'now' | 'keepMessages' | 'botName' | 'owner' | 'shards'>> &
      Pick<StandInOptions, 'team'>,
  ) {
    this.now = options.now;
    this.snowflakes = new Snowflakes(options.now);
    this.#keepMessages = options.keepMessages;
    // Shards are chosen by the millisecond in a guild's id: consecutive ones spread evenly, from shard 0 on.
    const shards = BigInt(options.shards);
    const oldest = BigInt(snowflakeAt(options.now() - 400 * 86_400_000)) >> 22n;
    this.#nextGuildMs = Number(oldest - (oldest % shards)) + 1_420_070_400_000;
    this.bot = this.addUser(options.botName, true);
    this.owner = this.addUser(options.owner);
    this.team = options.team === undefined ? null : this.#makeTeam(options.team);
  }

  addUser(name: string, bot = false): APIUser {
    const user: APIUser = {
      id: this.snowflakes.next(),
      username: name,
      discriminator: bot ? '0001' : '0',
      global_name: bot ? null : name,
      avatar: null,
      bot,
      system: false,
    };
    this.users.set(user.id, user);
    this.usersByName.set(name, user);
    return user;
  }

  addGuild(name: string, channelNames: readonly string[]): GuildRecord {
    const id = snowflakeAt(this.#nextGuildMs++);
    const guild: GuildRecord = {
      id,
      name,
      ownerId: this.owner.id,
      roles: new Map(),
      members: new Map(),
      channelIds: [],
      bans: new Map(),
    };
    this.guilds.set(id, guild);
    this.addRole(guild, { id, name: '@everyone', permissions: EVERYONE_PERMISSIONS });
    this.addRole(guild, { name: 'moderator' });
    const botRole = this.addRole(guild, {
      name: this.bot.username,
      permissions: String(ADMINISTRATOR),
      managed: true,
      tags: { bot_id: this.bot.id },
    });
    this.addMember(guild, this.bot).roles.push(botRole.id);
    this.addMember(guild, this.owner);
    for (const channel of channelNames) this.addChannel(guild, { name: channel });
    this.addChannel(guild, { name: 'lounge', type: VOICE });
    return guild;
  }

  addRole(guild: GuildRecord, role: Partial<APIRole>): APIRole {
    const id = role.id ?? this.snowflakes.next();
    const full: APIRole = {
      name: 'new role',
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      icon: null,
      unicode_emoji: null,
      position: guild.roles.size,
      permissions: EVERYONE_PERMISSIONS,
      managed: false,
      mentionable: false,
      flags: 0,
      ...role,
      id,
    } as APIRole;
    guild.roles.set(id, full);
    return full;
  }

  addMember(guild: GuildRecord, user: APIUser): MemberRecord {
    const member: MemberRecord = {
      user,
      nick: null,
      roles: [],
      joinedAt: new Date(this.now()).toISOString(),
      timedOutUntil: null,
    };
    guild.members.set(user.id, member);
    return member;
  }

  addChannel(guild: GuildRecord, channel: Partial<ChannelRecord>): ChannelRecord {
    const type = channel.type ?? TEXT;
    const full: ChannelRecord = {
      name: 'channel',
      topic: null,
      position: guild.channelIds.length,
      parent_id: null,
      permission_overwrites: [],
      nsfw: false,
      rate_limit_per_user: 0,
      last_message_id: null,
      ...(type === VOICE ? { bitrate: 64_000, user_limit: 0 } : {}),
      ...channel,
      type,
      id: this.snowflakes.next(),
      guild_id: guild.id,
    };
    this.channels.set(full.id, full);
    guild.channelIds.push(full.id);
    return full;
  }

  removeChannel(channel: ChannelRecord): void {
    this.channels.delete(channel.id);
    this.messages.delete(channel.id);
    const guild = channel.guild_id === undefined ? undefined : this.guilds.get(channel.guild_id);
    if (guild !== undefined) guild.channelIds = guild.channelIds.filter((id) => id !== channel.id);
  }

  directChannel(user: APIUser): ChannelRecord {
    const known = this.directChannels.get(user.id);
    if (known !== undefined) return this.channels.get(known)!;
    const channel: ChannelRecord = {
      id: this.snowflakes.next(),
      type: DM,
      recipients: [user],
      last_message_id: null,
    };
    this.channels.set(channel.id, channel);
    this.directChannels.set(user.id, channel.id);
    return channel;
  }

  keep(message: StoredMessage): void {
    const channelId = message.data.channel_id;
    let kept = this.messages.get(channelId);
    if (kept === undefined) this.messages.set(channelId, (kept = new Map()));
    kept.set(message.data.id, message);
    this.replaceUploads([], message.uploads);
    if (message.ephemeralFor === undefined) {
      const channel = this.channels.get(channelId);
      if (channel !== undefined) channel.last_message_id = message.data.id;
    }
    if (kept.size > this.#keepMessages) this.forget(kept.values().next().value!);
  }

  /** Calls with every message that is new, was edited or deleted, or got a reaction, until the result is called. */
  watch(watcher: (message: StoredMessage) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  changed(message: StoredMessage): void {
    for (const watcher of this.#watchers) watcher(message);
  }

  forget(message: StoredMessage): void {
    this.messages.get(message.data.channel_id)?.delete(message.data.id);
    this.replaceUploads(message.uploads, []);
  }

  /** Serves these uploads at their addresses, and no longer those that were there before. */
  replaceUploads(before: readonly StoredUpload[], uploads: StoredUpload[]): StoredUpload[] {
    for (const { id } of before) this.uploads.delete(id);
    for (const upload of uploads) this.uploads.set(upload.id, upload);
    return uploads;
  }

  /** A member's permissions as a bit field in decimal; the guild's owner has all. */
  permissions(guild: GuildRecord, userId: string): string {
    if (guild.ownerId === userId) return ALL_PERMISSIONS;
    let bits = BigInt(guild.roles.get(guild.id)?.permissions ?? 0);
    for (const roleId of guild.members.get(userId)?.roles ?? []) {
      bits |= BigInt(guild.roles.get(roleId)?.permissions ?? 0);
    }
    return (bits & ADMINISTRATOR) === 0n ? bits.toString() : ALL_PERMISSIONS;
  }

  #makeTeam(spec: TeamSpec): APITeam {
    const id = this.snowflakes.next();
    const members = [this.owner.username, ...(spec.members ?? [])];
    return {
      id,
      name: spec.name ?? 'team',
      icon: null,
      owner_user_id: this.owner.id,
      members: members.map((member) => {
        const {
          name,
          role = 'admin',
          state = 'accepted',
        } = typeof member === 'string' ? { name: member } : member;
        return {
          team_id: id,
          user: this.usersByName.get(name) ?? this.addUser(name),
          role: role as APITeam['members'][number]['role'],
          membership_state: state === 'accepted' ? 2 : 1,
          permissions: ['*'],
        };
      }),
    };
  }
}
