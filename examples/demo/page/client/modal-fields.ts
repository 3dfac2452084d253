import type { APISelectMenuComponent, APITextInputComponent } from 'discord.js';
import { h } from './dom.ts';
import { type SelectEntry, selectElement, selectOptions } from './select.ts';
import type { Session } from './session.ts';

/** One thing to fill in. */
export interface Field {
  customId: string;
  element: HTMLElement;
  /** Where it says what is wrong. */
  problemElement: HTMLElement;
  value(): string | readonly string[];
  /** What is wrong with what was filled in, said as Discord does. */
  problem(): string | undefined;
}

const PARAGRAPH = 2;
const LONGEST_TEXT = 4_000;

type MakeField = (component: never, label: string, session: Session) => Field;

/** By the types of components, as Discord numbers them. */
export const FIELDS: Readonly<Record<number, MakeField>> = {
  3: selectField,
  4: textField,
  5: selectField,
  6: selectField,
  7: selectField,
  8: selectField,
};

function textField(component: APITextInputComponent): Field {
  const { style, value = '', placeholder, required = true, min_length: min = 0 } = component;
  const { max_length: max = LONGEST_TEXT } = component;
  const counter = h('span', { class: 'counter' });
  const count = () => {
    counter.textContent = component.max_length === undefined ? '' : `${input.value.length}/${max}`;
  };
  const attributes = { placeholder, maxlength: max, on: { input: count } };
  const input =
    style === PARAGRAPH
      ? h('textarea', { ...attributes, rows: 4 })
      : h('input', { ...attributes, type: 'text', autocomplete: 'off' });
  input.value = value;
  count();
  const element = h(
    'span',
    { class: 'text-field', tabindex: '-1', on: { focus: () => input.focus() } },
    input,
    counter,
  );
  return {
    customId: component.custom_id,
    element,
    problemElement: h('span', { class: 'field-problem', role: 'alert' }),
    value: () => input.value,
    problem() {
      const { length } = input.value;
      if (length === 0) return required ? 'This field is required' : undefined;
      return length < min ? `Must be ${min} or more in length` : undefined;
    },
  };
}

function selectField(component: APISelectMenuComponent, label: string, session: Session): Field {
  const options = selectOptions(component, async (kind) => {
    const choices = await session.act('name', { kind, typed: '' });
    return choices.map(({ name, value }) => ({ label: name, value: String(value) }));
  });
  let { chosen } = options;
  const element = h('div', { tabindex: '-1', on: { focus: () => element.querySelector('button')?.focus() } });
  const draw = (now: readonly SelectEntry[]) => {
    chosen = now;
    element.replaceChildren(selectElement({ ...options, chosen, label, choose: draw }));
  };
  draw(chosen);
  const isRequired = (component as { required?: boolean }).required !== false;
  return {
    customId: component.custom_id,
    element,
    problemElement: h('span', { class: 'field-problem', role: 'alert' }),
    value: () => chosen.map(({ value }) => value),
    problem: () => (isRequired && chosen.length < options.min ? 'This field is required' : undefined),
  };
}
