import { setTimeout } from 'node:timers';
import type { APIUser } from 'discord.js';
import type { ActionContext, SayOptions, TypeOptions, Where } from './action-context.ts';
import {
  type CommandLine,
  fillOptions,
  fillTyped,
  type OptionValue,
  readCommandLine,
} from './command-line.ts';
import { type ComponentChoice, modalComponents, pickComponent, selectValues } from './components.ts';
import { type Posted, Run } from './handles.ts';
import { type Choice, type InteractionSpec, interactionType } from './interactions.ts';
import { memberPayload } from './payloads.ts';
import { findSpot, type Place, type Spot } from './places.ts';
import { changeReaction } from './reactions.ts';
import { Resolver, toUpload, type UploadSpec } from './resolve.ts';
import type { Services } from './services.ts';
import type { GuildRecord } from './state.ts';
import type { Fields } from './validate/schema.ts';

/** A person on Discord. What the Discord client wouldn't let them do throws an error. */
export class Actor {
  readonly user: APIUser;
  readonly #context: ActionContext;
  readonly #home: Place | undefined;

  constructor(user: APIUser, context: ActionContext, home?: Place) {
    this.user = user;
    this.#context = context;
    this.#home = home;
  }

  get id(): string {
    return this.user.id;
  }

  get name(): string {
    return this.user.username;
  }

  get mention(): string {
    return `<@${this.user.id}>`;
  }

