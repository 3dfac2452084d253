import type { Changes, SeenMessage, Snapshot } from '../wire.ts';
import { h, icon } from './dom.ts';
import { type MarkdownContext, markdown } from './markdown-view.ts';
import { continues, messageElement, sendingElement } from './message.ts';
import type { Session } from './session.ts';
import { daysBetween, format } from './time.ts';

/** How many messages stay on the page. */
const MOST_MESSAGES = 100;
/** Nearer to the end than this, the list goes on following what comes. */
const AT_END_PX = 60;
/** The answer to a command comes through the feed, a moment after it is known that there is one. */
const ANSWER_COMES_WITHIN_MS = 150;

/** Where what is named in texts leads. */
type Links = Pick<MarkdownContext, 'openCommand' | 'openPlace'>;

/** The channel's messages, as they come and change. */
export class MessageList {
  readonly element: HTMLElement;
  readonly #list = h('ol', { class: 'messages' });
  readonly #scroller: HTMLElement;
  readonly #toEnd: HTMLElement;
  readonly #session: Session;
  readonly #links: Links;
  #messages: SeenMessage[] = [];
  readonly #elements = new Map<string, HTMLElement>();
  /** Why the last click on a message did not work, by the message's id. */
  readonly #failures = new Map<string, string>();
  readonly #dismissed = new Set<string>();
  /** Whether it shows the end, and goes on doing so. */
  #follows = true;
  /** How tall the list was when the end was shown last. */
  #heightPx = 0;

