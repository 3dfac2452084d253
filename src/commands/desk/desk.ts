import type {
  BaseMessageOptions,
  ChatInputCommandInteraction,
  Client,
  Interaction,
  MessageComponentInteraction,
  ModalSubmitInteraction,
} from 'discord.js';
import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import { toMessage } from '../../render/page.ts';
import { StoreError } from '../../store/store-error.ts';
import { SUBCOMMANDS } from '../index.ts';
import type { Request } from '../subcommand.ts';
import { choicesFor } from './choices.ts';
import { parseComponentId } from './component-id.ts';
import { type Answered, Delivery, EPHEMERAL, type FromMessage, isGone } from './delivery.ts';
import { type Drawn, draw, orNotice, withWayBack } from './drawn.ts';
import { find } from './find.ts';
import { answersIn, toModal } from './form.ts';
import { LIVE, type Menu, type Outcome, parseAction } from './menu.ts';
import { givenFiles, optionValues, pathIn } from './options.ts';
import { OwnerGuard } from './owner-guard.ts';
import { Pictures } from './pictures.ts';
import { commandData, Registration } from './registration.ts';
import { Session } from './session.ts';
import { OUR_FAULT, ownerTrouble, storeTrouble } from './trouble.ts';

/** What Discord allows everywhere, for versions of discord.js that do not tell what it allows here. */
const LEAST_FILE_LIMIT_BYTES = 10 * 2 ** 20;
const FOR_OWNER_ONLY = 'Only the owner of this bot can use this.';
const FOR_INVOKER_ONLY = 'This menu answers the one who opened it. Run the command yourself.';

/**
 * Where the owner is answered: every interaction of ours comes in here, meets the owner guard before anything
 * else, and is led to its subcommand. Answers are seen by the owner alone.
 */
export class Desk {
  readonly #profiler: Profiler;
  readonly #guard: OwnerGuard;
  readonly #registration: Registration;
  /** Of each answer with components, by the id of its message. */
  readonly #sessions = new Map<string, Session>();
  readonly #pictures: Pictures;
  readonly #delivery = new Delivery();

