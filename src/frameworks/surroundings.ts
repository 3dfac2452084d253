import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { original } from '../cog/attach.ts';
import type { AnyFunction, Discovery, SourceLocation } from '../cog/target.ts';
import { OWN_FOLDER } from '../own-files.ts';
import { type CompiledCode, FunctionInspector } from './functions.ts';
import { SeenInteractions } from './interactions.ts';
import { SourceMaps } from './source-maps.ts';

/** Folders whose names say what kind of thing they hold, but not for which of the bot's modules. */
const LAYOUT = new Set(
  (
    'autocomplete buttons cogs commands components contexts cron events extensions features functions handlers ' +
    'interactions jobs listeners menus messages modals modules plugins prefix routines schedules selects slash tasks'
  ).split(' '),
);
/** These, and folders and files whose names say nothing of what they hold. */
const GENERIC = new Set([
  ...LAYOUT,
  ...'app bin bot build client core dist index lib main out src'.split(' '),
]);
const PACKAGE = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/g;
const OWN_PACKAGE = 'cogscope';

/** Searching this holds the bot for less than half a second. */
const LARGEST_SEARCHED_HEAP_BYTES = 32 * 2 ** 20;

/** What adapters know of the program around a function: where it was written, and which cog that makes it. */
export class Surroundings {
  readonly #rootDir: string;
  readonly #inspector = new FunctionInspector();
  readonly #sourceMaps = new SourceMaps();
  readonly #sources = new WeakMap<SourceLocation, SourceLocation>();
  /** By file. */
  readonly #packages = new Map<string, string | undefined>();
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

  /** Where a function was written: for compiled code, where its source was. Undefined where it lies in no file. */
  locationOf(fn: AnyFunction): SourceLocation | undefined {
    const location = this.#inspector.locationOf(original(fn));
    return location && this.#sourceOf(location);
  }

  /** Where the source of compiled code was; the same place where it was not compiled. */
  sourceAt(location: SourceLocation): SourceLocation {
    return this.#sourceOf(location);
  }

  /** Which code V8 made a function of. */
  codeOf(fn: AnyFunction): CompiledCode | undefined {
    return this.#inspector.codeOf(original(fn));
  }

  /** Where the code was written that stands at a place in a stack. */
  sourceInStack(location: SourceLocation): SourceLocation {
    // Told to use source maps, Node has done so in its stacks.
    return process.sourceMapsEnabled ? location : this.#sourceOf(location);
  }

  /** The place in the source as one text. All closures that it makes have the same. */
  siteOf(fn: AnyFunction): string {
    const { file, line, column } = this.locationOf(fn) ?? {};
    return `${file}:${line}:${column}`;
  }

  /** The variables that a function can see and that some function there uses, by name, as they are now. */
  closureOf(fn: AnyFunction): Map<string, unknown> {
    return this.#inspector.closure(original(fn));
  }

  /**
   * All objects that inherit from `prototype`. It holds the bot for some 6 to 15 ms a megabyte of heap: the last
   * resort, only where `canSearch`, and once.
   */
  instancesOf(prototype: object): object[] {
    return this.#inspector.instances(prototype);
  }

  /** Whether the heap is so small that searching it for `instancesOf` is bearable. */
  canSearch(): boolean {
    return getHeapStatistics().used_heap_size <= LARGEST_SEARCHED_HEAP_BYTES;
  }

  /** The package that a location belongs to, where it is not the bot's own code. */
  packageOf(location: SourceLocation | undefined): string | undefined {
    if (location === undefined) return undefined;
    const { file } = location;
    if (!this.#packages.has(file)) {
      this.#packages.set(file, [...file.matchAll(PACKAGE)].at(-1)?.[1]?.replaceAll('\\', '/'));
    }
    return this.#packages.get(file);
  }

  /**
   * Whether a location lies in a framework, or in the profiler, rather than in the bot or in a package that the bot
   * chose to run.
   */
  isFrameworkCode(location: SourceLocation | undefined): boolean {
    if (OWN_FOLDER !== undefined && location?.file.startsWith(OWN_FOLDER)) return true;
    const name = this.packageOf(location);
    return (
      name !== undefined &&
      [OWN_PACKAGE, ...this.#frameworkPackages].some((own) =>
        own.endsWith('/') ? name.startsWith(own) : name === own,
      )
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

  #sourceOf(location: SourceLocation): SourceLocation {
    // Of packages, only which one it is matters.
    if (this.packageOf(location) !== undefined) return location;
    let source = this.#sources.get(location);
    if (source === undefined) this.#sources.set(location, (source = this.#sourceMaps.resolve(location)));
    return source;
  }
}

/**
 * The nearest meaningful folder: below the root the first whose name says more than a layout, elsewhere the one below
 * a folder such as `commands`; else the file.
 */
export function cogOfFile(file: string, rootDir: string): string {
  const path = relative(rootDir, file);
  const isOutside = path.startsWith('..') || isAbsolute(path);
  const folders = isOutside ? foldersOutside(file) : path.split(sep).slice(0, -1);
  const name = basename(file).replace(/(\.(command|event|listener|task|cog))?\.[cm]?[jt]sx?$/i, '');
  return [...folders, name].find((part) => !isGeneric(part)) ?? 'bot';
}

function foldersOutside(file: string): string[] {
  const folders = dirname(file).split(sep);
  const inLayout = folders.findLastIndex(
    (part, index) => index > 0 && LAYOUT.has(folders[index - 1]!.toLowerCase()) && !isGeneric(part),
  );
  return folders.slice(inLayout);
}

function isGeneric(part: string): boolean {
  return GENERIC.has(part.toLowerCase());
}
