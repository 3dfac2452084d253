import { relative, sep } from 'node:path';
import { placeOf } from '../functions.ts';
import type { Frame } from '../profile.ts';

const PACKAGES = '/node_modules/';

/**
 * Where a function was written, such as `cogs/music.js:12`: as seen from the folder of the bot, and what is in a package
 * from the name of that on. Empty for what is in no file.
 */
export function placeFrom(rootDir: string, frame: Pick<Frame, 'file' | 'line'>): string {
  const { file, line } = frame;
  const behind = file.replaceAll('\\', '/').lastIndexOf(PACKAGES);
  if (behind >= 0) return placed(file.slice(behind + PACKAGES.length), line);
  const path = rootDir === '' || file === '' || file.includes('://') ? '' : relative(rootDir, file);
  const isInside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && path !== file;
  return isInside && !file.startsWith('node:') ? placed(path, line) : placeOf(frame);
}

function placed(path: string, line: number): string {
  const text = path.replaceAll('\\', '/');
  return line > 0 ? `${text}:${line}` : text;
}
