import type { Person, SeenMessage } from '../wire.ts';
import { attachmentElement } from './attachment.ts';
import { type ComponentContext, componentElement } from './components.ts';
import { avatar, h, icon } from './dom.ts';
import { embedElement } from './embed.ts';
import { markdown } from './markdown-view.ts';
import { format, sentAt } from './time.ts';

export interface MessageContext extends Omit<ComponentContext, 'names'> {
  me: Person;
  /** Whether it goes on where the message before ended, without a head of its own. */
  isContinued: boolean;
  /** Why the last click did not work, if it did not. */
  failure: string | undefined;
  dismiss(): void;
}

/** How long somebody's messages go on under one head. */
const LONGEST_PAUSE_MS = 7 * 60_000;

export function continues(message: SeenMessage, before: SeenMessage | undefined): boolean {
  return (
    before !== undefined &&
    before.author.id === message.author.id &&
    before.isEphemeral === message.isEphemeral &&
    message.command === undefined &&
    message.replyTo === undefined &&
    message.sentAtEpochMs - before.sentAtEpochMs < LONGEST_PAUSE_MS
  );
}

export function messageElement(message: SeenMessage, context: MessageContext): HTMLElement {
  const { id, author, isThinking, isEphemeral, edits, embeds, components, attachments, reactions, names } =
    message;
  const inner: ComponentContext = { ...context, names };
  const looks = {
    continued: context.isContinued,
    ephemeral: isEphemeral,
    mentioned: isFor(context.me, message),
    thinking: isThinking,
  };
  return h(
    'li',
    { class: ['message', ...lookNames(looks)].join(' '), data: { id, edits: String(edits) } },
    origin(message),
    context.isContinued
      ? h('time', { class: 'aside' }, format(message.sentAtEpochMs, 't'))
      : avatar(author, 'large'),
    h(
      'div',
      { class: 'body' },
      !context.isContinued && head(author, sentAt(message.sentAtEpochMs)),
      isThinking ? thinking(author.name) : content(message, inner),
      ...attachments.map(attachmentElement),
      ...embeds.map((embed) => embedElement(embed, inner)),
      components.length > 0 &&
        h('div', { class: 'components' }, ...components.map((one) => componentElement(one, inner))),
      reactions.length > 0 &&
        h(
          'div',
          { class: 'reactions' },
          ...reactions.map(({ emoji, count }) => h('span', { class: 'reaction' }, `${emoji} ${count}`)),
        ),
      context.failure !== undefined && h('div', { class: 'failure', role: 'alert' }, context.failure),
      isEphemeral && onlyYou(context.dismiss),
    ),
  );
}

/** A command that is on its way, or that the bot did not answer. */
export function sendingElement(
  command: string,
  failure: string | undefined,
  { me, bot, dismiss }: { me: Person; bot: Person; dismiss(): void },
): HTMLElement {
  return h(
    'li',
    { class: `message ephemeral ${failure === undefined ? 'sending' : 'unanswered'}` },
    used(me, command, true),
    avatar(bot, 'large'),
    h(
      'div',
      { class: 'body' },
      head(bot, sentAt(Date.now())),
      failure === undefined
        ? h('div', { class: 'content' }, 'Sending command…')
        : h('div', { class: 'failure', role: 'alert' }, failure),
      failure !== undefined && onlyYou(dismiss),
    ),
  );
}

function content(message: SeenMessage, context: ComponentContext): HTMLElement | false {
  const edited = message.isEdited && h('span', { class: 'edited' }, '(edited)');
  return (
    message.content !== '' &&
    h('div', { class: 'content markdown' }, ...markdown(message.content, context), edited)
  );
}

function head(author: Person, time: string): HTMLElement {
  return h(
    'div',
    { class: 'head' },
    h('span', { class: 'name' }, author.name),
    author.isBot && h('span', { class: 'badge' }, 'APP'),
    h('time', {}, time),
  );
}

/** The line above a message: whose command or which message it answers. */
function origin({ command, replyTo }: SeenMessage): HTMLElement | undefined {
  if (command !== undefined) return used(command.user, command.name, command.isSlash);
  if (replyTo === undefined) return undefined;
  const { author, text } = replyTo;
  return h(
    'div',
    { class: 'origin' },
    avatar(author, 'small'),
    h('span', { class: 'name' }, author.name),
    h('span', { class: 'origin-text' }, text === '' ? h('em', {}, 'Click to see attachment') : text),
  );
}

function used(user: Person, command: string, isSlash: boolean): HTMLElement {
  return h(
    'div',
    { class: 'origin' },
    avatar(user, 'small'),
    h('span', { class: 'name' }, user.name),
    ' used ',
    h('span', { class: 'used' }, icon('command'), isSlash ? `/${command}` : command),
  );
}

function thinking(name: string): HTMLElement {
  const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  return h('div', { class: 'content' }, dots, `${name} is thinking…`);
}

function onlyYou(dismiss: () => void): HTMLElement {
  return h(
    'div',
    { class: 'only-you' },
    icon('eye'),
    'Only you can see this • ',
    h('button', { type: 'button', class: 'text-button', on: { click: dismiss } }, 'Dismiss message'),
  );
}

function isFor(me: Person, { content, replyTo, author }: SeenMessage): boolean {
  if (author.id === me.id) return false;
  return replyTo?.author.id === me.id || content.includes(`<@${me.id}>`);
}

function lookNames(looks: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(looks).filter((look) => looks[look]);
}
