import { h } from './dom.ts';

export interface Drawer {
  readonly button: HTMLElement;
  readonly shade: HTMLElement;
  close(): boolean;
}

/** On a phone, what stands beside the picture slides over it. */
export function drawerFor(side: HTMLElement, title: string): Drawer {
  const set = (isOpen: boolean): void => {
    side.classList.toggle('open', isOpen);
    shade.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  };
  const button = h(
    'button',
    {
      class: 'icon-button drawer-button',
      type: 'button',
      title,
      'aria-label': title,
      'aria-expanded': 'false',
      on: { click: () => set(!side.classList.contains('open')) },
    },
    '☰',
  );
  const shade = h('div', { class: 'shade', hidden: true, on: { click: () => set(false) } });
  return {
    button,
    shade,
    close: () => {
      const wasOpen = side.classList.contains('open');
      set(false);
      return wasOpen;
    },
  };
}
