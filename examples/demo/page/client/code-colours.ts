/** A run of characters in a code block that look the same. */
export interface Run {
  text: string;
  /** Names of looks: `bold`, `fg-1`, `added`, … */
  looks: readonly string[];
}

type Colouring = (text: string) => Run[];

/** The languages that are coloured here. Discord knows many more; bots use these two to colour text. */
const COLOURINGS: Readonly<Record<string, Colouring>> = { ansi, diff };

export function coloured(language: string, text: string): Run[] {
  const colouring = Object.hasOwn(COLOURINGS, language) ? COLOURINGS[language] : undefined;
  return colouring?.(text) ?? [{ text, looks: [] }];
}

const ESCAPE = '\u001b[';
const BOLD = 1;
const UNDERLINE = 4;

/** Colours as a terminal's: `ESC [ 1 ; 31 m`. Discord knows bold, underlined, 8 colours and 8 backgrounds. */
function ansi(text: string): Run[] {
  const [first = '', ...rest] = text.split(ESCAPE);
  const runs: Run[] = first === '' ? [] : [{ text: first, looks: [] }];
  let looks = new Map<string, string>();
  for (const piece of rest) {
    const [sequence = '', codes = ''] = /^([\d;]*)m/.exec(piece) ?? [];
    for (const code of sequence === '' ? [] : codes.split(';').map(Number)) {
      if (code === 0) looks = new Map();
      else if (code === BOLD) looks.set('weight', 'bold');
      else if (code === UNDERLINE) looks.set('line', 'underlined');
      else if (code >= 30 && code <= 37) looks.set('colour', `fg-${code - 30}`);
      else if (code >= 40 && code <= 47) looks.set('background', `bg-${code - 40}`);
    }
    const text = piece.slice(sequence.length);
    if (text !== '') runs.push({ text, looks: [...looks.values()] });
  }
  return runs;
}

const DIFF_LOOKS: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '!': 'changed' };

function diff(text: string): Run[] {
  const lines = text.split('\n');
  return lines.map((line, index) => {
    const look = DIFF_LOOKS[line[0] ?? ''];
    const end = index < lines.length - 1 ? '\n' : '';
    return { text: line + end, looks: look === undefined ? [] : [look] };
  });
}
