import { isAbsolute, relative } from 'node:path';
import type { AnyFunction, SourceLocation } from '../../cog/target.ts';
import { dataValue } from '../../frameworks/objects.ts';
import { Slices } from '../slices.ts';
import type { Canary, Generation } from './generation.ts';
import { isExportedBy, type Keeper, keeperOf } from './modules.ts';
import { REGISTERED, type Registered } from './registered.ts';
import type { ReloadLeak, Remain, RemainKind } from './report.ts';
import type { Found } from './roll.ts';
import type { ReloadSources } from './sources.ts';

/** The first may have begun before the reload, and then takes for alive what was so then. */
const COLLECTIONS_TO_TELL = 2;

/**
 * What is left of cogs as they were before their reloads: of each what stands where it was registered, calls that have
 * not ended, and what garbage collection did not take.
 * @param present what is there now
 * @param collections how often all garbage has been collected by now
 */
export async function findRemains(
  generations: readonly Generation[],
  present: readonly Found[],
  sources: ReloadSources,
  collections: number,
): Promise<ReloadLeak[]> {
  const sums = new Map(generations.map((generation) => [generation, new Sum(sources)]));
  const registered = REGISTERED.flatMap(({ kind, list }) =>
    [...list(sources, present)].map((one) => ({ kind, ...one })),
  );
  const slices = new Slices(1);
  const twins = new Twins(registered, sources);
  for (const one of registered) {
    const { kind, name, fn } = one;
    if (slices.isOver) await slices.pause();
    const code = sources.codeOf(fn);
    let known: ReadonlyMap<string, unknown> | undefined;
    const closure = () => (known ??= sources.closureOf(fn));
    const owner = generations.find((generation) =>
      generation.owns(fn, code, closure, () => twins.has(one, (other) => generation.knew(other))),
    );
    if (owner !== undefined) sums.get(owner)!.add(kind, name, sources.locationOf(fn));
  }
  const locations = new Map(present.map(({ target }) => [target.id, target.location]));
  sources.forEachCall((targetId, startedAtNs) => {
    const owner = generations.find(({ ids, atNs }) => startedAtNs < atNs && ids.has(targetId));
    if (owner !== undefined) sums.get(owner)!.add('call', targetId, locations.get(targetId));
  });
  const inUse = new Set(present.flatMap(({ fn, holder }) => [fn.deref(), holder?.deref()]));
  return generations.map((generation) => {
    const sum = sums.get(generation)!;
    const alive = generation.canaries.flatMap((canary) => {
      const object = canary.object.deref();
      return object === undefined || inUse.has(object) ? [] : [{ canary, object }];
    });
    const isDecided = collections - generation.collections >= COLLECTIONS_TO_TELL;
    if (isDecided) sum.addCanaries(alive, generation);
    return {
      cog: generation.cog,
      how: generation.isReload ? 'reloaded' : 'unloaded',
      atEpochMs: generation.atEpochMs,
      left: sum.all,
      undecided: isDecided ? 0 : alive.length,
    };
  });
}

/** Finds functions that do the same as another of the same place in the source. */
class Twins {
  readonly #functions = new Map<string, AnyFunction[]>();
  readonly #keyOf: (one: Registered & { kind: RemainKind }) => string;

  constructor(all: readonly (Registered & { kind: RemainKind })[], { locationOf }: ReloadSources) {
    this.#keyOf = ({ kind, name, fn }) => {
      const { file, line, column } = locationOf(fn) ?? {};
      return [kind, name, file, line, column].join('\n');
    };
    for (const one of all) {
      const functions = this.#functions.get(this.#keyOf(one)) ?? [];
      functions.push(one.fn);
      this.#functions.set(this.#keyOf(one), functions);
    }
  }

  /** @param isOld what does not count, as it was there before too */
  has(one: Registered & { kind: RemainKind }, isOld: (fn: AnyFunction) => boolean): boolean {
    return this.#functions.get(this.#keyOf(one))!.some((fn) => fn !== one.fn && !isOld(fn));
  }
}

/** What is left of one generation, with equal things as one. */
class Sum {
  readonly #sources: ReloadSources;
  readonly #remains = new Map<string, Remain>();

  constructor(sources: ReloadSources) {
    this.#sources = sources;
  }

  get all(): Remain[] {
    return [...this.#remains.values()];
  }

  add(kind: RemainKind, name: string, location: SourceLocation | undefined, keptByChildrenOf?: string): void {
    const place = location && this.#placeOf(location);
    const key = [kind, name, place, keptByChildrenOf].join('\n');
    const count = (this.#remains.get(key)?.count ?? 0) + 1;
    this.#remains.set(key, {
      kind,
      name,
      count,
      ...(location && { location, place: place! }),
      ...(keptByChildrenOf !== undefined && { keptByChildrenOf }),
    });
  }

  addCanaries(alive: readonly { canary: Canary; object: object }[], { parents }: Generation): void {
    const known = parents.flatMap((parent) => parent.deref() ?? []);
    const keepers = new Map<string | undefined, Keeper | undefined>();
    for (const { canary, object } of alive) {
      const { kind, name, isInstance } = canary;
      // Its methods may be those of another file.
      const made: unknown = isInstance ? dataValue(object, 'constructor') : undefined;
      const type = typeof made === 'function' ? (made as AnyFunction) : undefined;
      const location = (type && this.#sources.locationOf(type)) ?? canary.location;
      const file = (type && this.#sources.codeOf(type)?.file) ?? canary.file;
      if (file !== undefined && !keepers.has(file)) keepers.set(file, keeperOf(file, known));
      const keeper = keepers.get(file);
      // A module has its functions; what is an instance of a class may be anybody's.
      const isKept = keeper !== undefined && (!isInstance || isExportedBy(keeper.former, object));
      this.add(kind, name, location, isKept ? this.#pathOf(keeper.file) : undefined);
    }
  }

  #placeOf({ file, line }: SourceLocation): string {
    return `${this.#pathOf(file)}:${line}`;
  }

  #pathOf(file: string): string {
    const path = isAbsolute(file) ? relative(this.#sources.rootDir, file) : file;
    return path.startsWith('..') || isAbsolute(path) ? file : path;
  }
}
