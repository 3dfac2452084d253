import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Not longer than it is to be, as one that grew might be. */
const CHUNK = 'new Array(1_000).fill(null)';
/** 8 an element, 16 for the header of the elements, 32 for the array itself. */
export const CHUNK_BYTES = 8 * 1_000 + 16 + 32;

export interface LeakyCogs {
  /** Keeps so many chunks for good. */
  readonly music: { leak(chunks: number): void; drop(): void };
  /** Keeps so many chunks for good, too, and asynchronously. */
  readonly economy: { hoard(chunks: number): Promise<void>; drop(): void };
  /** Makes so many chunks, and keeps none. */
  readonly waste: { burn(chunks: number): number };
}

/** The line in which each function begins, in its file. */
export const LINES = { leak: 3, hoard: 6, burn: 2 } as const;

const FILES = {
  'cogs/music/player.cjs': [
    'const songs = [];',
    '',
    `exports.leak = function leak(chunks) { for (let at = 0; at < chunks; at++) songs.push(${CHUNK}); };`,
    'exports.drop = () => { songs.length = 0; };',
  ],
  'cogs/economy/bank.cjs': [
    'const accounts = new Map();',
    'let count = 0;',
    'exports.drop = () => accounts.clear();',
    '',
    'exports.hoard = async function open(chunks) { await null; return hoard(chunks); };',
    `function hoard(chunks) { for (let at = 0; at < chunks; at++) accounts.set(count++, ${CHUNK}); }`,
  ],
  'cogs/waste/burn.cjs': [
    'let sum = 0;',
    `exports.burn = function burn(chunks) { for (let at = 0; at < chunks; at++) sum += ${CHUNK}.length; return sum; };`,
  ],
} as const;

/** Cogs whose allocations are known, as files that Node runs as they are. */
export function leakyCogs(folder: string): LeakyCogs {
  const require = createRequire(join(folder, 'index.js'));
  const [music, economy, waste] = Object.entries(FILES).map(([file, lines]) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${lines.join('\n')}\n`);
    return require(path);
  });
  return { music, economy, waste } as LeakyCogs;
}
