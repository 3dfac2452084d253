import type {
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  Client,
  CommandInteractionOption,
  Interaction,
  MessageComponentInteraction,
} from 'discord.js';
import { ProfilerError } from '../errors.ts';
import type { Profiler } from '../profiler.ts';
import { type Page, toMessage } from '../render/page.ts';
import { cut } from '../render/text.ts';
import { StoreError } from '../store/store-error.ts';
import { parseComponentId } from './component-id.ts';
import { SUBCOMMANDS } from './index.ts';
import { OwnerGuard } from './owner-guard.ts';
import { commandData, Registration } from './registration.ts';
import { type GivenFile, pathOf, type Subcommand } from './subcommand.ts';

const EPHEMERAL = 64;
const MOST_CHOICES = 25;
const LONGEST_CHOICE = 100;
/** Discord's token for editing an answer lives 15 minutes: its components are disabled before that. */
const COMPONENTS_LIVE_MS = 14 * 60_000;
/** What Discord allows everywhere, for versions of discord.js that do not tell what it allows here. */
const LEAST_FILE_LIMIT_BYTES = 10 * 2 ** 20;
const FOR_OWNER_ONLY = 'Only the owner of this bot can use this.';
/** The message or the token is gone: there is nobody left to tell. */
const GONE = new Set([10_008, 10_015, 10_062, 50_027]);

/**
 * Where the owner is answered: every interaction of ours comes in here, meets the owner guard before anything
 * else, and is led to its subcommand. Answers are seen by the owner alone.
 */
export class Desk {
  readonly #profiler: Profiler;
  readonly #guard: OwnerGuard;
  readonly #registration: Registration;
  /** For each answer with components: when they are disabled. */
  readonly #expiries = new Map<string, NodeJS.Timeout>();

  constructor(profiler: Profiler) {
    const { client, options } = profiler;
    this.#profiler = profiler;
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
    for (const expiry of this.#expiries.values()) clearTimeout(expiry);
    this.#expiries.clear();
  }

  /** Answers an interaction. Never rejects. */
  async receive(interaction: Interaction): Promise<void> {
    try {
      const allowed = await this.#guard.allows(interaction.user.id);
      if (interaction.isAutocomplete()) {
        await interaction.respond(allowed ? this.#choices(interaction) : []);
      } else if (interaction.isRepliable() && !allowed) {
        await interaction.reply({ content: FOR_OWNER_ONLY, flags: EPHEMERAL });
      } else if (interaction.isChatInputCommand()) {
        await this.#command(interaction);
      } else if (interaction.isMessageComponent()) {
        await this.#component(interaction);
      }
    } catch (error) {
      this.#report(error);
    }
  }

  async #command(interaction: ChatInputCommandInteraction): Promise<void> {
    await interaction.deferReply({ flags: EPHEMERAL });
    const page = await this.#pageOrError(() =>
      find(pathIn(interaction.options)).run({
        ...this.#requestOf(interaction),
        options: optionValues(interaction.options.data),
        files: givenFiles(interaction.options.data),
      }),
    );
    await this.#show(interaction, page);
  }

  async #component(interaction: MessageComponentInteraction): Promise<void> {
    await interaction.deferUpdate();
    const { subcommand, state } = parseComponentId(interaction.customId);
    const page = await this.#pageOrError(() => {
      const { component } = find(subcommand);
      if (component === undefined) throw new Error(`/${subcommand} has no components.`);
      return component({
        ...this.#requestOf(interaction),
        state,
        values: interaction.isAnySelectMenu() ? interaction.values : [],
      });
    });
    await this.#show(interaction, page);
  }

  #requestOf(interaction: ChatInputCommandInteraction | MessageComponentInteraction) {
    const { user, attachmentSizeLimit = LEAST_FILE_LIMIT_BYTES } = interaction;
    return { profiler: this.#profiler, user, fileLimitBytes: attachmentSizeLimit };
  }

  #choices(interaction: AutocompleteInteraction) {
    const { name, value } = interaction.options.getFocused(true);
    const choices = find(pathIn(interaction.options)).autocomplete?.(value, this.#profiler, name) ?? [];
    return choices
      .filter(({ value }) => value.length <= LONGEST_CHOICE)
      .slice(0, MOST_CHOICES)
      .map(({ name, value }) => ({ name: cut(name, LONGEST_CHOICE), value }));
  }

  async #show(
    interaction: ChatInputCommandInteraction | MessageComponentInteraction,
    page: Page,
  ): Promise<void> {
    const message = await interaction.editReply(toMessage(page));
    clearTimeout(this.#expiries.get(message.id));
    this.#expiries.delete(message.id);
    if (!page.rows?.length) return;
    const expire = () => {
      this.#expiries.delete(message.id);
      // Its files are there already.
      const { files, ...rest } = page;
      interaction.editReply(toMessage(rest, 'disabled')).catch((error) => this.#report(error));
    };
    this.#expiries.set(message.id, setTimeout(expire, COMPONENTS_LIVE_MS).unref());
  }

  /** What the owner did wrong becomes a page that says so; what we did wrong is reported too. */
  async #pageOrError(make: () => Page | Promise<Page>): Promise<Page> {
    try {
      return await make();
    } catch (error) {
      if (error instanceof ProfilerError)
        return { title: 'That did not work', text: error.message, tone: 'warning' };
      if (error instanceof StoreError) return storeTrouble(error);
      this.#report(error);
      return {
        title: 'Something went wrong in the profiler',
        text: 'Your bot is not affected. The log has the details.',
        tone: 'bad',
      };
    }
  }

  #report(error: unknown): void {
    if (GONE.has(Number((error as { code?: unknown } | undefined)?.code))) return;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#profiler.options.logger.warn(`An answer could not be given: ${detail}`);
  }
}

function storeTrouble({ message }: StoreError): Page {
  return {
    title: 'The store does not do its part',
    text: `${message}\n\nYour bot is not affected. What is recorded meanwhile stays in memory, and is written when the store is back.`,
    tone: 'warning',
  };
}

function find(path: string): Subcommand {
  const subcommand = SUBCOMMANDS.find((candidate) => pathOf(candidate) === path);
  if (subcommand === undefined) throw new ProfilerError('UNKNOWN_SUBCOMMAND', path);
  return subcommand;
}

function pathIn(
  options: Pick<ChatInputCommandInteraction['options'], 'getSubcommand' | 'getSubcommandGroup'>,
): string {
  return [options.getSubcommandGroup(false), options.getSubcommand(false)].filter(Boolean).join(' ');
}

function optionValues(data: readonly CommandInteractionOption[]): Map<string, string | number | boolean> {
  const values = new Map<string, string | number | boolean>();
  for (const { name, value, options } of data) {
    if (value !== undefined) values.set(name, value);
    for (const [inner, given] of optionValues(options ?? [])) values.set(inner, given);
  }
  return values;
}

function givenFiles(data: readonly CommandInteractionOption[]): Map<string, GivenFile> {
  const files = new Map<string, GivenFile>();
  for (const { name, attachment, options } of data) {
    if (attachment) {
      files.set(name, { name: attachment.name, url: attachment.url, sizeBytes: attachment.size });
    }
    for (const [inner, file] of givenFiles(options ?? [])) files.set(inner, file);
  }
  return files;
}
