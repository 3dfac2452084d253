type Child = Node | string | undefined | false;

interface Attributes {
  /** Listeners by the names of their events. */
  on?: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
  [attribute: string]: unknown;
}

/** An element. Texts become text nodes, and nothing here ever parses HTML: no name can be more than a text. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { on = {}, ...attributes }: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : String(value));
  }
  for (const [event, listener] of Object.entries(on)) {
    element.addEventListener(event, listener as EventListener);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** A piece of colour. Colours are set as properties: the page allows no style in its text. */
export function swatch(colour: string): HTMLElement {
  const element = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.backgroundColor = colour;
  return element;
}

/** A share as a length. */
export function bar(share: number, colour: string): HTMLElement {
  const fill = h('span', { class: 'bar-fill' });
  fill.style.width = `${Math.min(100, share * 100)}%`;
  fill.style.backgroundColor = colour;
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

export interface Choice {
  readonly value: string;
  readonly title: string;
}

/** A select with its title, wide enough for a finger. */
export function selectField(
  title: string,
  choices: readonly Choice[],
  current: string,
  choose: (value: string) => void,
): HTMLElement {
  const select = h(
    'select',
    { on: { change: () => choose(select.value) } },
    ...choices.map((choice) =>
      h('option', { value: choice.value, selected: choice.value === current }, choice.title),
    ),
  );
  return h('label', { class: 'field' }, h('span', {}, title), select);
}

export function checkField(title: string, isOn: boolean, change: (isOn: boolean) => void): HTMLElement {
  const input = h('input', { type: 'checkbox', checked: isOn, on: { change: () => change(input.checked) } });
  return h('label', { class: 'check' }, input, h('span', {}, title));
}

/** Hands a text to the person as a file. */
export function download(name: string, text: string, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  h('a', { href: url, download: name }).click();
  // The browser has to have begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
