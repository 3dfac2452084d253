import { randomBytes } from 'node:crypto';
import type { APIModalInteractionResponseCallbackData, APIUser } from 'discord.js';
import { refuse } from './api-error.ts';
import type { Gateway } from './gateway.ts';
import type { Messages } from './messages.ts';
import { interactionChannel, memberPayload } from './payloads.ts';
import type { ChannelRecord, GuildRecord, StoredMessage, Upload, World } from './state.ts';
import { ALL_PERMISSIONS } from './state.ts';
import { checkChoices, checkModal } from './validate/interaction.ts';
import { flag } from './validate/message.ts';
import { type Fields, isFields } from './validate/schema.ts';

export const interactionType = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
type InteractionTypeNumber = (typeof interactionType)[keyof typeof interactionType];

export const responseType = {
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const;

export interface Choice {
  name: string;
  value: string | number;
}

/** An interaction and all that came of it. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionTypeNumber;
  /** The command with its subcommands, or the custom id. */
  readonly name: string;
  readonly user: APIUser;
  readonly channel: ChannelRecord;
  readonly guild: GuildRecord | undefined;
  readonly createdAtMs: number;
  /** The message whose component was used. */
  readonly source: StoredMessage | undefined;
  /** What is written onto the messages that come of it. */
  readonly metadata: Fields;
  /** 20 after a slash command, 23 after a context menu, 19 otherwise. */
  readonly messageType: number;
  /** The type of the bot's response. */
  response: number | undefined;
  acknowledgedAtMs: number | undefined;
  /** The same by `performance.now()`. */
  answeredAtMs: number;
  original: StoredMessage | undefined;
  /** Edits of the original through this interaction's token. */
  edits: number;
  readonly followUps: StoredMessage[];
  choices: Choice[] | undefined;
  modal: APIModalInteractionResponseCallbackData | undefined;
}

export interface InteractionSpec {
  type: InteractionTypeNumber;
  name: string;
  user: APIUser;
  channel: ChannelRecord;
  guild: GuildRecord | undefined;
  locale: string;
  data: Fields;
  source?: StoredMessage | undefined;
  metadata: Fields;
  messageType: number;
}

interface InteractionOptions {
  ackDeadlineMs: number;
  tokenLifetimeMs: number;
  attachmentSizeLimitBytes: number;
  keep: number;
}

/** Which responses Discord takes for which interaction. */
const accepted: Readonly<Record<InteractionTypeNumber, readonly number[]>> = {
  [interactionType.command]: [4, 5, 9],
  [interactionType.component]: [4, 5, 6, 7, 9],
  [interactionType.autocomplete]: [8],
  [interactionType.modal]: [4, 5, 6, 7],
};

export class Interactions {
  readonly #byId = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();
  readonly #world: World;
  readonly #gateway: Gateway;
  readonly #messages: Messages;
  readonly #options: InteractionOptions;
  /** The newest one that isn't an autocomplete. */
  latest: Interaction | undefined;

  constructor(world: World, gateway: Gateway, messages: Messages, options: InteractionOptions) {
    this.#world = world;
    this.#gateway = gateway;
    this.#messages = messages;
    this.#options = options;
  }

  create(spec: InteractionSpec): Interaction {
    const { user, channel, guild } = spec;
    const id = this.#world.snowflakes.next();
    const token = randomBytes(48).toString('base64url');
    const owners = { '0': guild?.id ?? '0' };
    const interaction: Interaction = {
      id,
      token,
      type: spec.type,
      name: spec.name,
      user,
      channel,
      guild,
      createdAtMs: this.#world.now(),
      source: spec.source,
      metadata: { id, type: spec.type, user, authorizing_integration_owners: owners, ...spec.metadata },
      messageType: spec.messageType,
      response: undefined,
      acknowledgedAtMs: undefined,
      answeredAtMs: 0,
      original: undefined,
      edits: 0,
      followUps: [],
      choices: undefined,
      modal: undefined,
    };
    this.#remember(interaction);
    const permissions = guild === undefined ? ALL_PERMISSIONS : this.#world.permissions(guild, user.id);
    const member = guild?.members.get(user.id);
    const payload = {
      id,
      application_id: this.#world.bot.id,
      type: spec.type,
      token,
      version: 1,
      data: spec.data,
      channel_id: channel.id,
      channel: interactionChannel(channel, permissions),
      ...(guild === undefined
        ? { user, context: 1 }
        : {
            guild_id: guild.id,
            guild: { id: guild.id, features: [], locale: 'en-US' },
            guild_locale: 'en-US',
            member: { ...memberPayload(member!), permissions },
            context: 0,
          }),
      ...(spec.source === undefined ? {} : { message: spec.source.data }),
      app_permissions:
        guild === undefined ? ALL_PERMISSIONS : this.#world.permissions(guild, this.#world.bot.id),
      locale: spec.locale,
      entitlements: [],
      authorizing_integration_owners: owners,
      attachment_size_limit: this.#options.attachmentSizeLimitBytes,
    };
    this.#gateway.dispatch('INTERACTION_CREATE', payload, { guildId: guild?.id });
    return interaction;
  }

