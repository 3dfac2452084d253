import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { original } from '../../cog/attach.ts';
import { holderOf } from '../../cog/slots.ts';
import type { Target } from '../../cog/target.ts';
import type { Surroundings } from '../../frameworks/surroundings.ts';
import { Slices } from '../slices.ts';
import type { CodeSite } from '../snapshot/code.ts';
import { CogscopeMarks } from '../snapshot/marks.ts';

/** What tells whose the objects of the running bot are. */
export interface LiveCogsSources {
  targets(): Iterable<Target>;
  readonly surroundings: Surroundings;
  /** It and the profiler are no cog's, whoever refers to them. */
  readonly client: object;
  readonly profiler: readonly object[];
}

/** CommonJS modules by file. */
type LoadedModules = Readonly<Record<string, { readonly exports: unknown } | undefined>>;

/** The cogs of the running bot: which objects are theirs, and which code. */
export class LiveCogs {
  readonly #sources: LiveCogsSources;
  readonly #targets: readonly Target[];
  readonly #cogs: ReadonlySet<string>;
  /** The cogs whose targets were written in a file. */
  readonly #byFile = new Map<string, Set<string>>();

  constructor(sources: LiveCogsSources) {
    this.#sources = sources;
    this.#targets = [...sources.targets()];
    this.#cogs = new Set(this.#targets.map(({ cog }) => cog));
    for (const { cog, location } of this.#targets) {
      if (location !== undefined) addTo(this.#byFile, location.file, cog);
    }
  }

  /** Marks for the heap: the functions of targets, the objects that these are kept in, and what CommonJS files export. */
  marks(): CogscopeMarks {
    const claims = new Map<object, Set<string>>();
    for (const { cog, slot } of this.#targets) {
      const fn = slot.get();
      if (fn !== undefined) addTo(claims, original(fn), cog);
      const holder = holderOf(slot);
      if (holder !== undefined && this.#isOfBot(holder)) addTo(claims, holder, cog);
    }
    const exports = this.#exports();
    for (const [exported, cog] of exports) addTo(claims, exported, cog);
    const handedOut = new Map<object, Set<string>>();
    for (const [exported, cog] of exports) for (const part of partsOf(exported)) addTo(handedOut, part, cog);
    const { client, profiler } = this.#sources;
    return new CogscopeMarks(claimedByOne(claims), claimedByOne(handedOut), client, profiler);
  }

  /** Whose each of these pieces of code is. The bot goes on in between. */
  async cogsOf(sites: readonly CodeSite[]): Promise<(string | undefined)[]> {
    const slices = new Slices();
    const cogs: (string | undefined)[] = [];
    for (const site of sites) {
      cogs.push(this.#cogOf(site));
      if (slices.isOver) await slices.pause();
    }
    return cogs;
  }

  #cogOf({ script, line, column }: CodeSite): string | undefined {
    const file = pathOf(script);
    return file === undefined ? undefined : this.#cogOfCode({ file, line, column });
  }

  #cogOfCode(compiled: { readonly file: string; readonly line: number; readonly column: number }) {
    const { surroundings } = this.#sources;
    if (surroundings.isFrameworkCode(compiled)) return undefined;
    const location = surroundings.sourceAt(compiled);
    const [only, ...others] = this.#byFile.get(location.file) ?? [];
    const cog = only !== undefined && others.length === 0 ? only : surroundings.cogOf(location);
    // What no target is in, such as the files that all cogs use, is the bot's.
    return this.#cogs.has(cog) ? cog : undefined;
  }

  /**
   * Whether an object in which a function was found is the bot's rather than a framework's or Node's: it is plain, a
   * function, or of a class that was written in a file of the bot.
   */
  #isOfBot(holder: object): boolean {
    const prototype = Object.getPrototypeOf(holder) as object | null;
    if (typeof holder === 'function' || prototype === null || prototype === Object.prototype) return true;
    const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof maker !== 'function') return false;
    const { surroundings } = this.#sources;
    const location = surroundings.locationOf(maker as () => unknown);
    return location !== undefined && !surroundings.isFrameworkCode(location);
  }

  /** What the CommonJS files of cogs export, unless it is what another file exports too: then it is only handed on. */
  #exports(): [exported: object, cog: string][] {
    const { _cache: modules = {} } = process.getBuiltinModule('node:module') as { _cache?: LoadedModules };
    const found = new Map<object, Set<string | undefined>>();
    for (const [file, module] of Object.entries(modules)) {
      const exported = module?.exports;
      if ((typeof exported !== 'object' && typeof exported !== 'function') || exported === null) continue;
      addTo(found, exported as object, this.#cogOfCode({ file, line: 1, column: 1 }));
    }
    return [...found].flatMap(([exported, [cog, ...others]]) =>
      cog === undefined || others.length > 0 ? [] : [[exported, cog]],
    );
  }
}

/** By cog. What several cogs claim is where they meet, and not a part of one. */
function claimedByOne(claims: ReadonlyMap<object, ReadonlySet<string>>): Map<string, object[]> {
  const own = new Map<string, object[]>();
  for (const [object, [cog, ...others]] of claims) {
    if (cog === undefined || others.length > 0) continue;
    const objects = own.get(cog) ?? [];
    own.set(cog, objects);
    objects.push(object);
  }
  return own;
}

/** The objects in the properties of another one. Getters are not called. */
function* partsOf(exported: object): Iterable<object> {
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(exported)))
    if ((typeof value === 'object' || typeof value === 'function') && value !== null) yield value;
}

function addTo<Key, Item>(lists: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const items = lists.get(key);
  if (items === undefined) lists.set(key, new Set([item]));
  else items.add(item);
}

/** A path, of a CommonJS module's name or an ES module's URL, which a reload may end with `?t=`. */
function pathOf(script: string): string | undefined {
  try {
    if (script.startsWith('file:')) return fileURLToPath(script);
  } catch {
    return undefined;
  }
  return isAbsolute(script) ? script : undefined;
}
