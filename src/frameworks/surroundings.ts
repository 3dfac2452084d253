import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { original } from '../cog/attach.ts';
import type { AnyFunction, Discovery, SourceLocation } from '../cog/target.ts';
import { FunctionInspector } from './functions.ts';
import { SeenInteractions } from './interactions.ts';

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

  readonly #frameworkPackages: readonly string[];
  readonly seen: SeenInteractions;

  /**
   * @param rootDir folder against which cogs are told apart
   * @param frameworkPackages packages whose own functions are not the bot's; a name that ends with `/` is a scope
   * @param seen the ways that interactions have taken so far
   */
  constructor(rootDir: string, frameworkPackages: readonly string[] = [], seen = new SeenInteractions()) {
    this.seen = seen;
    this.#rootDir = rootDir;
    this.#frameworkPackages = frameworkPackages;
  }

  /** Looks up many functions in one go, which makes asking for each of them cheap. */
  prepare(functions: readonly AnyFunction[]): void {
    this.#inspector.locate(functions.map(original));
  }

  locationOf(fn: AnyFunction): SourceLocation | undefined {
    return this.#inspector.locationOf(original(fn));
  }

  /** The variables that a function can see and that some function there uses, by name, as they are now. */
  closureOf(fn: AnyFunction): Map<string, unknown> {
    return this.#inspector.closure(original(fn));
  }

  /** All objects that inherit from `prototype`. It holds the bot for some 150 ms: the last resort, and once. */
  instancesOf(prototype: object): object[] {
    return this.#inspector.instances(prototype);
  }

  /** The package that a location belongs to, where it is not the bot's own code. */
  packageOf(location: SourceLocation | undefined): string | undefined {
    return [...(location?.file.matchAll(PACKAGE) ?? [])].at(-1)?.[1]?.replaceAll('\\', '/');
  }

  /** Whether a location lies in a framework, rather than in the bot or in a package that the bot chose to run. */
  isFrameworkCode(location: SourceLocation | undefined): boolean {
    const name = this.packageOf(location);
    return (
      name !== undefined &&
      this.#frameworkPackages.some((own) => (own.endsWith('/') ? name.startsWith(own) : name === own))
    );
  }

  /** Where a function was written, and the cog that this makes it a part of: two fields of its `Discovery`. */
  describe(fn: AnyFunction): Pick<Discovery, 'cog' | 'location'> {
    const location = this.locationOf(fn);
    return { cog: this.cogOf(location), ...(location && { location }) };
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
