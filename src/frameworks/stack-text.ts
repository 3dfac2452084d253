import { isAbsolute, relative } from 'node:path';
import type { Stack, StackFrame } from '../cog/error-stack.ts';
import type { SourceLocation } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

/** A stack for people. */
export interface StackText {
  /** The innermost function in the bot's own code, else the innermost; undefined where there is no stack. */
  readonly topFrame: string | undefined;
  /** Such as `Player.next (music/player.js:12:5)`, the innermost first. */
  readonly frames: readonly string[];
}

/** Names each function by where it was written, as seen from `rootDir`. */
export function stackText(stack: Stack, surroundings: Surroundings, rootDir: string): StackText {
  const written = ({ functionName, location }: StackFrame): StackFrame => ({
    functionName,
    location: location && surroundings.sourceInStack(location),
  });
  // A file that is the bot's own may have been bundled of packages too.
  const frames = stack.frames.map(written);
  const top =
    frames.find(({ location }) => isBotCode(location, surroundings)) ?? (stack.top && written(stack.top));
  return {
    topFrame: top && frameText(top, rootDir),
    frames: frames.map((frame) => frameText(frame, rootDir)),
  };
}

function isBotCode(location: SourceLocation | undefined, surroundings: Surroundings): boolean {
  return (
    location !== undefined && isAbsolute(location.file) && surroundings.packageOf(location) === undefined
  );
}

function frameText({ functionName, location }: StackFrame, rootDir: string): string {
  if (location === undefined) return functionName ?? '';
  const place = `${shortPath(location.file, rootDir)}:${location.line}:${location.column}`;
  return functionName === undefined ? place : `${functionName} (${place})`;
}

function shortPath(file: string, rootDir: string): string {
  const path = isAbsolute(file) ? relative(rootDir, file) : file;
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
