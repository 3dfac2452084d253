import type { SeenFile } from '../wire.ts';
import { h, icon } from './dom.ts';
import { picture } from './picture.ts';

const LARGEST_PICTURE = { width: 550, height: 350 };
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const TEXT = /^(text\/(?!html)|application\/json)/;
/** Discord shows the beginning of texts up to this size. */
const LARGEST_PREVIEW_BYTES = 100_000;
const PREVIEW_LINES = 6;

export function attachmentElement(file: SeenFile): HTMLElement {
  if (PICTURE.test(file.contentType)) return picture(file, LARGEST_PICTURE);
  return TEXT.test(file.contentType) && file.sizeBytes <= LARGEST_PREVIEW_BYTES
    ? textFile(file)
    : plainFile(file);
}

function plainFile(file: SeenFile): HTMLElement {
  return h(
    'div',
    { class: 'file' },
    h('span', { class: 'file-kind' }, icon('file')),
    label(file),
    download(file),
  );
}

/** The beginning of the text, which can be opened, above the file's name. */
function textFile(file: SeenFile): HTMLElement {
  const code = h('code', {});
  const expand = h(
    'button',
    { class: 'file-expand', type: 'button', 'aria-expanded': 'false', on: { click: () => toggle() } },
    icon('chevron'),
    h('span', {}, 'Expand'),
  );
  const element = h(
    'div',
    { class: 'file text-file' },
    h('pre', {}, code),
    h('div', { class: 'file-bar' }, expand, label(file), download(file)),
  );
  let lines: string[] = [];
  let isOpen = false;
  const show = () => {
    const shown = isOpen ? lines : lines.slice(0, PREVIEW_LINES);
    code.textContent = shown.join('\n') + (shown.length < lines.length ? '\n…' : '');
  };
  const toggle = () => {
    isOpen = !isOpen;
    expand.setAttribute('aria-expanded', String(isOpen));
    expand.lastChild!.textContent = isOpen ? 'Collapse' : 'Expand';
    show();
  };
  void readText(file.url).then((text) => {
    lines = text.trimEnd().split('\n');
    expand.hidden = lines.length <= PREVIEW_LINES;
    show();
  });
  return element;
}

/** Nothing where the file is gone by now. */
async function readText(url: string): Promise<string> {
  const response = await fetch(url);
  return response.ok ? response.text() : '';
}

function label({ name, sizeBytes, url }: SeenFile): HTMLElement {
  return h(
    'div',
    { class: 'file-label' },
    h('a', { href: url, download: name, title: name }, name),
    h('span', { class: 'file-size' }, formatSize(sizeBytes)),
  );
}

function download({ name, url }: SeenFile): HTMLElement {
  return h(
    'a',
    { class: 'file-download', href: url, download: name, 'aria-label': `Download ${name}` },
    icon('download'),
  );
}

const UNITS = ['bytes', 'KB', 'MB', 'GB'];

/** As Discord says it: with 1,024 bytes in a KB. */
export function formatSize(sizeBytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, sizeBytes)) / 10));
  const size = sizeBytes / 1_024 ** power;
  return `${power === 0 ? size : size.toFixed(2)} ${UNITS[power]}`;
}
