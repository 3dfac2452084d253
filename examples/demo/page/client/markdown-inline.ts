/** A piece of text as Discord shows it within a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | Wrapped<'bold'>
  | Wrapped<'italic'>
  | Wrapped<'underline'>
  | Wrapped<'strike'>
  | Wrapped<'spoiler'>
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; children: Inline[] }
  | Mention<'user'>
  | Mention<'role'>
  | Mention<'channel'>
  | { kind: 'everyone'; text: string }
  | { kind: 'command'; name: string }
  | { kind: 'time'; epochS: number; style: string }
  | { kind: 'emoji'; name: string };

interface Wrapped<Kind> {
  kind: Kind;
  children: Inline[];
}

interface Mention<Kind> {
  kind: Kind;
  id: string;
}

interface Rule {
  /** The characters that it can begin with. */
  starts: string;
  /** Sticky. */
  pattern: RegExp;
  /** Undefined where it is no such thing after all. */
  make(match: RegExpExecArray, before: string): Inline | undefined;
}

const isWord = (character: string) => /[\p{L}\p{N}_]/u.test(character);

const wrapped =
  (kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler'): Rule['make'] =>
  ([, inside]) => ({ kind, children: parseInline(inside!) });

const mention =
  (kind: 'user' | 'role' | 'channel'): Rule['make'] =>
  ([, id]) => ({ kind, id: id! });

const RULES: readonly Rule[] = [
  { starts: '\\', pattern: /\\([!-/:-@[-`{-~])/y, make: ([, text]) => ({ kind: 'text', text: text! }) },
  {
    starts: '`',
    // As many behind as before; tried at the first of them only, or long rows would take for ever.
    pattern: /(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/sy,
    make: ([, , text]) => ({ kind: 'code', text: text!.replace(/^ (?=`)|(?<=`) $/g, '') }),
  },
  { starts: '|', pattern: /\|\|(.+?)\|\|/sy, make: wrapped('spoiler') },
  { starts: '*', pattern: /\*\*(.+?)\*\*(?!\*)/sy, make: wrapped('bold') },
  { starts: '*', pattern: /\*(?=\S)((?:\*\*|[^*])+?)(?<=\S)\*(?!\*)/y, make: wrapped('italic') },
  { starts: '_', pattern: /__(.+?)__(?!_)/sy, make: wrapped('underline') },
  {
    starts: '_',
    pattern: /_((?:__|[^_])+?)_(?![\p{L}\p{N}_])/uy,
    make: (match, before) => (isWord(before) ? undefined : wrapped('italic')(match, before)),
  },
  { starts: '~', pattern: /~~(.+?)~~/sy, make: wrapped('strike') },
  {
    starts: '[',
    pattern: /\[([^[\]\n]+)\]\(<?(https?:\/\/[^\s<>)]+)>?(?: "[^"\n]*")?\)/y,
    make: ([, text, url]) => ({ kind: 'link', url: url!, children: parseInline(text!) }),
  },
  {
    starts: '<',
    pattern: /<(https?:\/\/[^\s<>]+)>/y,
    make: ([, url]) => ({ kind: 'link', url: url!, children: [{ kind: 'text', text: url! }] }),
  },
  {
    starts: 'h',
    pattern: /https?:\/\/[^\s<>]*[^\s<>.,:;!?"')\]}*_~|`]/y,
    make: ([url], before) =>
      isWord(before) ? undefined : { kind: 'link', url, children: [{ kind: 'text', text: url }] },
  },
  { starts: '<', pattern: /<@!?(\d+)>/y, make: mention('user') },
  { starts: '<', pattern: /<@&(\d+)>/y, make: mention('role') },
  { starts: '<', pattern: /<#(\d+)>/y, make: mention('channel') },
  { starts: '<', pattern: /<\/([^:<>]+):\d+>/y, make: ([, name]) => ({ kind: 'command', name: name! }) },
  {
    starts: '<',
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    make: ([, epochS, style = 'f']) => ({ kind: 'time', epochS: Number(epochS), style }),
  },
  { starts: '<', pattern: /<a?(:\w+:)\d+>/y, make: ([, name]) => ({ kind: 'emoji', name: name! }) },
  { starts: '@', pattern: /@(?:everyone|here)\b/y, make: ([text]) => ({ kind: 'everyone', text }) },
];

const RULES_BY_START = new Map<string, Rule[]>();
for (const rule of RULES) {
  for (const start of rule.starts) RULES_BY_START.set(start, [...(RULES_BY_START.get(start) ?? []), rule]);
}

export function parseInline(text: string): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const endPlain = () => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const match = firstMatch(text, at);
    if (match === undefined) plain += text[at++];
    else {
      endPlain();
      found.push(match.node);
      at += match.length;
    }
  }
  endPlain();
  return found;
}

function firstMatch(text: string, at: number): { node: Inline; length: number } | undefined {
  for (const { pattern, make } of RULES_BY_START.get(text[at]!) ?? []) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const node = match === null ? undefined : make(match, text[at - 1] ?? '');
    if (match !== null && node !== undefined) return { node, length: match[0].length };
  }
  return undefined;
}
