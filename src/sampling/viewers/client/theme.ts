import { h } from './dom.ts';

const KEY = 'cogscope-theme';

type Theme = 'dark' | 'light';

/** The look of the last visit, else the system's; the button changes it. */
export function themeButton(changed: () => void): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = remembered();
  const show = (): void => {
    const theme = chosen ?? (system.matches ? 'dark' : 'light');
    document.documentElement.dataset['theme'] = theme;
    const other = theme === 'dark' ? 'light' : 'dark';
    button.textContent = theme === 'dark' ? '☀' : '☾';
    button.title = `Use the ${other} theme`;
    button.setAttribute('aria-label', button.title);
    changed();
  };
  const button = h('button', {
    class: 'icon-button theme',
    type: 'button',
    on: {
      click: () => {
        chosen = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
        remember(chosen);
        show();
      },
    },
  });
  system.addEventListener('change', show);
  show();
  return button;
}

/** A page that was opened from a disk may have no place to remember anything. */
function remembered(): Theme | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'dark' || theme === 'light' ? theme : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It is forgotten with the page.
  }
}