  /** `POST /interactions/:id/:token/callback`; returns what `with_response` asks for. */
  respond(id: string, token: string, body: Fields, files: readonly Upload[]): Fields {
    const interaction = this.#byId.get(id);
    if (interaction === undefined || interaction.token !== token) throw refuse('unknownInteraction');
    const ageMs = this.#world.now() - interaction.createdAtMs;
    if (interaction.response !== undefined) {
      throw refuse(ageMs > this.#options.tokenLifetimeMs ? 'unknownInteraction' : 'alreadyAcknowledged');
    }
    if (ageMs > this.#options.ackDeadlineMs) throw refuse('unknownInteraction');
    const type = Number(body['type']);
    const types = accepted[interaction.type];
    const fitting = types.includes(type) && (type < 6 || type > 7 || interaction.source !== undefined);
    if (!fitting) {
      const message = `Value must be one of {${types.join(', ')}}.`;
      throw refuse('invalidForm', { type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message }] } });
    }
    const data = isFields(body['data']) ? body['data'] : {};
    this.#answer(interaction, type, data, files);
    interaction.response = type;
    interaction.acknowledgedAtMs = this.#world.now();
    interaction.answeredAtMs = performance.now();
    const message = interaction.original;
    return {
      interaction: {
        id,
        type: interaction.type,
        ...(message === undefined
          ? {}
          : {
              response_message_id: message.data.id,
              response_message_loading: type === responseType.deferredMessage,
              response_message_ephemeral: message.ephemeralFor !== undefined,
            }),
      },
      resource: { type, ...(message === undefined ? {} : { message: message.data }) },
    };
  }

  /** `POST /webhooks/:application/:token` */
  followUp(token: string, body: Fields, files: readonly Upload[]): StoredMessage {
    const interaction = this.#acknowledged(token);
    const { original } = interaction;
    // Right after a deferral, Discord lets the first follow-up take the place of "thinking".
    if (original !== undefined && isLoading(original) && !original.deleted) {
      return this.editOriginal(token, body, files);
    }
    const message = this.#post(interaction, body, files, 0, []);
    interaction.followUps.push(message);
    return message;
  }

  /** The message that `@original` or an id means. */
  message(token: string, id: string): StoredMessage {
    const interaction = this.#acknowledged(token);
    const message =
      id === '@original'
        ? interaction.original
        : (interaction.followUps.find((one) => one.data.id === id) ??
          this.#world.messages.get(interaction.channel.id)?.get(id));
    const own = message?.data.webhook_id === this.#world.bot.id || message === interaction.source;
    if (message === undefined || message.deleted || !own) throw refuse('unknownMessage');
    return message;
  }

  editOriginal(token: string, body: Fields, files: readonly Upload[]): StoredMessage {
    const message = this.#messages.edit(this.message(token, '@original'), body, files);
    this.#acknowledged(token).edits++;
    return message;
  }

  edit(token: string, id: string, body: Fields, files: readonly Upload[]): StoredMessage {
    const message = this.message(token, id);
    if (message === this.#acknowledged(token).original) return this.editOriginal(token, body, files);
    return this.#messages.edit(message, body, files);
  }

  delete(token: string, id: string): void {
    this.#messages.delete(this.message(token, id));
  }

  #answer(interaction: Interaction, type: number, data: Fields, files: readonly Upload[]): void {
    switch (type) {
      case responseType.choices:
        checkChoices(data);
        interaction.choices = data['choices'] as Choice[];
        break;
      case responseType.modal:
        checkModal(data);
        interaction.modal = data as unknown as APIModalInteractionResponseCallbackData;
        break;
      case responseType.message:
        interaction.original = this.#post(interaction, data, files, 0, ['data']);
        break;
      case responseType.deferredMessage:
        interaction.original = this.#post(interaction, { flags: data['flags'] }, [], flag.loading, ['data']);
        break;
      case responseType.update:
        interaction.original = this.#messages.edit(interaction.source!, data, files, ['data']);
        break;
      default:
        interaction.original = interaction.source;
    }
  }

  #post(
    interaction: Interaction,
    body: Fields,
    files: readonly Upload[],
    flags: number,
    at: readonly string[],
  ): StoredMessage {
    const ephemeral = (Number(body['flags'] ?? 0) & flag.ephemeral) !== 0;
    const isFirst = interaction.original === undefined && interaction.response === undefined;
    const referenced = isFirst ? interaction.source : interaction.original;
    const { id, type, user } = interaction.metadata;
    return this.#messages.create(interaction.channel, body, files, {
      author: this.#world.bot,
      ephemeralFor: ephemeral ? interaction.user.id : undefined,
      flags,
      at,
      fields: {
        type: isFirst ? interaction.messageType : 19,
        application_id: this.#world.bot.id,
        webhook_id: this.#world.bot.id,
        interaction_metadata: isFirst
          ? interaction.metadata
          : { ...interaction.metadata, original_response_message_id: interaction.original?.data.id },
        // The older form, which Discord still sends with the answers to commands.
        ...(interaction.type === interactionType.command
          ? { interaction: { id, type, user, name: interaction.name } }
          : {}),
        ...(referenced === undefined
          ? {}
          : {
              message_reference: {
                type: 0,
                channel_id: referenced.data.channel_id,
                message_id: referenced.data.id,
                guild_id: referenced.guildId,
              },
            }),
      },
    });
  }

  #acknowledged(token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction?.response === undefined) throw refuse('unknownWebhook');
    const ageMs = this.#world.now() - interaction.createdAtMs;
    if (ageMs > this.#options.tokenLifetimeMs) throw refuse('invalidWebhookToken');
    return interaction;
  }

  #remember(interaction: Interaction): void {
    this.#byId.set(interaction.id, interaction);
    this.#byToken.set(interaction.token, interaction);
    if (interaction.type !== interactionType.autocomplete) this.latest = interaction;
    if (this.#byId.size <= this.#options.keep) return;
    const oldest = this.#byId.values().next().value!;
    this.#byId.delete(oldest.id);
    this.#byToken.delete(oldest.token);
  }
}

export function isLoading(message: StoredMessage): boolean {
  return (Number(message.data.flags ?? 0) & flag.loading) !== 0;
}