  constructor(profiler: Profiler) {
    const { client, options } = profiler;
    this.#profiler = profiler;
    this.#pictures = new Pictures(options.pictures, (message) => options.logger.warn(message));
    this.#guard = new OwnerGuard(client, options.ownerIds);
    this.#registration = new Registration(
      client as Client<true>,
      commandData(SUBCOMMANDS),
      options.guildId,
      (message) => options.logger.warn(message),
    );
  }

  /** Registers `/profiler` and learns who the owner is. Never rejects. */
  async register(): Promise<void> {
    await Promise.all([this.#registration.register(), this.#guard.refresh()]);
  }

  dispose(): void {
    this.#registration.dispose();
    for (const session of this.#sessions.values()) session.dispose();
    void this.#pictures.dispose();
  }

  /** Answers an interaction. Never rejects. */
  async receive(interaction: Interaction): Promise<void> {
    try {
      const allowed = await this.#guard.allows(interaction.user.id);
      if (interaction.isAutocomplete()) {
        await interaction.respond(allowed ? choicesFor(interaction, this.#profiler) : []);
      } else if (interaction.isRepliable() && !allowed) {
        await interaction.reply({ content: FOR_OWNER_ONLY, flags: EPHEMERAL });
      } else if (interaction.isChatInputCommand()) {
        await this.#command(interaction);
      } else if (interaction.isMessageComponent() || interaction.isModalSubmit()) {
        if (isOfAnother(interaction)) {
          await interaction.reply({ content: FOR_INVOKER_ONLY, flags: EPHEMERAL });
        } else if (interaction.isMessageComponent()) await this.#component(interaction);
        else await this.#submitted(interaction);
      }
    } catch (error) {
      const isAnswered = !interaction.isRepliable() || interaction.deferred || interaction.replied;
      if (isAnswered || !(error instanceof ProfilerError)) this.#report(error);
      else
        await interaction
          .reply({ ...toMessage(ownerTrouble(error)), flags: EPHEMERAL })
          .catch((problem) => this.#report(problem));
    }
  }

  async #command(interaction: ChatInputCommandInteraction): Promise<void> {
    this.#delivery.commandId = interaction.commandId;
    await interaction.deferReply({ flags: EPHEMERAL });
    const request = this.#requestOf(interaction);
    const drawn = await this.#drawn(async () => {
      const subcommand = find(pathIn(interaction.options));
      const outcome = await subcommand.run({
        ...request,
        options: optionValues(interaction.options.data),
        files: givenFiles(interaction.options.data),
      });
      return draw(subcommand.menu, outcome, request);
    });
    await this.#show(interaction, drawn);
  }

  async #component(interaction: MessageComponentInteraction): Promise<void> {
    const { subcommand: path, state: text } = parseComponentId(interaction.customId);
    const { menu, component } = find(path);
    const request = this.#requestOf(interaction);
    const values = interaction.isAnySelectMenu() ? interaction.values : [];
    const session = this.#sessionOf(interaction.message.id);
    if (menu === undefined) {
      await this.#advance(interaction, session, async () => {
        if (component === undefined) throw new Error(`/profiler ${path} has no components.`);
        return draw(undefined, await component({ ...request, state: text, values }), request);
      });
      return;
    }
    const { action, argument, state: known } = parseAction(text);
    const chosen = argument === '' ? values : [argument];
    const form = menu.formOf(action, session.stateOf(path, known), chosen, request);
    if (form !== undefined) {
      await interaction.showModal(toModal(interaction.customId, form));
      return;
    }
    if (action === LIVE) this.#toggleLive(session, menu, request, known);
    await this.#advanceMenu(interaction, session, menu, known, (state) =>
      menu.act(action, state, chosen, request),
    );
  }

  async #submitted(interaction: ModalSubmitInteraction): Promise<void> {
    const { subcommand: path, state: text } = parseComponentId(interaction.customId);
    const { menu } = find(path);
    if (menu === undefined || interaction.message === null)
      throw new Error(`/profiler ${path} has no forms.`);
    const { action, state: known } = parseAction(text);
    const request = this.#requestOf(interaction);
    await this.#advanceMenu(interaction, this.#sessionOf(interaction.message.id), menu, known, (state) =>
      menu.submit(action, state, answersIn(interaction), request),
    );
  }

  /** Takes a menu from the state that it is in to the next one. */
  #advanceMenu(
    interaction: FromMessage,
    session: Session,
    menu: Menu,
    known: string,
    act: (state: string) => Promise<Outcome<string>>,
  ): Promise<void> {
    const request = this.#requestOf(interaction);
    return this.#advance(interaction, session, async () => {
      const state = session.stateOf(menu.path, known);
      const outcome = await orNotice(() => act(state), state);
      if ('to' in outcome && outcome.notice === undefined && session.isBehind) {
        session.remember(menu.path, outcome.to);
        return undefined;
      }
      return draw(menu, outcome, request, session.isLive);
    });
  }

  /** Acknowledges at once, and shows what comes next when it is its turn; undefined where that is not worth it. */
  async #advance(
    interaction: FromMessage,
    session: Session,
    next: () => Promise<Drawn | undefined>,
  ): Promise<void> {
    const acknowledged = interaction.deferUpdate();
    // Its turn is that of the click, however fast Discord is.
    const done = session.enqueue(async () => {
      await acknowledged;
      const drawn = await this.#drawn(next);
      if (drawn !== undefined) await this.#show(interaction, leadingBack(drawn, session));
    });
    await Promise.all([acknowledged, done]);
  }

  #toggleLive(session: Session, menu: Menu, request: Request, known: string): void {
    if (session.isLive) {
      session.stopLive();
      return;
    }
    session.remember(menu.path, session.stateOf(menu.path, known));
    session.startLive(async () => {
      const state = session.stateOf(menu.path, known);
      const next = await this.#drawn(() => draw(menu, { to: state }, request, session.isLive));
      const drawn = leadingBack(next, session);
      await session.redraw(drawn, this.#delivery.messageOf(drawn.page)).catch((error) => {
        session.stopLive();
        this.#report(error);
      });
    });
  }

  #requestOf(interaction: Answered): Request {
    const { user, attachmentSizeLimit = LEAST_FILE_LIMIT_BYTES } = interaction;
    return {
      profiler: this.#profiler,
      user,
      fileLimitBytes: attachmentSizeLimit,
      draw: this.#pictures.draw,
    };
  }

  #sessionOf(messageId: string): Session {
    let session = this.#sessions.get(messageId);
    if (session === undefined) {
      session = new Session(() => this.#sessions.delete(messageId));
      this.#sessions.set(messageId, session);
    }
    return session;
  }

  async #show(interaction: Answered, drawn: Drawn): Promise<void> {
    const { id } = await this.#delivery.answer(interaction, drawn.page);
    const session = this.#sessionOf(id);
    session.shown(
      drawn,
      (message) => interaction.editReply(message),
      (error) => this.#report(error),
    );
    this.#follow(interaction, session, drawn);
  }

  /** Draws a page anew while what it shows goes on, and what comes after that. */
  #follow(interaction: Answered, session: Session, { menu: shown }: Drawn): void {
    const menu = shown && find(shown.path).menu;
    const request = this.#requestOf(interaction);
    const going = menu?.goingOn(shown!.state, request);
    if (menu === undefined || going === undefined) return;
    const { everyMs, over } = going;
    const again = async () => {
      const state = session.stateOf(menu.path, shown!.state);
      const drawn = leadingBack(await this.#drawn(() => draw(menu, { to: state }, request)), session);
      await session.redraw(drawn, this.#delivery.messageOf(drawn.page));
    };
    const after = async () => {
      const drawn = leadingBack(await this.#drawn(async () => draw(menu, await over, request)), session);
      const redraw = (message: BaseMessageOptions) => session.redraw(drawn, message);
      await this.#delivery.announce(interaction, drawn.page, redraw).catch((error) => this.#report(error));
      this.#follow(interaction, session, drawn);
    };
    session.follow(over, everyMs, again, after);
  }

  /** What the owner did wrong becomes a page that says so; what we did wrong is reported too. */
  async #drawn<Result extends Drawn | undefined>(make: () => Promise<Result>): Promise<Result | Drawn> {
    try {
      return await make();
    } catch (error) {
      if (error instanceof ProfilerError) return { page: ownerTrouble(error) };
      if (error instanceof StoreError) return { page: storeTrouble(error) };
      this.#report(error);
      return { page: OUR_FAULT };
    }
  }

  #report(error: unknown): void {
    if (isGone(error)) return;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#profiler.options.logger.warn(`An answer could not be given: ${detail}`);
  }
}

/** What a menu led to leads back there. */
function leadingBack(drawn: Drawn, session: Session): Drawn {
  return withWayBack(drawn, session.wayBackFrom(drawn));
}

/** Our answers are seen by one person alone; whatever way another came to one, it is not theirs. */
function isOfAnother({ message, user }: FromMessage): boolean {
  const invoker = message?.interactionMetadata?.user.id;
  return invoker !== undefined && invoker !== user.id;
}
