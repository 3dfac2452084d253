import { h } from './dom.ts';

interface Picture {
  url: string;
  width?: number;
  height?: number;
}

/** A picture, made smaller where it is larger than this; one of another server is only named. */
export function picture(
  { url, width, height }: Picture,
  largest: { width: number; height: number },
): HTMLElement {
  if (!url.startsWith('cdn/')) {
    const host = URL.canParse(url) ? new URL(url).host : url;
    return h('span', { class: 'picture-elsewhere' }, `A picture on ${host}`);
  }
  const scale = Math.min(1, largest.width / (width ?? 0), largest.height / (height ?? 0));
  const size =
    width && height ? { width: Math.round(width * scale), height: Math.round(height * scale) } : {};
  return h(
    'a',
    { href: url, target: '_blank', class: 'picture' },
    h('img', { src: url, alt: 'Picture', ...size }),
  );
}
