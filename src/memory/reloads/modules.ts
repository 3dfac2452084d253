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
export function keeperOf(
  file: string,
  object: object,
  parents: readonly RequiredModule[],
): RequiredModule | undefined {
  const current = requiredModule(file);
  const isFormer = (child: RequiredModule) =>
    child.id === file && child !== current && leadsTo(child.exports, object);
  return [...parents, ...Object.values(cache())].find((module) => module?.children?.some(isFormer));
}

function cache(): Readonly<Record<string, RequiredModule | undefined>> {
  const { _cache } = process.getBuiltinModule('node:module') as { _cache?: Record<string, RequiredModule> };
  return _cache ?? {};
}

/** Exports have a cog as itself, by its name, or in a list. */
const DEPTH = 2;

function leadsTo(from: unknown, object: object, depth = DEPTH): boolean {
  if (from === object) return true;
  if (depth === 0 || ((typeof from !== 'object' || from === null) && typeof from !== 'function'))
    return false;
  try {
    return Reflect.ownKeys(from).some((key) => leadsTo(dataValue(from, key), object, depth - 1));
  } catch {
    // A Proxy object that does not let itself be looked at.
    return false;
  }
}
