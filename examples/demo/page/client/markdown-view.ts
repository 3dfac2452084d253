import type { Names } from '../wire.ts';
import { coloured } from './code-colours.ts';
import { h } from './dom.ts';
import { type Block, parseMarkdown } from './markdown.ts';
import { type Inline, parseInline } from './markdown-inline.ts';
import { timeElement } from './time.ts';

export interface MarkdownContext {
  names: Names;
  /** Puts a command that is named in the text into the composer. */
  openCommand(name: string): void;
  /** Goes to a channel that is named in the text. */
  openPlace(id: string): void;
}

/** Text with everything that Discord knows: for contents, descriptions and values of fields. */
export function markdown(text: string, context: MarkdownContext): Node[] {
  return parseMarkdown(text).map((block) => drawBlock(block, context));
}

/** Text within one line: for titles and names of fields. */
export function inlineMarkdown(text: string, context: MarkdownContext): Node[] {
  return drawInline(parseInline(text), context);
}

function drawBlock(block: Block, context: MarkdownContext): Node {
  switch (block.kind) {
    case 'paragraph':
      return h('div', { class: 'paragraph' }, ...drawInline(block.children, context));
    case 'codeBlock':
      return codeBlock(block.language, block.text);
    case 'heading':
      return h(`h${block.level}`, {}, ...drawInline(block.children, context));
    case 'subtext':
      return h('small', { class: 'subtext' }, ...drawInline(block.children, context));
    case 'quote':
      return h('blockquote', {}, h('div', {}, ...block.children.map((inner) => drawBlock(inner, context))));
    case 'list': {
      const items = block.items.map(({ children, inner }) =>
        h('li', {}, ...drawInline(children, context), ...inner.map((list) => drawBlock(list, context))),
      );
      return block.start === undefined ? h('ul', {}, ...items) : h('ol', { start: block.start }, ...items);
    }
  }
}

function codeBlock(language: string, text: string): HTMLElement {
  const runs = coloured(language, text).map(({ text, looks }) =>
    looks.length === 0 ? text : h('span', { class: looks.join(' ') }, text),
  );
  return h('pre', {}, h('code', {}, ...runs));
}

type Drawing<Kind extends Inline['kind']> = (
  node: Extract<Inline, { kind: Kind }>,
  context: MarkdownContext,
) => Node;

const wrapped =
  (name: 'strong' | 'em' | 'u' | 's') =>
  ({ children }: { children: readonly Inline[] }, context: MarkdownContext): Node =>
    h(name, {}, ...drawInline(children, context));

const mention = (text: string) => h('span', { class: 'mention' }, text);

const mentionButton = (text: string, click: () => void) =>
  h('button', { class: 'mention', type: 'button', on: { click } }, text);

const DRAWINGS: { [Kind in Inline['kind']]: Drawing<Kind> } = {
  text: ({ text }) => document.createTextNode(text),
  bold: wrapped('strong'),
  italic: wrapped('em'),
  underline: wrapped('u'),
  strike: wrapped('s'),
  code: ({ text }) => h('code', { class: 'inline' }, text),
  link: ({ url, children }, context) =>
    h(
      'a',
      { href: url, title: url, target: '_blank', rel: 'noopener noreferrer' },
      ...drawInline(children, context),
    ),
  user: ({ id }, { names }) => mention(`@${names.users[id] ?? 'unknown-user'}`),
  role: ({ id }, { names }) => mention(`@${names.roles[id] ?? 'unknown-role'}`),
  channel: ({ id }, { names, openPlace }) => {
    const name = names.channels[id];
    return name === undefined ? mention('#unknown') : mentionButton(`#${name}`, () => openPlace(id));
  },
  everyone: ({ text }) => mention(text),
  command: ({ name }, { openCommand }) => mentionButton(`/${name}`, () => openCommand(name)),
  time: ({ epochS, style }) => timeElement(epochS, style),
  emoji: ({ name }) => document.createTextNode(name),
  spoiler: ({ children }, context) => {
    const reveal = () => spoiler.classList.add('revealed');
    const spoiler = h(
      'span',
      { class: 'spoiler', role: 'button', tabindex: '0', on: { click: reveal, keydown: reveal } },
      ...drawInline(children, context),
    );
    return spoiler;
  },
};

function drawInline(nodes: readonly Inline[], context: MarkdownContext): Node[] {
  return nodes.map((node) => (DRAWINGS[node.kind] as Drawing<Inline['kind']>)(node, context));
}
