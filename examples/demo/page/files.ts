import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StaticFile {
  contentType: string;
  read(): string | Buffer;
}

const CLIENT = fileURLToPath(new URL('./client/', import.meta.url));

/**
 * Fonts for machines that lack them, such as containers: one of fixed width for tables, and the emoji as Discord
 * draws them. Where one is not installed, the browser takes what it has.
 */
const FONTS = [
  {
    family: 'Page Mono',
    file: '@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff2',
    characters: 'U+0-10FFFF',
  },
  {
    family: 'Page Emoji',
    file: 'twemoji-colr-font/twemoji.woff2',
    // Not the digits, which it has for the keycaps.
    characters: 'U+200D, U+20E3, U+2600-27BF, U+2B00-2BFF, U+FE0F, U+1F000-1FAFF, U+E0020-E007F',
  },
];

/** How a file is sent, by its extension. */
const KINDS: Readonly<Record<string, { contentType: string; read(path: string): string | Buffer }>> = {
  '.html': { contentType: 'text/html; charset=utf-8', read: (path) => readFileSync(path) },
  '.css': { contentType: 'text/css; charset=utf-8', read: (path) => readFileSync(path) },
  '.svg': { contentType: 'image/svg+xml', read: (path) => readFileSync(path) },
  '.woff2': { contentType: 'font/woff2', read: (path) => readFileSync(path) },
  // No build: the types become blanks, and lines and columns stay where they were.
  '.ts': {
    contentType: 'text/javascript; charset=utf-8',
    read: (path) => stripTypeScriptTypes(readFileSync(path, 'utf8')),
  },
};

/** The page's files by their paths. They are listed once, so no path that is asked for leads anywhere else. */
export function staticFiles(): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  const add = (path: string, file: string): void => {
    const kind = KINDS[extname(file)];
    if (kind !== undefined) files.set(path, { ...kind, read: () => kind.read(file) });
  };
  for (const path of readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })) {
    add(path.replaceAll('\\', '/'), `${CLIENT}${path}`);
  }
  add('', `${CLIENT}index.html`);
  const faces = FONTS.flatMap(({ family, file, characters }) => {
    const found = installed(file);
    if (found === undefined) return [];
    const path = `fonts/${basename(file)}`;
    add(path, found);
    return `@font-face { font-family: "${family}"; src: url("${path}"); unicode-range: ${characters}; }\n`;
  });
  files.set('fonts.css', { ...KINDS['.css']!, read: () => faces.join('') });
  return files;
}

function installed(file: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch {
    return undefined;
  }
}
