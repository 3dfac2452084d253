import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { OWN_FOLDER } from '../own-files.ts';
import type { SourceLocation } from './target.ts';

/** One function of those that were running when an error was made. */
export interface StackFrame {
  /** Such as `Player.next` or `new Queue`; undefined of a function without a name. */
  readonly functionName: string | undefined;
  /** As V8 tells it, of compiled code that is in the compiled file; undefined of V8's own functions. */
  readonly location: SourceLocation | undefined;
}

/** Where an error was made. */
export interface Stack {
  /** The innermost frame in a file that belongs to no package; else the innermost. Undefined without a frame. */
  readonly top: StackFrame | undefined;
  /** The innermost first, at most ten, without those of this package. */
  readonly frames: readonly StackFrame[];
}

const MOST_FRAMES = 10;
/** Looked at: `Error.stackTraceLimit` may be Infinity, and a stack may be a text that the bot has made up. */
const MOST_LINES = 50;
const LONGEST_LINE = 500;
const LONGEST_NAME = 80;
/** Before its message, a stack has the name of the class. */
const LONGEST_CLASS = 200;
/** Of different frames, in the whole bot. */
const MOST_KNOWN = 2_000;

const FRAME = /^\s+at (?:async )?(?:(.+?) \((.*)\)|(.+))$/;
const PLACE = /^(.+):(\d+):(\d+)$/;
const IN_PACKAGE = /[\\/]node_modules[\\/]/;
const NO_STACK: Stack = { top: undefined, frames: [] };

/** How V8 gives out the stack of an error; a getter of the bot's own is not run. */
const nativeStack = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/**
 * Reads the stacks of errors. Of the text of one it takes what stands in lines that are frames, and nothing of the
 * message, even if that looks like frames. Whatever an error is, nothing is thrown, and no code of its own is run.
 *
 * V8 writes a stack, its message included, when it is read for the first time: it is not to be read before the bot
 * has handled the error, which may add to the message.
 */
export class StackReader {
  /** By its line. */
  readonly #known = new Map<string, StackFrame | undefined>();

  read(error: unknown): Stack {
    try {
      const text = stackOf(error);
      return text === undefined ? NO_STACK : this.#stackIn(frameLines(text, messageOf(error)));
    } catch {
      return NO_STACK;
    }
  }

  #stackIn(lines: readonly string[]): Stack {
    const frames: StackFrame[] = [];
    for (const line of lines) {
      const frame = this.#frameIn(line);
      if (frame !== undefined) frames.push(frame);
    }
    return { top: frames.find(isBotCode) ?? frames[0], frames: frames.slice(0, MOST_FRAMES) };
  }

  #frameIn(line: string): StackFrame | undefined {
    if (this.#known.has(line)) return this.#known.get(line);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    // A part of a text keeps all of it alive, with the message: this is a text of its own.
    const own = Buffer.from(line).toString();
    const frame = parseFrame(own);
    this.#known.set(own, frame);
    return frame;
  }
}

function stackOf(error: unknown): string | undefined {
  const property = ownProperty(error, 'stack');
  const isNative = property?.get !== undefined && property.get === nativeStack;
  const stack = isNative ? Reflect.apply(nativeStack, error, []) : property?.value;
  return typeof stack === 'string' ? stack : undefined;
}

function messageOf(error: unknown): string | undefined {
  const message = ownProperty(error, 'message')?.value;
  return typeof message === 'string' ? message : undefined;
}

function ownProperty(value: unknown, key: string): PropertyDescriptor | undefined {
  const isLookedAt = typeof value === 'object' && value !== null && !types.isProxy(value);
  return isLookedAt ? Object.getOwnPropertyDescriptor(value, key) : undefined;
}

/** The lines of a stack that may be frames, as parts of it. */
function frameLines(stack: string, message: string | undefined): string[] {
  const messageAt = message === undefined ? -1 : findMessage(stack, message);
  return messageAt === -1 ? lastFrameLines(stack) : linesFrom(stack, messageAt + message!.length);
}

function findMessage(stack: string, message: string): number {
  return stack.slice(0, LONGEST_CLASS + message.length).indexOf(message);
}

function linesFrom(stack: string, from: number): string[] {
  const lines: string[] = [];
  let end = stack.indexOf('\n', from);
  while (end !== -1 && lines.length < MOST_LINES) {
    const start = end + 1;
    end = stack.indexOf('\n', start);
    lines.push(stack.slice(start, end === -1 ? stack.length : end));
  }
  return lines;
}

/** Where the message has changed since, it is not known where it ends: what counts are the frames at the very end. */
function lastFrameLines(stack: string): string[] {
  const lines: string[] = [];
  let end = stack.length;
  while (end > 0 && lines.length < MOST_LINES) {
    const start = stack.lastIndexOf('\n', end - 1) + 1;
    const line = stack.slice(start, end);
    if (start === 0 || !isFrame(line)) break;
    lines.unshift(line);
    end = start - 1;
  }
  return lines;
}

function isFrame(line: string): boolean {
  return line.length <= LONGEST_LINE && FRAME.test(line);
}

function parseFrame(line: string): StackFrame | undefined {
  const [, name, place, bare] = (line.length <= LONGEST_LINE && FRAME.exec(line)) || [];
  const location = locationIn(place ?? bare ?? '');
  if (OWN_FOLDER !== undefined && location?.file.startsWith(OWN_FOLDER)) return undefined;
  // Of what lies in no file, only the functions of V8 itself are named: `at Array.map (<anonymous>)`.
  if (location === undefined && place !== '<anonymous>') return undefined;
  return { functionName: name?.slice(0, LONGEST_NAME), location };
}

function locationIn(place: string): SourceLocation | undefined {
  const [, path = '', line, column] = PLACE.exec(place) ?? [];
  const file = path.startsWith('file:') ? fileURLToPath(path) : path;
  if (!isAbsolute(file) && !file.startsWith('node:')) return undefined;
  return { file, line: Number(line), column: Number(column) };
}

function isBotCode({ location }: StackFrame): boolean {
  return location !== undefined && isAbsolute(location.file) && !IN_PACKAGE.test(location.file);
}