  /** The same person, acting in another place by default: `alice.in('dm').runs('ping')`. */
  in(place: Place): Actor {
    return new Actor(this.user, this.#context, place);
  }

  /** Runs a slash command: `runs('queue add song:Blue Monday', { position: 2 })`. */
  async runs(
    text: string,
    options: Readonly<Record<string, OptionValue>> = {},
    where: Where = {},
  ): Promise<Run> {
    const spot = this.#spot(where);
    const resolver = this.#resolver(spot);
    const line = this.#read(text, spot);
    const filled = fillOptions(line, options, resolver);
    const { commands } = this.#context.counts;
    commands[line.name] = (commands[line.name] ?? 0) + 1;
    return this.#interact(spot, where, {
      type: interactionType.command,
      name: line.name,
      data: this.#commandData(line, filled, resolver),
      metadata: { name: line.name, command_type: 1 },
      messageType: 20,
    });
  }

  /** Types into the line's last option and waits for what is suggested. */
  async types(text: string, where: TypeOptions = {}): Promise<readonly Choice[]> {
    const spot = this.#spot(where);
    const resolver = this.#resolver(spot);
    const line = this.#read(text, spot);
    for (const [name, value] of Object.entries(where.given ?? {})) line.given.set(name, value);
    const filled = fillTyped(line, resolver);
    this.#context.counts.autocompletes++;
    const run = this.#interact(spot, where, {
      type: interactionType.autocomplete,
      name: line.name,
      data: this.#commandData(line, filled, resolver),
      metadata: {},
      messageType: 0,
    });
    await run.acknowledgement();
    return run.choices ?? [];
  }

  /** Uses a context menu command on a person or a message. */
  async uses(name: string, target: Actor | APIUser | Posted, where: Where = {}): Promise<Run> {
    const spot = this.#spot(where);
    const resolver = this.#resolver(spot);
    const isMessage = 'stored' in target;
    const type = isMessage ? 3 : 2;
    const known = this.#available(spot).filter((one) => one.type === type);
    const command = known.find((one) => one.name === name);
    if (command === undefined) {
      const names = known.map((one) => one.name).join(', ') || 'none';
      throw new Error(
        `[standin] there is no ${isMessage ? 'message' : 'user'} command ${name}; there is ${names}`,
      );
    }
    if (isMessage) resolver.message(target.id, target.message);
    else resolver.user(target);
    const { commands } = this.#context.counts;
    commands[name] = (commands[name] ?? 0) + 1;
    const metadata = isMessage
      ? { target_message_id: target.id }
      : { target_user: this.#context.world.users.get(target.id) };
    return this.#interact(spot, where, {
      type: interactionType.command,
      name,
      data: {
        id: command.id,
        name,
        type,
        target_id: target.id,
        resolved: resolver.resolved,
        ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
      },
      metadata: { name, command_type: type, ...metadata },
      messageType: 23,
    });
  }

  /** Clicks a button, named by its custom id, label or emoji. */
  async clicks(target: Posted | Run, button: string, where: Where = {}): Promise<Run> {
    const posted = await this.#look(target);
    const component = pickComponent(posted, button, 'button', this.user);
    return this.#uses(posted, component, {}, where);
  }

  /** Chooses in a select menu, named by its custom id or placeholder; options by value or label. */
  async chooses(
    target: Posted | Run,
    select: string,
    values: ComponentChoice | readonly ComponentChoice[],
    where: Where = {},
  ): Promise<Run> {
    const posted = await this.#look(target);
    const component = pickComponent(posted, select, 'select', this.user);
    const resolver = this.#resolver(this.#spotOf(posted));
    const chosen = selectValues(component, [values].flat() as ComponentChoice[], resolver);
    return this.#uses(posted, component, { values: chosen, resolved: resolver.resolved }, where);
  }

  /** Fills in and sends the modal that a run opened; fields by custom id or label. */
  async submits(
    run: Run,
    fields: Readonly<Record<string, ComponentChoice | readonly ComponentChoice[] | boolean | UploadSpec>>,
    where: Where = {},
  ): Promise<Run> {
    const modal = await run.modal();
    const { interaction } = run;
    await this.#react(interaction.answeredAtMs);
    if (interaction.user.id !== this.id) {
      throw new Error(`[standin] the modal was opened for ${interaction.user.username}, not ${this.name}`);
    }
    const spot = { channel: interaction.channel, guild: interaction.guild };
    const resolver = this.#resolver(spot);
    const components = modalComponents(modal, fields, resolver);
    this.#context.counts.modals++;
    return this.#interact(spot, where, {
      type: interactionType.modal,
      name: modal.custom_id,
      data: { custom_id: modal.custom_id, components, resolved: resolver.resolved },
      source: interaction.source,
      metadata: { triggering_interaction_metadata: interaction.metadata },
      messageType: interaction.source === undefined ? 20 : 19,
    });
  }

  /** Writes a message. */
  async says(content: string, options: SayOptions = {}): Promise<Posted> {
    const { messages, counts, handles } = this.#context;
    const spot = this.#spot(options);
    const body: Fields = { content };
    if (options.replyTo !== undefined) body['message_reference'] = { message_id: options.replyTo.id };
    counts.messages++;
    const files = (options.files ?? []).map(toUpload);
    const stored = messages.create(spot.channel, body, files, { author: this.user });
    handles.waits.notify();
    return handles.posted(stored);
  }

  async edits(message: Posted, content: string): Promise<Posted> {
    this.#mustOwn(message);
    this.#context.messages.edit(message.stored, { content }, []);
    this.#context.handles.waits.notify();
    return message;
  }

  async deletes(message: Posted): Promise<void> {
    this.#mustOwn(message);
    this.#context.messages.delete(message.stored);
    this.#context.handles.waits.notify();
  }

  /** Adds a reaction: a character, or `name:id` for a server's own. */
  async reacts(message: Posted, emoji: string): Promise<void> {
    this.#spotOf(message);
    changeReaction(message.stored, emoji, this.user, 'ADD', this.#context);
    this.#context.handles.waits.notify();
  }

  async unreacts(message: Posted, emoji: string): Promise<void> {
    changeReaction(message.stored, emoji, this.user, 'REMOVE', this.#context);
    this.#context.handles.waits.notify();
  }

  async startsTyping(where: Where = {}): Promise<void> {
    const { channel, guild } = this.#spot(where);
    const timestamp = Math.floor(this.#context.world.now() / 1_000);
    const member = guild?.members.get(this.id);
    const payload = {
      channel_id: channel.id,
      guild_id: guild?.id,
      user_id: this.id,
      timestamp,
      ...(member === undefined ? {} : { member: memberPayload(member) }),
    };
    this.#context.gateway.dispatch('TYPING_START', payload, { guildId: guild?.id });
  }

  /** Joins a guild; who merely acts in one is taken for a member that was there before. */
  async joins(place?: Place): Promise<void> {
    const guild = this.#guild(place);
    if (guild.members.has(this.id)) throw new Error(`[standin] ${this.name} is in ${guild.name} already`);
    const member = this.#context.world.addMember(guild, this.user);
    const payload = { guild_id: guild.id, ...memberPayload(member) };
    this.#context.gateway.dispatch('GUILD_MEMBER_ADD', payload, { guildId: guild.id });
  }

  async leaves(place?: Place): Promise<void> {
    const guild = this.#guild(place);
    if (!guild.members.delete(this.id)) throw new Error(`[standin] ${this.name} isn't in ${guild.name}`);
    const payload = { guild_id: guild.id, user: this.user };
    this.#context.gateway.dispatch('GUILD_MEMBER_REMOVE', payload, { guildId: guild.id });
  }

  /** The bot's direct messages to this person, oldest first. */
  get directMessages(): Posted[] {
    const channelId = this.#context.world.directChannels.get(this.id);
    return channelId === undefined ? [] : this.#context.handles.botMessages(channelId);
  }

  /** Waits for the nth direct message of the bot's, counted from 0. */
  directMessage(index = 0, options: { deadlineMs?: number } = {}): Promise<Posted> {
    const describe = () => `${this.name} got ${this.directMessages.length} direct messages, not ${index + 1}`;
    return this.#context.handles.waits.until(() => this.directMessages[index], describe, options);
  }

  async #look(target: Posted | Run): Promise<Posted> {
    const posted = target instanceof Run ? await target.reply() : target;
    await this.#react(posted.stored.changedAtMs);
    return posted;
  }

  async #react(seenAtMs: number): Promise<void> {
    const leftMs = seenAtMs + this.#context.reactionMs - performance.now();
    if (leftMs > 0) await new Promise((resolve) => void setTimeout(resolve, leftMs));
  }

  #uses(posted: Posted, component: Fields, data: Fields, where: Where): Run {
    const spot = this.#spotOf(posted);
    this.#context.counts.components++;
    const customId = String(component['custom_id']);
    return this.#interact(spot, where, {
      type: interactionType.component,
      name: customId,
      data: { id: component['id'], custom_id: customId, component_type: component['type'], ...data },
      source: posted.stored,
      metadata: { interacted_message_id: posted.id },
      messageType: 19,
    });
  }

  #interact(
    spot: Spot,
    where: Where,
    spec: Omit<InteractionSpec, 'user' | 'channel' | 'guild' | 'locale'>,
  ): Run {
    const { gateway, interactions, handles } = this.#context;
    if (!gateway.reaches(spot.guild?.id)) {
      const place = spot.guild === undefined ? 'direct messages' : spot.guild.name;
      throw new Error(`[standin] no bot is connected that would hear of ${spec.name} in ${place}`);
    }
    const locale = where.locale ?? 'en-US';
    const interaction = interactions.create({ ...spec, ...spot, user: this.user, locale });
    handles.waits.notify();
    return handles.run(interaction);
  }

  #available(spot: Spot): ReturnType<Services['commands']['visibleIn']> {
    const commands = this.#context.commands.visibleIn(spot.guild?.id);
    if (spot.guild !== undefined) return commands.filter((one) => one.contexts?.includes(0) ?? true);
    return commands.filter((one) => one.contexts?.includes(1) ?? one.dm_permission !== false);
  }

  #read(text: string, spot: Spot): CommandLine {
    return readCommandLine(text, this.#available(spot));
  }

  #commandData(line: CommandLine, options: Fields[], resolver: Resolver): Fields {
    const { id, name, type, guild_id } = line.command;
    return {
      id,
      name,
      type,
      options,
      ...(guild_id === undefined ? {} : { guild_id }),
      ...(resolver.resolved === undefined ? {} : { resolved: resolver.resolved }),
    };
  }

  #resolver(spot: Spot): Resolver {
    return new Resolver(this.#context.world, spot.guild, `${this.#context.origin()}/cdn`);
  }

  #spot(where: Where): Spot {
    const spot = findSpot(this.#context.world, this.user, where.in ?? this.#home);
    this.#ensureMember(spot.guild);
    return spot;
  }

  #spotOf(posted: Posted): Spot {
    const { world } = this.#context;
    const channel = world.channels.get(posted.message.channel_id);
    if (channel === undefined) throw new Error('[standin] the channel of the message is gone');
    const guild = channel.guild_id === undefined ? undefined : world.guilds.get(channel.guild_id);
    this.#ensureMember(guild);
    return { channel, guild };
  }

  #ensureMember(guild: GuildRecord | undefined): void {
    if (guild !== undefined && !guild.members.has(this.id)) this.#context.world.addMember(guild, this.user);
  }

  #guild(place: Place | undefined): GuildRecord {
    const { guild } = findSpot(this.#context.world, this.user, place ?? this.#home);
    if (guild === undefined) throw new Error('[standin] a direct message channel is no guild');
    return guild;
  }

  #mustOwn(message: Posted): void {
    if (message.author.id !== this.id) throw new Error(`[standin] the message isn't ${this.name}'s`);
    if (message.deleted) throw new Error('[standin] the message is deleted');
  }
}
