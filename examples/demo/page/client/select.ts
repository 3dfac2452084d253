import type { APISelectMenuComponent } from 'discord.js';
import type { Nameable } from '../wire.ts';
import { h, icon } from './dom.ts';
import { openPopout } from './popout.ts';

export interface SelectEntry {
  value: string;
  label: string;
  description?: string;
  emoji?: string;
}

export interface SelectOptions {
  /** What is offered; asked for when the menu is opened. */
  entries(): Promise<readonly SelectEntry[]>;
  chosen: readonly SelectEntry[];
  min: number;
  max: number;
  placeholder: string;
  isDisabled: boolean;
  /** What somebody calls it by who cannot see it. */
  label?: string;
  choose(chosen: readonly SelectEntry[]): void;
}

const STRING_SELECT = 3;
/** Selects that Discord fills by itself, by their types. */
const NAMEABLE: Readonly<Record<number, Nameable>> = { 5: 'user', 6: 'role', 7: 'mentionable', 8: 'channel' };
const DEFAULT_PLACEHOLDERS: Readonly<Record<number, string>> = {
  3: 'Make a selection',
  5: 'Select a user',
  6: 'Select a role',
  7: 'Select a user or role',
  8: 'Select a channel',
};

/** A select menu of a message or a modal as this page draws it. */
export function selectOptions(
  component: APISelectMenuComponent,
  nameable: (kind: Nameable) => Promise<readonly SelectEntry[]>,
): Omit<SelectOptions, 'choose'> {
  const { type, min_values: min = 1, max_values: max = 1, placeholder, disabled = false } = component;
  const options = component.type === STRING_SELECT ? component.options : [];
  const entries = options.map(({ value, label, description, emoji }) => ({
    value,
    label,
    ...(description && { description }),
    ...(emoji?.name && { emoji: emoji.name }),
  }));
  return {
    entries: async () => (type === STRING_SELECT ? entries : nameable(NAMEABLE[type]!)),
    chosen: entries.filter((_, index) => options[index]!.default),
    min,
    max,
    placeholder: placeholder ?? DEFAULT_PLACEHOLDERS[type] ?? '',
    isDisabled: disabled,
  };
}

/** The closed menu: it shows what is chosen, and opens the list of what there is. */
export function selectElement(options: SelectOptions): HTMLButtonElement {
  const { chosen, placeholder, isDisabled, label } = options;
  const text =
    chosen.length === 0
      ? h('span', { class: 'select-placeholder' }, placeholder)
      : h(
          'span',
          { class: 'select-chosen' },
          ...chosen.map((entry) =>
            h('span', { class: options.max > 1 ? 'select-tag' : undefined }, caption(entry)),
          ),
        );
  const element = h(
    'button',
    {
      type: 'button',
      class: 'select',
      disabled: isDisabled,
      'aria-haspopup': 'listbox',
      'aria-label': [label, placeholder].filter(Boolean).join(': '),
      on: { click: () => void openList(element, options) },
    },
    text,
    icon('chevron'),
  );
  return element;
}

function caption({ emoji, label }: SelectEntry): string {
  return emoji === undefined ? label : `${emoji} ${label}`;
}

async function openList(anchor: HTMLElement, options: SelectOptions): Promise<void> {
  const { min, max, chosen } = options;
  const entries = await options.entries().catch(() => []);
  const selected = new Set(chosen.map(({ value }) => value));
  let isChanged = false;
  const isMultiple = max > 1;

  const pick = ({ value }: SelectEntry) => {
    if (!isMultiple) {
      const isSame = selected.has(value);
      selected.clear();
      if (!isSame || min > 0) selected.add(value);
      isChanged = !isSame || min === 0;
      popout.close();
      return;
    }
    if (selected.has(value)) selected.delete(value);
    else if (selected.size < max) selected.add(value);
    isChanged = true;
    for (const [index, item] of items.entries()) mark(item, entries[index]!);
  };
  const mark = (item: HTMLElement, { value }: SelectEntry) => {
    item.setAttribute('aria-selected', String(selected.has(value)));
    item.classList.toggle('full', isMultiple && selected.size >= max && !selected.has(value));
  };
  const items = entries.map((entry) => {
    const item = h(
      'div',
      { class: 'select-item', role: 'option', tabindex: '-1', on: { click: () => pick(entry) } },
      entry.emoji && h('span', { class: 'select-emoji' }, entry.emoji),
      h(
        'span',
        { class: 'select-words' },
        h('span', { class: 'select-label' }, entry.label),
        entry.description && h('span', { class: 'select-description' }, entry.description),
      ),
      h('span', { class: isMultiple ? 'checkbox' : 'radio' }, icon('check')),
    );
    mark(item, entry);
    return item;
  });
  const list = h(
    'div',
    {
      class: 'select-list',
      role: 'listbox',
      'aria-multiselectable': isMultiple && 'true',
      on: { keydown: (event) => moveFocus(event, items) },
    },
    isMultiple &&
      h(
        'div',
        { class: 'select-bar' },
        min === max ? `Select ${min}` : `Select ${min} to ${max}`,
        h('button', { type: 'button', class: 'text-button', on: { click: () => popout.close() } }, 'Done'),
      ),
    ...items,
    items.length === 0 && h('div', { class: 'select-empty' }, 'There is nothing to choose from.'),
  );
  const popout = openPopout(anchor, list, {
    closed: () => {
      if (isChanged && selected.size >= min)
        options.choose(entries.filter(({ value }) => selected.has(value)));
    },
  });
  (items.find((item) => item.ariaSelected === 'true') ?? items[0])?.focus();
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

function moveFocus(event: KeyboardEvent, items: readonly HTMLElement[]): void {
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (event.key === 'Enter' || event.key === ' ') items[at]?.click();
  else if (event.key in STEPS) items[STEPS[event.key]!(at, items.length)]?.focus();
  else return;
  event.preventDefault();
}
