import type { Choice, GivenValue } from '../../wire.ts';
import { h } from '../dom.ts';
import type { Session } from '../session.ts';
import type { Entry, Option } from './commands.ts';
import { kindOf } from './option-kinds.ts';
import { Pill } from './pill.ts';
import type { Suggestions } from './suggestions.ts';

/** The bot is not asked at every key. */
const PAUSE_MS = 200;

interface LineListener {
  /** The command is given up; what is to stand there instead. */
  leave(text: string): void;
  /** Something was typed; or it went wrong. */
  changed(problem?: string): void;
}

/** A command in the composer: its name, its options as pills, and a place to add more of them. */
export class CommandLine {
  readonly entry: Entry;
  readonly element: HTMLElement;
  readonly #tail: HTMLInputElement;
  readonly #suggestions: Suggestions;
  readonly #session: Session;
  readonly #listener: LineListener;
  #pills: Pill[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked last: answers to earlier questions come too late. */
  #question = 0;

  constructor(
    entry: Entry,
    given: ReadonlyMap<string, string>,
    suggestions: Suggestions,
    session: Session,
    listener: LineListener,
  ) {
    this.entry = entry;
    this.#suggestions = suggestions;
    this.#session = session;
    this.#listener = listener;
    this.#tail = h('input', {
      type: 'text',
      class: 'composer-tail',
      autocomplete: 'off',
      'aria-label': 'More options',
      'aria-controls': 'suggestions',
      on: { input: () => this.#refresh() },
    });
    this.element = h(
      'div',
      { class: 'command-line', on: { focusin: () => this.#refresh(), focusout: () => this.#stop() } },
      h('span', { class: 'command-name' }, `/${entry.name}`),
      this.#tail,
    );
    for (const option of entry.options) {
      const text = given.get(option.name);
      if (option.required || text !== undefined) this.#add(option, text);
    }
  }

  /** To the first option that is needed and empty; else behind all. */
  focus(): void {
    const next = this.#pills.find((pill) => pill.isEmpty);
    (next?.input ?? this.#tail).focus();
  }

  /** The options' values; or what is wrong with the first one that is wrong. */
  check(): { options: Record<string, GivenValue> } | { problem: string } {
    const options: Record<string, GivenValue> = {};
    for (const pill of this.#pills) {
      const checked = pill.check();
      if (checked === undefined) continue;
      if ('problem' in checked) {
        pill.input.focus();
        pill.showProblem(true);
        return { problem: `${pill.option.name}: ${checked.problem}` };
      }
      options[pill.option.name] = checked.value;
    }
    return { options };
  }

  /** To the option before or after. */
  step(by: 1 | -1): boolean {
    const inputs = this.#inputs();
    const next = inputs[inputs.indexOf(document.activeElement as HTMLInputElement) + by];
    next?.focus();
    return next !== undefined;
  }

  /** Backspace in an empty place takes away the option there, or goes to the one before. */
  erase(): boolean {
    const input = document.activeElement as HTMLInputElement;
    const isFile = this.#pills.some((pill) => pill.input === input && pill.input.readOnly);
    if (input.value !== '' && !isFile) return false;
    const inputs = this.#inputs();
    const at = inputs.indexOf(input);
    const pill = this.#pills[at];
    if (at === 0) this.#listener.leave(`/${this.entry.name}`);
    else inputs[at - 1]!.focus();
    if (pill !== undefined && !pill.option.required) {
      pill.element.remove();
      this.#pills = this.#pills.filter((other) => other !== pill);
    }
    return true;
  }

  #inputs(): HTMLInputElement[] {
    return [...this.#pills.map(({ input }) => input), this.#tail];
  }

  #add(option: Option, text = ''): Pill {
    const pill = new Pill(option, (problem) => {
      this.#listener.changed(problem);
      this.#refresh();
    });
    if (text !== '') pill.setText(text);
    this.#pills.push(pill);
    this.#tail.before(pill.element);
    this.#tail.value = '';
    return pill;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#question++;
    this.#suggestions.hide();
  }

  /** Offers what fits where the visitor is typing. */
  #refresh(): void {
    clearTimeout(this.#timer);
    const question = ++this.#question;
    const pill = this.#pills.find(({ input }) => input === document.activeElement);
    if (pill === undefined) {
      this.#offerOptions();
      return;
    }
    const { option } = pill;
    const choices = option.choices?.length ? option.choices : kindOf(option).choices;
    if (choices !== undefined) {
      const wanted = pill.typed.toLowerCase();
      this.#offer(
        pill,
        choices.filter(({ name }) => name.toLowerCase().includes(wanted)),
      );
      return;
    }
    const ask = this.#asking(pill);
    if (ask === undefined) {
      this.#suggestions.show({ title: titleOf(option), suggestions: [], isFirstMarked: false });
      return;
    }
    if (!this.#suggestions.isOpen) this.#offer(pill, [], 'Loading options…');
    this.#timer = setTimeout(async () => {
      const choices = await ask().catch(() => undefined);
      if (question !== this.#question) return;
      if (choices === undefined) this.#offer(pill, [], 'Loading options failed');
      else this.#offer(pill, choices);
    }, PAUSE_MS);
  }

  /** Who knows what to offer: the bot, or the server's lists; nobody for most options. */
  #asking({ option, typed, value }: Pill): (() => Promise<readonly Choice[]>) | undefined {
    const { names } = kindOf(option);
    if (names !== undefined) return () => this.#session.act('name', { kind: names, typed });
    if (!option.autocomplete) return undefined;
    const others = this.#pills.flatMap((pill): [string, string | number][] =>
      pill.option === option || pill.value === undefined ? [] : [[pill.option.name, pill.value]],
    );
    const options = Object.fromEntries([...others, [option.name, value ?? '']]);
    return () => this.#session.act('suggest', { command: this.entry.name, options });
  }

  #offer(pill: Pill, choices: readonly Choice[], note?: string): void {
    this.#suggestions.show({
      title: titleOf(pill.option),
      note: note ?? (choices.length === 0 ? 'No options match your search.' : undefined),
      isFirstMarked: true,
      suggestions: choices.map((choice) => ({
        content: [h('span', { class: 'suggestion-name' }, choice.name)],
        choose: () => {
          pill.choose(choice);
          this.#listener.changed();
          this.focus();
        },
      })),
    });
  }

  #offerOptions(): void {
    const typed = this.#tail.value.trim().toLowerCase();
    const left = this.entry.options.filter((option) => !this.#pills.some((pill) => pill.option === option));
    const named = left.find(({ name }) => typed === `${name}:`);
    if (named !== undefined) {
      this.#add(named).input.focus();
      return;
    }
    const fitting = left.filter(({ name }) => name.startsWith(typed));
    if (fitting.length === 0) {
      this.#suggestions.hide();
      return;
    }
    this.#suggestions.show({
      title: 'Options',
      // Enter without a word runs the command.
      isFirstMarked: typed !== '',
      suggestions: fitting.map((option) => ({
        content: [
          h('span', { class: 'suggestion-name' }, option.name),
          h('span', { class: 'suggestion-description' }, option.description),
        ],
        choose: () => this.#add(option).input.focus(),
      })),
    });
  }
}

function titleOf({ name, description, required }: Option): string {
  return `${name} · ${description}${required ? '' : ' (optional)'}`;
}
