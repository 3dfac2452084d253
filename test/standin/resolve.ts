import type { APIRole, APIUser } from 'discord.js';
import { attachmentPayload } from './messages.ts';
import { interactionChannel, memberFields } from './payloads.ts';
import type { ChannelRecord, GuildRecord, StoredUpload, Upload, World } from './state.ts';
import type { Fields } from './validate/schema.ts';

/** Somebody or something named: by name, `#name`, `@name`, mention, id, or the thing itself. */
export type Named = string | { id: string };

export interface UploadSpec {
  filename: string;
  bytes: Uint8Array | string;
  contentType?: string;
}

/** Finds what a user names and collects it as an interaction's `resolved` data. */
export class Resolver {
  readonly #world: World;
  readonly #guild: GuildRecord | undefined;
  readonly #cdnUrl: string;
  readonly #resolved: Record<string, Record<string, unknown>> = {};

  constructor(world: World, guild: GuildRecord | undefined, cdnUrl: string) {
    this.#world = world;
    this.#guild = guild;
    this.#cdnUrl = cdnUrl;
  }

  /** For the interaction's data; undefined when nothing was named. */
  get resolved(): Fields | undefined {
    return Object.keys(this.#resolved).length === 0 ? undefined : this.#resolved;
  }

  user(named: Named): string {
    const user = this.#findUser(named);
    if (user === undefined) throw new Error(`[standin] there is no user ${describe(named)}`);
    this.#add('users', user.id, user);
    const member = this.#guild?.members.get(user.id);
    if (member !== undefined && this.#guild !== undefined) {
      const permissions = this.#world.permissions(this.#guild, user.id);
      this.#add('members', user.id, { ...memberFields(member), permissions });
    }
    return user.id;
  }

  role(named: Named): string {
    const role = this.#findRole(named);
    if (role === undefined) throw new Error(`[standin] there is no role ${describe(named)} here`);
    this.#add('roles', role.id, role);
    return role.id;
  }

  mentionable(named: Named): string {
    return this.#findUser(named) !== undefined ? this.user(named) : this.role(named);
  }

  channel(named: Named, types?: readonly number[]): string {
    const channel = this.#findChannel(named);
    if (channel === undefined) throw new Error(`[standin] there is no channel ${describe(named)} here`);
    if (types !== undefined && types.length > 0 && !types.includes(channel.type)) {
      throw new Error(
        `[standin] ${describe(named)} is a channel of type ${channel.type}, not ${types.join('/')}`,
      );
    }
    this.#add('channels', channel.id, interactionChannel(channel, this.#permissions()));
    return channel.id;
  }

  attachment(spec: UploadSpec): string {
    const upload = storeUpload(this.#world, this.#cdnUrl, spec);
    this.#add('attachments', upload.id, { ...attachmentPayload(upload), ephemeral: true });
    return upload.id;
  }

  message(id: string, message: unknown): void {
    this.#add('messages', id, message);
  }

  #permissions(): string {
    return this.#guild === undefined ? '0' : this.#world.permissions(this.#guild, this.#world.bot.id);
  }

  #findUser(named: Named): APIUser | undefined {
    const name = nameOf(named, /^<?@!?(.+?)>?$/);
    return this.#world.users.get(name) ?? this.#world.usersByName.get(name);
  }

  #findRole(named: Named): APIRole | undefined {
    const name = nameOf(named, /^<?@?&?(.+?)>?$/);
    const roles = this.#guild?.roles;
    return (
      roles?.get(name) ??
      [...(roles?.values() ?? [])].find((role) => role.name === name || role.name === `@${name}`)
    );
  }

  #findChannel(named: Named): ChannelRecord | undefined {
    const name = nameOf(named, /^<?#(.+?)>?$/);
    const channels = (this.#guild?.channelIds ?? []).map((id) => this.#world.channels.get(id));
    return channels.find((channel) => channel?.id === name || channel?.name === name);
  }

  #add(kind: string, id: string, value: unknown): void {
    (this.#resolved[kind] ??= {})[id] = value;
  }
}

/** A user's upload that belongs to no message: served at the CDN address like any other. */
function storeUpload(world: World, cdnUrl: string, spec: UploadSpec): StoredUpload {
  const id = world.snowflakes.next();
  const upload: StoredUpload = {
    ...toUpload(spec),
    id,
    url: `${cdnUrl}/attachments/${id}/${id}/${encodeURIComponent(spec.filename)}`,
    inline: false,
  };
  world.uploads.set(id, upload);
  return upload;
}

export function toUpload({ filename, bytes, contentType = '' }: UploadSpec): Upload {
  return { filename, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes, contentType };
}

function nameOf(named: Named, pattern: RegExp): string {
  return typeof named === 'string' ? (pattern.exec(named)?.[1] ?? named) : named.id;
}

function describe(named: Named): string {
  return typeof named === 'string' ? `"${named}"` : named.id;
}
