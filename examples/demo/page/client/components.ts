import type { APIButtonComponent, APISelectMenuComponent } from 'discord.js';
import type { Nameable } from '../wire.ts';
import { h, icon } from './dom.ts';
import { type MarkdownContext, markdown } from './markdown-view.ts';
import { type SelectEntry, selectElement, selectOptions } from './select.ts';

/** What the components of a message do. */
export interface ComponentContext extends MarkdownContext {
  click(customId: string): void;
  choose(customId: string, values: readonly string[]): void;
  nameable(kind: Nameable): Promise<readonly SelectEntry[]>;
}

interface ComponentLike {
  type: number;
  components?: readonly ComponentLike[];
}

type Drawing = (component: never, context: ComponentContext) => HTMLElement;

/** By the types of components, as Discord numbers them. */
const DRAWINGS: Readonly<Record<number, Drawing>> = {
  1: (row: ComponentLike, context) =>
    h(
      'div',
      { class: 'component-row' },
      ...(row.components ?? []).map((inner) => componentElement(inner, context)),
    ),
  2: buttonElement,
  3: selectMenu,
  5: selectMenu,
  6: selectMenu,
  7: selectMenu,
  8: selectMenu,
  10: ({ content }: { content: string }, context) =>
    h('div', { class: 'markdown' }, ...markdown(content, context)),
};

export function componentElement(component: ComponentLike, context: ComponentContext): HTMLElement {
  const draw = DRAWINGS[component.type];
  if (draw !== undefined) return draw(component as never, context);
  return h(
    'div',
    { class: 'component-unknown' },
    `A component of type ${component.type}, which is not drawn here.`,
  );
}

const STYLES = ['', 'primary', 'secondary', 'success', 'danger', 'link'];

function buttonElement(component: APIButtonComponent, context: ComponentContext): HTMLElement {
  const { style, disabled = false } = component;
  const emoji = 'emoji' in component ? component.emoji?.name : undefined;
  const label = 'label' in component ? component.label : undefined;
  const face = [
    emoji && h('span', { class: 'button-emoji' }, emoji),
    label && h('span', { class: 'button-label' }, label),
  ];
  const looks = `button ${STYLES[style] ?? 'secondary'}`;
  if ('url' in component) {
    const href = /^https?:/.test(component.url) && !disabled ? component.url : undefined;
    return h(
      'a',
      { class: looks, href, 'aria-disabled': disabled, target: '_blank', rel: 'noopener noreferrer' },
      ...face,
      icon('external'),
    );
  }
  const customId = 'custom_id' in component ? component.custom_id : '';
  return h(
    'button',
    {
      type: 'button',
      class: looks,
      disabled,
      data: { customId },
      on: { click: () => context.click(customId) },
    },
    ...face,
  );
}

function selectMenu(component: APISelectMenuComponent, context: ComponentContext): HTMLElement {
  const element = selectElement({
    ...selectOptions(component, context.nameable),
    choose: (chosen) =>
      context.choose(
        component.custom_id,
        chosen.map(({ value }) => value),
      ),
  });
  element.dataset['customId'] = component.custom_id;
  return element;
}
