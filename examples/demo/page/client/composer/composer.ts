import type { GivenFile, GivenValue } from '../../wire.ts';
import { h, icon } from '../dom.ts';
import type { Session } from '../session.ts';
import { CommandLine } from './command-line.ts';
import { type Entry, entriesOf, matching, readLine } from './commands.ts';
import { StagedFiles } from './staged-files.ts';
import { Suggestions } from './suggestions.ts';

export interface ComposerListener {
  command(name: string, options: Record<string, GivenValue>): void;
  /** Rejects where it cannot be sent. */
  message(content: string, files: readonly GivenFile[]): Promise<unknown>;
}

const LONGEST_MESSAGE = 2_000;

/** Where the visitor writes: a message, or a command with its options. */
export class Composer {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #listener: ComposerListener;
  readonly #suggestions = new Suggestions();
  readonly #problem = h('div', { class: 'composer-problem', role: 'alert', hidden: true });
  readonly #files = new StagedFiles();
  readonly #field = h('div', { class: 'composer-field' });
  readonly #text: HTMLTextAreaElement;
  #entries: readonly Entry[] = [];
  #line: CommandLine | undefined;

  constructor(session: Session, placeholder: string, listener: ComposerListener) {
    this.#session = session;
    this.#listener = listener;
    this.#text = h('textarea', {
      class: 'composer-text',
      rows: 1,
      placeholder,
      maxlength: LONGEST_MESSAGE,
      autocomplete: 'off',
      'aria-label': placeholder,
      'aria-controls': 'suggestions',
      on: { input: () => this.#typed(), blur: () => this.#suggestions.hide() },
    });
    this.#field.append(this.#text);
    this.element = h(
      'form',
      {
        class: 'composer',
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#send();
          },
          keydown: (event) => this.#key(event),
        },
      },
      this.#suggestions.element,
      this.#problem,
      this.#files.element,
      h(
        'div',
        { class: 'composer-line' },
        h(
          'button',
          {
            type: 'button',
            class: 'icon-button',
            'aria-label': 'Add a file',
            on: { click: () => void this.#addFiles() },
          },
          icon('plus'),
        ),
        this.#field,
        h('button', { type: 'submit', class: 'icon-button send', 'aria-label': 'Send' }, icon('send')),
      ),
    );
    void this.#loadCommands();
  }

  focus(): void {
    if (this.#line === undefined) this.#text.focus();
    else this.#line.focus();
  }

  /** Puts a command into the line, as if its name had been chosen; more may follow it: `queue add song:So What`. */
  async insertCommand(line: string): Promise<void> {
    if (this.#entries.length === 0) await this.#loadCommands();
    const found = readLine(line, this.#entries);
    if (found !== undefined) this.#begin(found.entry, found.given);
  }

  async #loadCommands(): Promise<void> {
    // Where the server is not there, the page says so elsewhere.
    const commands = await this.#session.act('commands', {}).catch(() => undefined);
    if (commands === undefined) return;
    this.#entries = entriesOf(commands);
    if (this.#line === undefined && document.activeElement === this.#text) this.#offer();
  }

  #typed(): void {
    this.#fitText();
    this.#showProblem(undefined);
    // A bot can have new commands at any time.
    if (this.#text.value === '/') void this.#loadCommands();
    this.#offer();
  }

  /** Offers the commands that fit; takes the one whose name is there in full, with a space behind it. */
  #offer(): void {
    const { value } = this.#text;
    if (!value.startsWith('/')) {
      this.#suggestions.hide();
      return;
    }
    const typed = value.slice(1);
    const whole = / |\n/.test(typed) ? readLine(typed.trimEnd(), this.#entries) : undefined;
    if (whole !== undefined && (/\s$/.test(typed) || whole.given.size > 0)) {
      this.#begin(whole.entry, whole.given);
      return;
    }
    const entries = matching(this.#entries, typed);
    if (entries.length === 0) this.#suggestions.hide();
    else this.#suggest(entries);
  }

  #suggest(entries: readonly Entry[]): void {
    this.#suggestions.show({
      title: this.#session.bot.name,
      isFirstMarked: true,
      suggestions: entries.map((entry) => ({
        content: [
          h(
            'span',
            { class: 'suggestion-name' },
            `/${entry.name}`,
            ...entry.options.map(({ name, required }) =>
              h('span', { class: required ? 'suggestion-option' : 'suggestion-option optional' }, name),
            ),
          ),
          h('span', { class: 'suggestion-description' }, entry.description),
        ],
        choose: () => this.#begin(entry, new Map()),
      })),
    });
  }

  #begin(entry: Entry, given: ReadonlyMap<string, string>): void {
    this.#clear();
    this.#line = new CommandLine(entry, given, this.#suggestions, this.#session, {
      leave: (text) => {
        this.#clear();
        this.#text.value = text;
        this.#text.focus();
        this.#typed();
      },
      changed: (problem) => this.#showProblem(problem),
    });
    this.#field.replaceChildren(this.#line.element);
    this.#line.focus();
  }

  #key(event: KeyboardEvent): void {
    const { key, shiftKey, isComposing, target } = event;
    // Keys on buttons are the buttons'.
    if (isComposing || target instanceof HTMLButtonElement) return;
    if (this.#suggestions.isOpen && (key === 'ArrowDown' || key === 'ArrowUp')) {
      this.#suggestions.move(key === 'ArrowDown' ? 1 : -1);
    } else if (key === 'Escape') {
      if (this.#suggestions.isOpen) this.#suggestions.hide();
      else this.#clear();
    } else if ((key === 'Enter' && !shiftKey) || key === 'Tab') {
      const isTaken = !shiftKey && this.#suggestions.choose();
      if (key === 'Tab' && !isTaken && !this.#line?.step(shiftKey ? -1 : 1)) return;
      if (key === 'Enter' && !isTaken) this.#send();
    } else if (!(key === 'Backspace' && this.#line?.erase())) return;
    event.preventDefault();
  }

  #send(): void {
    if (this.#line !== undefined) {
      const { name } = this.#line.entry;
      const checked = this.#line.check();
      if ('problem' in checked) this.#showProblem(checked.problem);
      else {
        this.#clear();
        this.#listener.command(name, checked.options);
      }
      return;
    }
    const content = this.#text.value.trim();
    if (content === '' && this.#files.isEmpty) return;
    this.#clear();
    this.#listener
      .message(content, this.#files.take())
      .catch((error: Error) => this.#showProblem(error.message));
  }

  /** Back to an empty line. */
  #clear(): void {
    const hadFocus = this.element.contains(document.activeElement);
    this.#line = undefined;
    this.#text.value = '';
    this.#field.replaceChildren(this.#text);
    this.#fitText();
    this.#suggestions.hide();
    this.#showProblem(undefined);
    if (hadFocus) this.#text.focus();
  }

  #showProblem(problem: string | undefined): void {
    this.#problem.hidden = problem === undefined;
    this.#problem.textContent = problem ?? '';
  }

  async #addFiles(): Promise<void> {
    await this.#files.add().catch((error: Error) => this.#showProblem(error.message));
    this.focus();
  }

  #fitText(): void {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}
