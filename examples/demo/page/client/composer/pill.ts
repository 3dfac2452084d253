import type { Choice, GivenFile } from '../../wire.ts';
import { formatSize } from '../attachment.ts';
import { h } from '../dom.ts';
import type { Option } from './commands.ts';
import { pickFiles, readFile } from './files.ts';
import { type Checked, checkOption, kindOf } from './option-kinds.ts';

/** One option of the command in the composer, with the place to type its value. */
export class Pill {
  readonly option: Option;
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  /** The choice that was taken; typing anything else drops it. */
  #choice: Choice | undefined;
  #file: GivenFile | undefined;

  constructor(option: Option, changed: (problem?: string) => void) {
    const { keyboard = 'text', isFile = false } = kindOf(option);
    this.option = option;
    this.input = h('input', {
      type: 'text',
      class: 'pill-input',
      size: 1,
      inputmode: keyboard,
      readonly: isFile,
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': option.name,
      'aria-controls': 'suggestions',
      on: {
        input: () => {
          this.#choice = undefined;
          this.#fit();
          changed();
        },
      },
    });
    const pick = () => void this.#pickFile(changed);
    if (isFile) this.#openWith(pick);
    this.element = h(
      'span',
      { class: 'pill', data: { option: option.name }, on: { mousedown: (event) => this.#focus(event) } },
      h('span', { class: 'pill-name' }, option.name),
      this.input,
      isFile && h('button', { type: 'button', class: 'pill-file', on: { click: pick } }, 'Choose a file'),
    );
    this.setText('');
  }

  /** What is typed; nothing where it is a choice that was taken, so that all others are offered again. */
  get typed(): string {
    return this.#choice === undefined ? this.input.value : '';
  }

  /** For the bot, while another option is typed. */
  get value(): string | number | undefined {
    return this.#choice?.value ?? (this.input.value || undefined);
  }

  get isEmpty(): boolean {
    return this.input.value === '';
  }

  /** What it holds: a value, a problem, or nothing where nothing is needed. */
  check(): Checked | undefined {
    const text = this.input.value;
    return checkOption(this.option, { text, choice: this.#choice ?? this.#named(text), file: this.#file });
  }

  choose(choice: Choice): void {
    this.input.value = choice.name;
    this.#choice = choice;
    this.#fit();
  }

  /** As if it had been typed; a choice of this name is taken. */
  setText(text: string): void {
    this.input.value = text;
    this.#choice = this.#named(text);
    this.#fit();
  }

  /** Marks the pill where something is wrong with it. */
  showProblem(isWrong: boolean): void {
    this.element.classList.toggle('wrong', isWrong);
    this.input.setAttribute('aria-invalid', String(isWrong));
  }

  /** The choice whose name, or value, was written whole. */
  #named(text: string): Choice | undefined {
    if (text === '') return undefined;
    const { choices = kindOf(this.option).choices ?? [] } = this.option;
    const wanted = text.toLowerCase();
    return choices.find(({ name, value }) => name.toLowerCase() === wanted || String(value) === text);
  }

  #fit(): void {
    this.input.size = Math.max(1, this.input.value.length);
    this.showProblem(false);
  }

  #focus(event: MouseEvent): void {
    if (event.target === this.input || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    this.input.focus();
  }

  /** Nothing can be typed here: a click and the keys of a button ask for the file. */
  #openWith(pick: () => void): void {
    this.input.addEventListener('click', pick);
    this.input.addEventListener('keydown', (event) => {
      if (!this.isEmpty || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      event.stopPropagation();
      pick();
    });
  }

  async #pickFile(changed: (problem?: string) => void): Promise<void> {
    const [file] = await pickFiles(false);
    this.input.focus();
    if (file === undefined) return;
    try {
      this.#file = await readFile(file);
    } catch (error) {
      changed((error as Error).message);
      return;
    }
    this.input.value = `${file.name} (${formatSize(file.size)})`;
    this.#fit();
    changed();
  }
}
