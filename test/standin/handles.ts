import type {
  APIAttachment,
  APIEmbed,
  APIMessage,
  APIModalInteractionResponseCallbackData,
  APIUser,
} from 'discord.js';
import { type Choice, type Interaction, isLoading, responseType } from './interactions.ts';
import { attachmentPayload } from './messages.ts';
import { compareIds } from './snowflakes.ts';
import type { StoredMessage, StoredUpload, World } from './state.ts';
import { everyComponent } from './validate/components.ts';
import type { Fields } from './validate/schema.ts';
import type { WaitOptions, Waits } from './waits.ts';

export type SeenAttachment = APIAttachment & {
  bytes: Uint8Array;
  /** Its bytes as UTF-8. */
  text: string;
  /** Shown inside an embed or component, so not among the message's own attachments. */
  inline: boolean;
};

/** A message as a person sees it, always in its current state. */
export class Posted {
  readonly #stored: StoredMessage;
  readonly #handles: Handles;

  constructor(stored: StoredMessage, handles: Handles) {
    this.#stored = stored;
    this.#handles = handles;
  }

  get stored(): StoredMessage {
    return this.#stored;
  }

  /** As Discord would send it. */
  get message(): APIMessage {
    return this.#stored.data;
  }

  get id(): string {
    return this.message.id;
  }

  get content(): string {
    return this.message.content;
  }

  get embeds(): APIEmbed[] {
    return this.message.embeds;
  }

  get components(): NonNullable<APIMessage['components']> {
    return this.message.components ?? [];
  }

  /** Every component, also nested ones. */
  get allComponents(): Fields[] {
    return [...everyComponent(this.components)];
  }

  /** Every upload, also those shown inside an embed. */
  get attachments(): SeenAttachment[] {
    return this.#stored.uploads.map(seen);
  }

  get ephemeral(): boolean {
    return this.#stored.ephemeralFor !== undefined;
  }

  /** "… is thinking" */
  get thinking(): boolean {
    return isLoading(this.#stored);
  }

  get deleted(): boolean {
    return this.#stored.deleted;
  }

  /** How often it was edited. */
  get edits(): number {
    return this.#stored.edits;
  }

  /** Earlier versions, oldest first. */
  get history(): readonly APIMessage[] {
    return this.#stored.history;
  }

  get author(): APIUser {
    return this.message.author;
  }

  /** Waits until the message looks like this. */
  async until(look: (message: this) => boolean, options?: WaitOptions): Promise<this> {
    const describe = () => `the message never came to look as wanted; it is ${JSON.stringify(this.message)}`;
    return this.#handles.waits.until(() => (look(this) ? this : undefined), describe, options);
  }

  /** Waits until it has been edited this often. */
  edited(times: number, options?: WaitOptions): Promise<this> {
    return this.until(() => this.edits >= times, options);
  }

  /** The bot's first message in the same channel after this one; ephemeral ones aside. */
  answer(options?: WaitOptions): Promise<Posted> {
    const describe = () => `the bot wrote nothing after ${JSON.stringify(this.content)}`;
    const look = () => this.#handles.botMessages(this.message.channel_id, this.id)[0];
    return this.#handles.waits.until(look, describe, options);
  }
}

function seen(upload: StoredUpload): SeenAttachment {
  const fields = attachmentPayload(upload) as unknown as APIAttachment;
  const { bytes, inline } = upload;
  return {
    ...fields,
    bytes,
    inline,
    get text() {
      return Buffer.from(bytes).toString();
    },
  };
}

/** What came of one action of a user's: a command run, a click, a choice, a modal sent. */
export class Run {
  readonly #interaction: Interaction;
  readonly #handles: Handles;

  constructor(interaction: Interaction, handles: Handles) {
    this.#interaction = interaction;
    this.#handles = handles;
  }

  get interaction(): Interaction {
    return this.#interaction;
  }

  get id(): string {
    return this.#interaction.id;
  }

  /** The command with its subcommands, or the custom id. */
  get name(): string {
    return this.#interaction.name;
  }

  /** The type of the bot's response (4–9); undefined before. */
  get responseType(): number | undefined {
    return this.#interaction.response;
  }

  get acknowledged(): boolean {
    return this.#interaction.response !== undefined;
  }

  /** On the stand-in's clock, from the user's action on. */
  get acknowledgedAfterMs(): number | undefined {
    const { acknowledgedAtMs, createdAtMs } = this.#interaction;
    return acknowledgedAtMs === undefined ? undefined : acknowledgedAtMs - createdAtMs;
  }

