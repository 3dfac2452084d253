import type { Change } from './compare.ts';
import type { Label, Model } from './model.ts';

/**
 * The colours of Okabe and Ito, "Color Universal Design" (2008), which people with any colour vision tell apart, on
 * dark and on light.
 */
const HUES = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#d55e00', '#0072b2'] as const;
/** How much white is in a colour when all of them are taken once more. */
const TINTS = [0, 0.45, 0.7] as const;

const QUIET = {
  package: '#b3bac6',
  node: '#949dac',
  native: '#7d8696',
  idle: '#d5dae2',
  group: '#8c95a5',
  awaiting: '#a7b0dc',
};
const GC = '#e8a288';
const PROFILER = '#c9c2a0';

const KINDS: Readonly<Record<Label['kind'], string>> = {
  bot: '#56b4e9',
  package: '#e69f00',
  node: '#009e73',
  gc: '#d55e00',
  native: '#cc79a7',
  idle: QUIET.idle,
  profiler: '#f0e442',
  awaiting: QUIET.awaiting,
  group: QUIET.group,
  target: QUIET.group,
  cog: QUIET.group,
};

export const KIND_TITLES = {
  bot: 'the bot',
  package: 'packages',
  node: 'Node.js',
  native: 'native code',
  gc: 'garbage collection',
  idle: 'idle',
} as const;

export type ColourBy = 'cog' | 'kind';

/** Those of what has changed; red and blue are told apart with any colour vision, and their boxes say it too. */
export const CHANGES = {
  slower: { title: 'slower', mark: '▲', colour: '#e2604a', faint: '#f0b0a2' },
  faster: { title: 'faster', mark: '▼', colour: '#4a94d8', faint: '#a9cbea' },
  new: { title: 'new', mark: '+', colour: '#b07ad0', faint: '#b07ad0' },
  gone: { title: 'gone', mark: '−', colour: '#d9b44a', faint: '#d9b44a' },
  noise: { title: 'noise', mark: '', colour: '#b3bac6', faint: '#b3bac6' },
} as const satisfies Record<Change, { title: string; mark: string; colour: string; faint: string }>;

export const SMALL = '#c4cad4';

/** The colour of a cog: the same in all pictures of a recording. */
export function cogColour({ cogs }: Model, cog: string): string {
  const index = cogs.indexOf(cog);
  if (index < 0) return QUIET.package;
  const tint = TINTS[Math.floor(index / HUES.length) % TINTS.length]!;
  return tinted(HUES[index % HUES.length]!, tint);
}

export function labelColour(model: Model, label: Label, by: ColourBy): string {
  if (by === 'kind') return KINDS[label.kind];
  if (label.cog !== '') return cogColour(model, label.cog);
  if (label.kind === 'gc') return GC;
  if (label.kind === 'profiler') return PROFILER;
  return label.kind === 'bot' ? '#e9edf3' : (QUIET[label.kind as keyof typeof QUIET] ?? QUIET.group);
}

function tinted(colour: string, white: number): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `#${parts
    .map((part) =>
      Math.round(part + (255 - part) * white)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const INKS = new Map<string, string>();

/** What is read best on a colour. */
export function inkOn(colour: string): string {
  let ink = INKS.get(colour);
  if (ink === undefined) {
    const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16)));
    const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    INKS.set(colour, (ink = luminance > 0.2 ? '#11151c' : '#ffffff'));
  }
  return ink;
}

/** From sRGB to light, as WCAG 2 does it. */
function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
