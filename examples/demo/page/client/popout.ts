import { h } from './dom.ts';

const GAP_PX = 4;
/** Where phones begin; the style sheets say the same. */
const PHONE = '(max-width: 600px)';

/**
 * Shows something at an element: under it, or above where there is more room; on a phone, as a sheet from below.
 * It closes by itself with Escape and with a click elsewhere.
 */
export function openPopout(
  anchor: HTMLElement,
  content: HTMLElement,
  { closed }: { closed: () => void },
): { close(): void } {
  const popout = h('div', { class: 'popout', popover: 'auto' }, content);
  // What is outside an open modal cannot be used.
  (anchor.closest('dialog') ?? document.body).append(popout);
  popout.showPopover();
  if (!matchMedia(PHONE).matches) place(popout, anchor);
  popout.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    popout.remove();
    if (anchor.isConnected) anchor.focus();
    closed();
  });
  return { close: () => popout.isConnected && popout.hidePopover() };
}

function place(popout: HTMLElement, anchor: HTMLElement): void {
  const { left, top, bottom, width } = anchor.getBoundingClientRect();
  const below = innerHeight - bottom - GAP_PX;
  const isBelow = below >= popout.offsetHeight || below >= top;
  popout.style.width = `${width}px`;
  popout.style.left = `${left}px`;
  popout.style.maxHeight = `${(isBelow ? below : top) - 2 * GAP_PX}px`;
  if (isBelow) popout.style.top = `${bottom + GAP_PX}px`;
  else popout.style.bottom = `${innerHeight - top + GAP_PX}px`;
}