  /** Edits of the response through this interaction. */
  get edits(): number {
    return this.#interaction.edits;
  }

  get followUps(): Posted[] {
    return this.#interaction.followUps.map((message) => this.#handles.posted(message));
  }

  /** The choices an autocomplete was answered with. */
  get choices(): readonly Choice[] | undefined {
    return this.#interaction.choices;
  }

  /** Waits for the bot's response and returns its type, whether or not there is something to see. */
  acknowledgement(options?: WaitOptions): Promise<number> {
    return this.#handles.waits.until(
      () => this.#interaction.response,
      () => this.#state(),
      options,
    );
  }

  /**
   * Waits for what the user sees: the reply, the message a deferred reply turns into, or the updated message
   * whose component was used. After a deferred update it's that message once edited, or the first follow-up.
   */
  async reply(options?: WaitOptions): Promise<Posted> {
    const message = await this.#handles.waits.until(
      () => this.#visible(),
      () => this.#state(),
      options,
    );
    return this.#handles.posted(message);
  }

  /** Waits for the nth follow-up, counted from 0. */
  async followUp(index = 0, options?: WaitOptions): Promise<Posted> {
    const { waits } = this.#handles;
    const describe = () =>
      `no follow-up ${index} to ${this.name}; ${this.#interaction.followUps.length} so far`;
    const message = await waits.until(() => this.#interaction.followUps[index], describe, options);
    return this.#handles.posted(message);
  }

  /** Waits for the modal it opens. */
  async modal(options?: WaitOptions): Promise<APIModalInteractionResponseCallbackData> {
    const look = () => {
      const { modal, response } = this.#interaction;
      if (modal === undefined && response !== undefined) {
        throw new Error(`[standin] ${this.name} opened no modal, it was answered with type ${response}`);
      }
      return modal;
    };
    return this.#handles.waits.until(look, () => this.#state(), options);
  }

  #visible(): StoredMessage | undefined {
    const { response, original, followUps, edits } = this.#interaction;
    switch (response) {
      case undefined:
        return undefined;
      case responseType.message:
      case responseType.update:
        return original;
      case responseType.deferredMessage:
        if (original !== undefined && !isLoading(original)) return original;
        return followUps[0] ?? (original?.deleted === true ? original : undefined);
      case responseType.deferredUpdate:
        return edits > 0 ? original : followUps[0];
      case responseType.modal:
        throw new Error(`[standin] ${this.name} opened a modal: use run.modal() and user.submits(run, …)`);
      default:
        throw new Error(`[standin] ${this.name} was answered with type ${response}, which shows no message`);
    }
  }

  #state(): string {
    const { response, original } = this.#interaction;
    const who = `${this.name} by ${this.#interaction.user.username}`;
    if (response === undefined) return `no answer to ${who}: the application did not respond`;
    if (original !== undefined && isLoading(original)) return `no answer to ${who}: still thinking`;
    if (response === responseType.deferredUpdate) return `${who} was acknowledged, but nothing changed since`;
    return `${who} was answered with type ${response}`;
  }
}

/** Makes the handles; the same message or interaction always gives the same one. */
export class Handles {
  readonly waits: Waits;
  readonly #world: World;
  readonly #posted = new WeakMap<StoredMessage, Posted>();
  readonly #runs = new WeakMap<Interaction, Run>();

  constructor(world: World, waits: Waits) {
    this.#world = world;
    this.waits = waits;
  }

  posted(stored: StoredMessage): Posted {
    let posted = this.#posted.get(stored);
    if (posted === undefined) this.#posted.set(stored, (posted = new Posted(stored, this)));
    return posted;
  }

  run(interaction: Interaction): Run {
    let run = this.#runs.get(interaction);
    if (run === undefined) this.#runs.set(interaction, (run = new Run(interaction, this)));
    return run;
  }

  /** The bot's messages in a channel, oldest first, that everybody sees; only those after an id if given. */
  botMessages(channelId: string, after?: string): Posted[] {
    const found: Posted[] = [];
    for (const stored of this.#world.messages.get(channelId)?.values() ?? []) {
      const mine = stored.data.author.id === this.#world.bot.id && stored.ephemeralFor === undefined;
      const isNew = after === undefined || compareIds(stored.data.id, after) > 0;
      if (mine && isNew) found.push(this.posted(stored));
    }
    return found;
  }
}
