import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coloured } from '../../examples/demo/page/client/code-colours.ts';
import { type Block, parseMarkdown } from '../../examples/demo/page/client/markdown.ts';
import { type Inline, parseInline } from '../../examples/demo/page/client/markdown-inline.ts';

/** What is left to read, with `kind(…)` around what has a kind. */
function shape(nodes: readonly (Block | Inline)[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'list':
          return `list(${node.items.map((item) => shape(item.children) + shape(item.inner)).join('|')})`;
        case 'codeBlock':
          return `block:${node.language}(${node.text})`;
        case 'code':
        case 'everyone':
          return `${node.kind}(${node.text})`;
        case 'user':
        case 'role':
        case 'channel':
          return `${node.kind}(${node.id})`;
        case 'command':
        case 'emoji':
          return `${node.kind}(${node.name})`;
        case 'time':
          return `time:${node.style}(${node.epochS})`;
        case 'link':
          return `link:${node.url}(${shape(node.children)})`;
        case 'paragraph':
          return shape(node.children);
        default:
          return `${node.kind}(${shape(node.children)})`;
      }
    })
    .join('');
}

/** All that is shown of it as text. */
function leaves(nodes: readonly (Block | Inline)[]): string {
  return nodes
    .map((node) => {
      if ('items' in node)
        return node.items.map((item) => leaves(item.children) + leaves(item.inner)).join('');
      if ('children' in node) return leaves(node.children);
      return 'text' in node ? node.text : '';
    })
    .join('');
}

describe('text within a line', () => {
  test.each([
    ['**a** *b* _c_ __d__ ~~e~~ ||f||', 'bold(a) italic(b) italic(c) underline(d) strike(e) spoiler(f)'],
    ['***a***', 'bold(italic(a))'],
    ['**a *b* c**', 'bold(a italic(b) c)'],
    ['snake_case_name 2 * 3 * 4 ** 5', 'snake_case_name 2 * 3 * 4 ** 5'],
    ['\\*a\\* \\`b\\`', '*a* `b`'],
    ['`a **b**` ``c ` d``', 'code(a **b**) code(c ` d)'],
    ['`unclosed **b**', '`unclosed bold(b)'],
    ['[a](https://b.c/d_e_f) <https://g.h>', 'link:https://b.c/d_e_f(a) link:https://g.h(https://g.h)'],
    [
      'see https://a.b/c_d_e. Or (https://f.g)!',
      'see link:https://a.b/c_d_e(https://a.b/c_d_e). Or (link:https://f.g(https://f.g))!',
    ],
    ['[a](javascript:b) [c](data:d)', '[a](javascript:b) [c](data:d)'],
    [
      '<@1> <@!2> <@&3> <#4> </a b:5> @everyone',
      'user(1) user(2) role(3) channel(4) command(a b) everyone(@everyone)',
    ],
    ['<t:5> <t:5:R> <t:-5:d> <t:x>', 'time:f(5) time:R(5) time:d(-5) <t:x>'],
    ['<:smile:6> <a:wave:7>', 'emoji(:smile:) emoji(:wave:)'],
  ])('%j', (text, expected) => {
    expect(shape(parseInline(text))).toBe(expected);
  });
});

describe('whole texts', () => {
  test.each([
    ['# a\n## b\n### c\n#### d\n#e', 'heading(a)heading(b)heading(c)#### d\n#e'],
    ['-# small\nplain', 'subtext(small)plain'],
    ['a\n\nb', 'a\n\nb'],
    ['> a\n> b\nc', 'quote(a\nb)c'],
    ['a\n>>> b\nc', 'aquote(b\nc)'],
    ['- a\n  - b\n    - c\n- d', 'list(alist(blist(c))|d)'],
    ['1. a\n2. b\n- c', 'list(a|b)list(c)'],
    ['a\n```js\nb\n\nc\n```\nd', 'ablock:js(b\n\nc)d'],
    ['a ```b``` c', 'a block:(b) c'],
    ['```js```', 'block:(js)'],
    ['```\n# a\n- b\n```', 'block:(# a\n- b)'],
    ['```unclosed\n**a**', '```unclosed\nbold(a)'],
    ['``````', '``````'],
  ])('%j', (text, expected) => {
    expect(shape(parseMarkdown(text))).toBe(expected);
  });

  test('without a sign of Discord’s stay as they are', () => {
    const word = fc.stringMatching(/^[a-zäß0-9 ,.;<>&"'/]*$/);
    const plain = fc
      .array(word.filter((text) => !/^(\s*\d+\.|>) |https?:/.test(text)))
      .map((lines) => lines.join('\n'));
    fc.assert(fc.property(plain, (text) => shape(parseMarkdown(text)) === text));
  });

  test('of any kind are read: what is shown stands in the text, in this order', () => {
    const signs = [
      '*',
      '**',
      '_',
      '__',
      '~~',
      '||',
      '`',
      '```',
      '\n',
      '> ',
      '>>> ',
      '# ',
      '-# ',
      '- ',
      '1. ',
    ];
    const others = ['<@1>', '<t:5:R>', '[', '](', ')', 'https://b', 'a', ' ', '\\'];
    const text = fc
      .array(fc.constantFrom(...signs, ...others), { maxLength: 60 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (value) => {
        let at = 0;
        for (const letter of leaves(parseMarkdown(value))) {
          at = value.indexOf(letter, at) + 1;
          if (at === 0) return false;
        }
        return true;
      }),
      { numRuns: 500 },
    );
  });

  test('of the worst kind are read, too', { timeout: 5_000 }, () => {
    for (const sign of ['*', '_', '`', '|', '~', '[', '<', '> ', '- ', '\\', '*_~|`']) {
      parseMarkdown(sign.repeat(4_096 / sign.length));
    }
  });
});

describe('colours in code blocks', () => {
  const ESCAPE = '\u001b';

  test('ansi', () => {
    const text = `a${ESCAPE}[1;31mb${ESCAPE}[42mc${ESCAPE}[0md${ESCAPE}[99me${ESCAPE}f`;
    expect(coloured('ansi', text)).toEqual([
      { text: 'a', looks: [] },
      { text: 'b', looks: ['bold', 'fg-1'] },
      { text: 'c', looks: ['bold', 'fg-1', 'bg-2'] },
      { text: 'd', looks: [] },
      { text: `e${ESCAPE}f`, looks: [] },
    ]);
  });

  test('diff', () => {
    expect(coloured('diff', '+ a\n- b\n! c\nd')).toEqual([
      { text: '+ a\n', looks: ['added'] },
      { text: '- b\n', looks: ['removed'] },
      { text: '! c\n', looks: ['changed'] },
      { text: 'd', looks: [] },
    ]);
  });

  test('nothing else, not even what every object has', () => {
    for (const language of ['', 'js', 'constructor']) {
      expect(coloured(language, '+ a')).toEqual([{ text: '+ a', looks: [] }]);
    }
  });
});
