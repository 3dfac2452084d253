import type {
  BaseMessageOptions,
  ChatInputCommandInteraction,
  MessageComponentInteraction,
  ModalSubmitInteraction,
  User,
} from 'discord.js';
import { type Page, toMessage } from '../../render/page.ts';
import { asOurs } from '../../rest/own.ts';
import { SUBCOMMANDS } from '../index.ts';
import { pathOf } from '../subcommand.ts';
import { withMentions } from './mentions.ts';

export const EPHEMERAL = 64;
const UNKNOWN_MESSAGE = 10_008;
/** The message or the token is gone: there is nobody left to tell. */
const GONE = new Set([UNKNOWN_MESSAGE, 10_015, 10_062, 50_027]);
const PATHS: ReadonlySet<string> = new Set(SUBCOMMANDS.map(pathOf));

/** What changes a message that is there. */
export type FromMessage = MessageComponentInteraction | ModalSubmitInteraction;

/** What is answered with a page. */
export type Answered = ChatInputCommandInteraction | FromMessage;

/** Brings pages to the owner, whatever has become of the message that they belong in. */
export class Delivery {
  /** Of `/profiler`, since it was run: pages mention its subcommands. */
  commandId: string | undefined;

  messageOf(page: Page): BaseMessageOptions {
    return toMessage(withMentions(page, this.commandId, PATHS));
  }

  /** @returns the message that shows the page */
  async answer(interaction: Answered, page: Page): Promise<{ id: string }> {
    const message = this.messageOf(page);
    try {
      return await interaction.editReply(message);
    } catch (error) {
      if (codeOf(error) !== UNKNOWN_MESSAGE) throw error;
      // It was dismissed between the click and the answer.
      return interaction.followUp({ ...message, flags: EPHEMERAL });
    }
  }

  /**
   * Shows what was waited for, in the message or, where that is gone or can no longer be edited, in a new one.
   * @param redraw shows it in the message
   */
  async announce(
    interaction: Answered,
    page: Page,
    redraw: (message: BaseMessageOptions) => Promise<unknown>,
  ): Promise<void> {
    const message = this.messageOf(page);
    const ways = [
      () => redraw(message),
      // It was dismissed: only the one who did that is told again.
      () => interaction.followUp({ ...message, flags: EPHEMERAL }),
    ];
    for (const way of ways) {
      try {
        await way();
        return;
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    await sendInPerson(interaction.user, message);
  }
}

/** Whether there is nobody left to tell. */
export function isGone(error: unknown): boolean {
  return GONE.has(codeOf(error));
}

function codeOf(error: unknown): number {
  return Number((error as { code?: unknown } | undefined)?.code);
}

/** A direct message. `user.send` would do, but its requests would count as the bot's. */
async function sendInPerson(user: User, message: BaseMessageOptions): Promise<void> {
  const { MessagePayload, Routes } = await import('discord.js');
  const channel = await asOurs(() => user.createDM());
  const { body, files } = await MessagePayload.create(channel, message).resolveBody().resolveFiles();
  const sent = { body, ...(files && { files }) };
  await asOurs(() => user.client.rest.post(Routes.channelMessages(channel.id), sent));
}