  constructor(snapshot: Snapshot, session: Session, links: Links) {
    this.#session = session;
    this.#links = links;
    this.#toEnd = h(
      'button',
      { type: 'button', class: 'to-end', hidden: true, on: { click: () => this.#scrollToEnd() } },
      'Jump to present',
      icon('down'),
    );
    this.#scroller = h(
      'div',
      { class: 'scroller', tabindex: '0', on: { scroll: () => this.#scrolled() } },
      beginning(snapshot, links),
      this.#list,
    );
    this.element = h('div', { class: 'message-area' }, this.#scroller, this.#toEnd);
    // Pictures and texts of files come later than their messages, and make them taller; the composer grows, too.
    const observer = new ResizeObserver(() => this.#follows && this.#scrollToEnd());
    for (const element of [this.#list, this.#scroller]) observer.observe(element);
    this.reset(snapshot.messages);
  }

  /** Shows these messages and no others; what was dismissed stays away. */
  reset(messages: readonly SeenMessage[]): void {
    this.#messages = [];
    for (const element of this.#elements.values()) element.remove();
    this.#elements.clear();
    this.apply({ messages, gone: [] });
    this.#scrollToEnd();
  }

  apply({ messages, gone }: Changes): void {
    for (const id of gone) this.#remove(id);
    for (const message of messages) if (!this.#dismissed.has(message.id)) this.#put(message);
    for (const { id } of this.#messages.slice(0, -MOST_MESSAGES)) this.#remove(id);
    if (this.#follows) this.#scrollToEnd();
  }

  /** Shows that a command is on its way, until it was answered. */
  async send(command: string, sent: Promise<string | undefined>): Promise<void> {
    const { me, bot } = this.#session;
    const dismiss = () => shown.remove();
    let shown = sendingElement(command, undefined, { me, bot, dismiss });
    this.#list.append(shown);
    this.#scrollToEnd();
    const failure = await sent;
    if (failure === undefined) {
      setTimeout(dismiss, ANSWER_COMES_WITHIN_MS);
      return;
    }
    const failed = sendingElement(command, failure, { me, bot, dismiss });
    shown.replaceWith(failed);
    shown = failed;
    this.#scrollToEnd();
  }

  #put(message: SeenMessage): void {
    const at = this.#messages.findIndex(({ id }) => compareIds(id, message.id) >= 0);
    const isKnown = this.#messages[at]?.id === message.id;
    if (isKnown) this.#failures.delete(message.id);
    if (at < 0) this.#messages.push(message);
    else this.#messages.splice(at, Number(isKnown), message);
    this.#draw(message);
  }

  #remove(id: string): void {
    this.#messages = this.#messages.filter((message) => message.id !== id);
    this.#elements.get(id)?.remove();
    this.#elements.delete(id);
  }

  #draw(message: SeenMessage): void {
    const { id } = message;
    const index = this.#messages.indexOf(message);
    const before = this.#messages[index - 1];
    const known = this.#elements.get(id);
    const drawn = messageElement(message, {
      me: this.#session.me,
      isContinued: continues(message, before),
      failure: this.#failures.get(id),
      ...this.#links,
      click: (customId) =>
        this.#interact(message, customId, this.#session.interact('click', { message: id, customId })),
      choose: (customId, values) =>
        this.#interact(
          message,
          customId,
          this.#session.interact('choose', { message: id, customId, values }),
        ),
      nameable: async (kind) => {
        const choices = await this.#session.act('name', { kind, typed: '' });
        return choices.map(({ name, value }) => ({ label: name, value: String(value) }));
      },
      dismiss: () => {
        this.#dismissed.add(id);
        this.#remove(id);
      },
    });
    if (before === undefined || daysBetween(before.sentAtEpochMs, message.sentAtEpochMs) > 0) {
      drawn.dataset['day'] = format(message.sentAtEpochMs, 'D');
    }
    this.#elements.set(id, drawn);
    if (known === undefined) {
      const next = this.#messages[index + 1];
      // What is on its way stays last.
      const sending = this.#list.querySelector('.message.sending');
      this.#list.insertBefore(drawn, (next && this.#elements.get(next.id)) ?? sending);
      return;
    }
    const focused = focusedId(known);
    known.replaceWith(drawn);
    if (focused !== undefined) componentIn(drawn, focused)?.focus();
  }

  /** Marks a component as busy until the bot has answered; says so where it has not. */
  async #interact(message: SeenMessage, customId: string, done: Promise<string | undefined>): Promise<void> {
    const { id } = message;
    const component = componentIn(this.#elements.get(id), customId);
    component?.classList.add('busy');
    const failure = await done;
    component?.classList.remove('busy');
    const current = this.#messages.find((one) => one.id === id);
    if (failure === undefined) this.#failures.delete(id);
    else this.#failures.set(id, failure);
    const isShown = this.#elements.get(id)?.querySelector('.failure') !== null;
    if (current !== undefined && isShown !== (failure !== undefined)) this.#draw(current);
  }

  /** Once it is part of the page: before, it has no height. */
  showEnd(): void {
    this.#scrollToEnd();
  }

  #scrollToEnd(): void {
    this.#heightPx = this.#scroller.scrollHeight;
    this.#scroller.scrollTop = this.#heightPx;
    this.#follows = true;
    this.#toEnd.hidden = true;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (this.#follows && scrollHeight !== this.#heightPx) {
      // The list has grown or shrunk; the visitor has not moved.
      this.#scrollToEnd();
      return;
    }
    this.#follows = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    this.#toEnd.hidden = this.#follows;
  }
}

/** What Discord shows at the beginning of a channel, with the hint of what to do here. */
function beginning({ place, hint, names }: Snapshot, links: Links): HTMLElement {
  return h(
    'div',
    { class: 'beginning' },
    h('span', { class: 'beginning-icon' }, icon(place.isDirect ? 'at' : 'hash')),
    h('h1', {}, place.isDirect ? place.name : `Welcome to #${place.name}!`),
    h(
      'p',
      {},
      place.isDirect
        ? `This is the beginning of your direct messages with ${place.name}.`
        : `This is the start of the #${place.name} channel.`,
    ),
    hint !== '' && h('div', { class: 'hint markdown' }, ...markdown(hint, { names, ...links })),
  );
}

/** Ids are numbers that may be too large for a number; later ones are larger. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

function focusedId(element: HTMLElement): string | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || !element.contains(activeElement)) return undefined;
  return activeElement.dataset['customId'];
}

function componentIn(element: HTMLElement | undefined, customId: string): HTMLElement | undefined {
  const components = element?.querySelectorAll<HTMLElement>('[data-custom-id]') ?? [];
  return [...components].find((component) => component.dataset['customId'] === customId);
}
