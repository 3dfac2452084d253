import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { original } from '../cog/attach.ts';
import type { AnyFunction, SourceLocation } from '../cog/target.ts';
import { FunctionInspector } from './functions.ts';

/** Folders and files whose names say what they hold, but not for which of the bot's modules. */
const GENERIC = new Set(
  (
    'app autocomplete bin bot build buttons client cogs commands components contexts core cron dist events ' +
    'extensions features functions handlers index interactions jobs lib listeners main menus messages modals ' +
    'modules out plugins prefix routines schedules selects slash src tasks'
  ).split(' '),
);
const PACKAGE = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/g;

/** What adapters know of the program around a function: where it was written, and which cog that makes it. */
export class Surroundings {
  readonly #rootDir: string;
  readonly #inspector = new FunctionInspector();

  /** @param rootDir folder against which cogs are told apart */
  constructor(rootDir: string) {
    this.#rootDir = rootDir;
  }

  /** Looks up many functions in one go, which makes asking for each of them cheap. */
  prepare(functions: readonly AnyFunction[]): void {
    this.#inspector.locate(functions.map(original));
  }

  locationOf(fn: AnyFunction): SourceLocation | undefined {
    return this.#inspector.locationOf(original(fn));
  }

  /** The values of the variables that a function can see, innermost scope first; the global ones are left out. */
  closureOf(fn: AnyFunction): unknown[] {
    return this.#inspector.closure(original(fn));
  }

  /** The package that a location belongs to, where it is not the bot's own code. */
  packageOf(location: SourceLocation | undefined): string | undefined {
    return [...(location?.file.matchAll(PACKAGE) ?? [])].at(-1)?.[1]?.replaceAll('\\', '/');
  }

  /** The module of the bot that a location belongs to; `bot` where the location says nothing. */
  cogOf(location: SourceLocation | undefined): string {
    if (location === undefined) return 'bot';
    return this.packageOf(location)?.replaceAll('/', '.') ?? cogOfFile(location.file, this.#rootDir);
  }
}

/** The nearest meaningful folder: the first below the root whose name says more than a layout, else the file. */
export function cogOfFile(file: string, rootDir: string): string {
  const path = relative(rootDir, file);
  const outside = path.startsWith('..') || isAbsolute(path);
  const folders = outside ? [basename(dirname(file))] : path.split(sep).slice(0, -1);
  const name = basename(file).replace(/(\.(command|event|listener|task|cog))?\.[cm]?[jt]sx?$/i, '');
  return [...folders, name].find((part) => !GENERIC.has(part.toLowerCase())) ?? 'bot';
}
