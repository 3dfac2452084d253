import { type Inline, parseInline } from './markdown-inline.ts';

/** Discord's markdown as a tree; nothing of it knows of a browser. */
export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'codeBlock'; language: string; text: string }
  | { kind: 'heading'; level: 1 | 2 | 3; children: Inline[] }
  | { kind: 'subtext'; children: Inline[] }
  | { kind: 'quote'; children: Block[] }
  | { kind: 'list'; start: number | undefined; items: ListItem[] };

interface ListItem {
  children: Inline[];
  /** A list inside the item. */
  inner: Block[];
}

const FENCE = '```';
const LIST_ITEM = /^( *)([-*]|\d{1,9}\.) +(.+)$/;
const DEEPEST_QUOTE = 2;

export function parseMarkdown(text: string, depth = 0): Block[] {
  const blocks: Block[] = [];
  for (const piece of splitAtFences(text)) {
    if (typeof piece === 'string') blocks.push(...parseLines(piece.split('\n'), depth));
    else blocks.push(piece);
  }
  return blocks;
}

/** Code blocks, which may begin anywhere, and the texts between them without the line breaks beside those. */
function splitAtFences(text: string): (string | Block)[] {
  const pieces: (string | Block)[] = [];
  let at = 0;
  let open = text.indexOf(FENCE);
  while (open >= 0) {
    const close = text.indexOf(FENCE, open + FENCE.length);
    if (close < 0) break;
    const inside = text.slice(open + FENCE.length, close);
    if (inside.trim() === '') {
      open = close;
      continue;
    }
    const before = text.slice(at, open).replace(/\n$/, '');
    if (before !== '') pieces.push(before);
    const [, language = '', code = inside] = /^([\w+.#-]+)\n(.*\S.*)$/s.exec(inside) ?? [];
    pieces.push({ kind: 'codeBlock', language, text: code.replace(/^\n+|\n+$/g, '') });
    at = close + FENCE.length;
    if (text[at] === '\n') at++;
    open = text.indexOf(FENCE, at);
  }
  const rest = text.slice(at);
  if (rest !== '') pieces.push(rest);
  return pieces;
}

/** Reads one block from the first of these lines on, if one begins there; also tells how many lines it took. */
type Reader = (lines: readonly string[], depth: number) => { block: Block; taken: number } | undefined;

const READERS: readonly Reader[] = [
  function heading([line = '']) {
    const [, marks, text] = /^(#{1,3}) +(.+)$/.exec(line) ?? [];
    if (text === undefined) return undefined;
    const level = marks!.length as 1 | 2 | 3;
    return { block: { kind: 'heading', level, children: parseInline(text) }, taken: 1 };
  },
  function subtext([line = '']) {
    const [, text] = /^-# +(.+)$/.exec(line) ?? [];
    return text === undefined
      ? undefined
      : { block: { kind: 'subtext', children: parseInline(text) }, taken: 1 };
  },
  function quoteToTheEnd(lines, depth) {
    if (depth >= DEEPEST_QUOTE || !lines[0]!.startsWith('>>> ')) return undefined;
    const text = lines.join('\n').slice(4);
    return { block: { kind: 'quote', children: parseMarkdown(text, depth + 1) }, taken: lines.length };
  },
  function quote(lines, depth) {
    const end = lines.findIndex((line) => !line.startsWith('> '));
    const quoted = end < 0 ? lines : lines.slice(0, end);
    if (depth >= DEEPEST_QUOTE || quoted.length === 0) return undefined;
    const text = quoted.map((line) => line.slice(2)).join('\n');
    return { block: { kind: 'quote', children: parseMarkdown(text, depth + 1) }, taken: quoted.length };
  },
  function list(lines) {
    const listed: RegExpExecArray[] = [];
    for (const line of lines) {
      const item = LIST_ITEM.exec(line);
      const [first] = listed;
      // A number among dots, or the other way round, begins another list.
      const isOther = first?.[1] === item?.[1] && isNumber(first?.[2]) !== isNumber(item?.[2]);
      if (item === null || (first !== undefined && isOther)) break;
      listed.push(item);
    }
    return listed.length === 0 ? undefined : { block: readList(listed), taken: listed.length };
  },
];

function isNumber(mark: string | undefined): boolean {
  return mark?.endsWith('.') === true;
}

function parseLines(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let plain: string[] = [];
  const endParagraph = () => {
    if (plain.length > 0) blocks.push({ kind: 'paragraph', children: parseInline(plain.join('\n')) });
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    let found: ReturnType<Reader>;
    for (const read of READERS) if ((found = read(rest, depth))) break;
    if (found === undefined) {
      plain.push(lines[at++]!);
      continue;
    }
    endParagraph();
    blocks.push(found.block);
    at += found.taken;
  }
  endParagraph();
  return blocks;
}

/** Lines that are indented further than the one before make a list inside of it. */
function readList(lines: readonly RegExpExecArray[]): Block {
  const [, indent = '', mark = '-'] = lines[0]!;
  const items: ListItem[] = [];
  for (let at = 0; at < lines.length; ) {
    const text = lines[at++]![3]!;
    const end = lines.findIndex((line, index) => index >= at && line[1]!.length <= indent.length);
    const inner = lines.slice(at, end < 0 ? undefined : end);
    items.push({ children: parseInline(text), inner: inner.length === 0 ? [] : [readList(inner)] });
    at += inner.length;
  }
  return { kind: 'list', start: isNumber(mark) ? Number.parseInt(mark, 10) : undefined, items };
}
