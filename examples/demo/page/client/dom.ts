type Child = Node | string | undefined | false | null;

interface Attributes {
  class?: string | undefined;
  /** Listeners by the names of their events. */
  on?: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
  data?: Readonly<Record<string, string>>;
  [attribute: string]: unknown;
}

/**
 * An element with attributes and children. Texts become text nodes and nothing of the page ever parses HTML, so
 * what people and bots write stays text.
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { on = {}, data = {}, ...attributes }: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : String(value));
  }
  Object.assign(element.dataset, data);
  for (const [event, listener] of Object.entries(on)) {
    element.addEventListener(event, listener as EventListener);
  }
  element.append(...present(children));
  return element;
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false && child !== null);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Outlines on a field of 24 by 24. */
const ICONS = {
  hash: 'M10 4 8 20M16 4l-2 16M4.5 9H20M4 15h15.5',
  at: 'M16 12a4 4 0 1 0-1.2 2.9c.5.9 1.2 1.3 2 1.3 1.7 0 2.7-1.6 2.7-4.2a7.5 7.5 0 1 0-3 6',
  menu: 'M4 6.5h16M4 12h16M4 17.5h16',
  chevron: 'm6.5 9.5 5.5 5.5 5.5-5.5',
  close: 'm6 6 12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  download: 'M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 20h14',
  file: 'M6 3h8l4 4v14H6ZM14 3v4h4',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M19.5 14.5A8 8 0 1 1 9.5 4.5a6.5 6.5 0 0 0 10 10Z',
  send: 'M4 4.5 21 12 4 19.5 6.5 12ZM6.5 12H14',
  command:
    'M5 4h14a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5v-13A1.5 1.5 0 0 1 5 4ZM14.5 7.5l-5 9',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  down: 'M12 4.5v15m0 0-6-6m6 6 6-6',
  chat: 'M4 5h16v11H11l-4.5 4v-4H4Z',
  upload: 'M12 20V8m0 0-4.5 4.5M12 8l4.5 4.5M5 4h14',
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const HUES = 6;

/** Nobody has a picture here: the first letter on a colour that goes with the name. */
export function avatar({ name }: { name: string }, size: 'small' | 'large'): HTMLElement {
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % HUES;
  return h(
    'span',
    { class: `avatar ${size} hue-${hue}`, 'aria-hidden': 'true' },
    name.slice(0, 1).toUpperCase(),
  );
}
