import { types } from 'node:util';
import { dataValue } from '../../frameworks/objects.ts';

/** What Node keeps of a file that was required. */
export interface RequiredModule {
  readonly id: string;
  readonly exports: unknown;
  readonly children: readonly RequiredModule[];
  readonly parent?: RequiredModule | null;
}

/** What `require` gives for a file now, without loading it. */
export function requiredModule(file: string): RequiredModule | undefined {
  return cache()[file];
}

/**
 * The module whose list `children` still has a former one of a file. Node puts each module there that it has required,
 * and `delete require.cache[file]` does not take it out.
 * @param parents where to look beside `require.cache`: what an ES module requires with is not in there
 */
export function keeperOf(file: string, parents: readonly RequiredModule[]): Keeper | undefined {
  const current = requiredModule(file);
  for (const module of [...parents, ...Object.values(cache())]) {
    const former = module?.children?.filter((child) => child.id === file && child !== current) ?? [];
    if (former.length > 0) return { file: module!.id, former };
  }
  return undefined;
}

export interface Keeper {
  /** Of the module that has the list. */
  readonly file: string;
  readonly former: readonly RequiredModule[];
}

/** Exports have a cog as itself, by its name, or in a list. */
const DEPTH = 2;
const MOST_LOOKS = 2_000;

/** Whether modules export an object, or what has it. */
export function isExportedBy(modules: readonly RequiredModule[], object: object): boolean {
  let looks = 0;
  const leadsTo = (from: unknown, depth: number): boolean => {
    if (from === object) return true;
    if (depth === 0 || typeof from !== 'object' || from === null || types.isProxy(from)) return false;
    return Reflect.ownKeys(from).some(
      (key) => looks++ < MOST_LOOKS && leadsTo(dataValue(from, key), depth - 1),
    );
  };
  return modules.some(({ exports }) => leadsTo(exports, DEPTH));
}

function cache(): Readonly<Record<string, RequiredModule | undefined>> {
  const { _cache } = process.getBuiltinModule('node:module') as { _cache?: Record<string, RequiredModule> };
  return _cache ?? {};
}
