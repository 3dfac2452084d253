import { h } from '../dom.ts';

export interface Suggestion {
  content: readonly (Node | string)[];
  choose(): void;
}

export interface SuggestionGroup {
  title: string;
  suggestions: readonly Suggestion[];
  /** Said in place of suggestions, or under the title. */
  note?: string | undefined;
  /** Whether Enter takes the first one at once. */
  isFirstMarked: boolean;
}

/** The list above the composer; the keys stay with the composer. */
export class Suggestions {
  readonly element = h('div', { class: 'suggestions', id: 'suggestions', role: 'listbox', hidden: true });
  #items: { element: HTMLElement; suggestion: Suggestion }[] = [];
  #at = -1;

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show({ title, suggestions, note, isFirstMarked }: SuggestionGroup): void {
    this.#items = suggestions.map((suggestion, index) => ({
      suggestion,
      element: h(
        'div',
        {
          id: `suggestion-${index}`,
          class: 'suggestion',
          role: 'option',
          on: {
            // The composer keeps the keys.
            mousedown: (event) => event.preventDefault(),
            mousemove: () => this.#mark(index),
            click: () => suggestion.choose(),
          },
        },
        ...suggestion.content,
      ),
    }));
    this.element.replaceChildren(
      h('div', { class: 'suggestions-title' }, title),
      ...(note === undefined ? [] : [h('div', { class: 'suggestions-note' }, note)]),
      ...this.#items.map(({ element }) => element),
    );
    this.element.hidden = false;
    this.element.scrollTop = 0;
    this.#mark(isFirstMarked && suggestions.length > 0 ? 0 : -1);
  }

  hide(): void {
    this.element.hidden = true;
    this.#items = [];
    this.#at = -1;
  }

  move(step: 1 | -1): void {
    const count = this.#items.length;
    if (count === 0) return;
    this.#mark(this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count);
    this.#items[this.#at]!.element.scrollIntoView({ block: 'nearest' });
  }

  /** Takes the marked one, if one is. */
  choose(): boolean {
    const marked = this.#items[this.#at];
    marked?.suggestion.choose();
    return marked !== undefined;
  }

  #mark(index: number): void {
    this.#at = index;
    for (const [other, { element }] of this.#items.entries()) {
      element.setAttribute('aria-selected', String(other === index));
    }
    // For who cannot see the mark.
    document.activeElement?.setAttribute('aria-activedescendant', this.#items[index]?.element.id ?? '');
  }
}
