import { isAbsolute } from 'node:path';
import { EdgeFinder, targetsOf } from './edges.ts';
import type { Heap } from './heap.ts';
import { nodeKind } from './kinds.ts';

const CLOSURE = nodeKind('closure');
const OBJECTS = new Set([CLOSURE, nodeKind('object')]);
const SCOPE = 'system / Context';
const MODULE = 'system / SourceTextModule';
const CELL = 'system / Cell';
/** What stands between a module and its code once it has run. */
const GENERATOR = 'Generator';
const IN_PACKAGE = /[\\/]node_modules[\\/]/;

/** Where a function was written. Line and column count from 1. */
export interface CodeSite {
  /** A path, or a `file:` URL. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
}

/** Tells of each site the cog that it belongs to; undefined where it is none's. */
export type CogsOfSites = (sites: readonly CodeSite[]) => Promise<readonly (string | undefined)[]>;

/** The code of a cog, as nodes. */
export interface CogCode {
  /** Its functions, and what holds its variables. */
  readonly nodes: ReadonlySet<number>;
  /** What is in those that it exports. */
  readonly exported: ReadonlySet<number>;
}

/**
 * What of a heap is the code of each cog: its functions; the scopes of these, which hold its variables; and, as they lie
 * beside those, the variables that its ES modules export. The variables of a module are held by the module loader too,
 * and belong to no object of the cog: this is how they are its own all the same.
 */
export async function codeOfCogs(heap: Heap, cogsOf: CogsOfSites): Promise<ReadonlyMap<string, CogCode>> {
  const code = new Code(heap);
  const cogs = await cogsOf(code.sites);
  const found = new Map<string, { nodes: Set<number>; exported: Set<number> }>();
  for (const [closure, site] of code.siteOfClosure) {
    const cog = cogs[site];
    if (cog === undefined) continue;
    let own = found.get(cog);
    if (own === undefined) found.set(cog, (own = { nodes: new Set(), exported: new Set() }));
    own.nodes.add(closure);
    for (const scope of code.scopesOf(closure)) own.nodes.add(scope);
    for (const cell of code.exportsOf(closure)) {
      own.nodes.add(cell);
      const value = code.valueOf(cell);
      if (value !== undefined) own.exported.add(value);
    }
  }
  return found;
}

class Code {
  readonly sites: CodeSite[] = [];
  /** Of each closure that was written in a file, where: an index of `sites`. */
  readonly siteOfClosure = new Map<number, number>();
  readonly #heap: Heap;
  readonly #edges;
  readonly #names: Readonly<Record<'scope' | 'module' | 'cell' | 'generator', number>>;
  /** Of the function that is the code of a module, the module. */
  readonly #modules = new Map<number, number>();

  constructor(heap: Heap) {
    const { graph } = heap;
    this.#heap = heap;
    this.#edges = new EdgeFinder(graph, ['shared', 'script', 'context', 'previous', 'function', 'value']);
    const [scope, module, cell, generator] = graph.strings.find([SCOPE, MODULE, CELL, GENERATOR]);
    this.#names = { scope, module, cell, generator };
    const bySharedCode = new Map<number, number | undefined>();
    const byScript = new Map<number, { script: string; site: number | undefined } | undefined>();
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.nodeNames[node] === module) this.#addModule(node);
      if (graph.nodeKinds[node] !== CLOSURE) continue;
      const shared = this.#edges.to(node, 'internal', 'shared');
      if (shared === undefined) continue;
      if (!bySharedCode.has(shared)) bySharedCode.set(shared, this.#siteOf(node, shared, byScript));
      const site = bySharedCode.get(shared);
      if (site !== undefined) this.siteOfClosure.set(node, site);
    }
  }

  /** The scopes that a function was made in, up to that of its module; and its own, where it is the code of one. */
  *scopesOf(closure: number): Iterable<number> {
    yield* this.#outwards(this.#edges.to(closure, 'internal', 'context'));
    const module = this.#modules.get(closure);
    if (module === undefined) return;
    yield* this.#outwards(this.#edges.to(this.#generatorOf(module)!, 'internal', 'context'));
  }

  /** What is in a cell, where it is an object. */
  valueOf(cell: number): number | undefined {
    const value = this.#edges.to(cell, 'internal', 'value');
    const isObject = value !== undefined && OBJECTS.has(this.#heap.graph.nodeKinds[value]!);
    return isObject ? value : undefined;
  }

  /** Where a function is the code of an ES module: the cells of what that exports. */
  *exportsOf(closure: number): Iterable<number> {
    const { graph } = this.#heap;
    const module = this.#modules.get(closure);
    if (module === undefined) return;
    // The first list of cells alone is what it exports itself, the second one what it imports. The table by name has
    // what it exports, of others too: what is in both is its own, where there is one list only.
    const named = new Set<number>();
    let own: readonly number[] | undefined;
    for (const list of targetsOf(graph, module, 'hidden')) {
      const parts = [...targetsOf(graph, list, 'internal')].filter((part) => !this.#isMap(part));
      const cells = parts.filter((part) => graph.nodeNames[part] === this.#names.cell);
      if (cells.length === 0) continue;
      if (cells.length === parts.length) own ??= cells;
      else for (const cell of cells) named.add(cell);
    }
    for (const cell of own ?? []) if (named.has(cell)) yield cell;
  }

  #isMap(node: number): boolean {
    return this.#heap.graph.nameText(node).startsWith('system / Map');
  }

  *#outwards(from: number | undefined): Iterable<number> {
    const { graph } = this.#heap;
    for (let scope = from; scope !== undefined; scope = this.#edges.to(scope, 'internal', 'previous')) {
      if (graph.nodeNames[scope] !== this.#names.scope) return;
      yield scope;
    }
  }

  #addModule(module: number): void {
    const generator = this.#generatorOf(module);
    const code = generator === undefined ? undefined : this.#edges.to(generator, 'internal', 'function');
    if (code !== undefined) this.#modules.set(code, module);
  }

  #generatorOf(module: number): number | undefined {
    const { graph } = this.#heap;
    for (const target of targetsOf(graph, module, 'hidden'))
      if (graph.nodeNames[target] === this.#names.generator) return target;
    return undefined;
  }

  #siteOf(
    closure: number,
    shared: number,
    byScript: Map<number, { script: string; site: number | undefined } | undefined>,
  ): number | undefined {
    const { graph } = this.#heap;
    const node = this.#edges.to(shared, 'internal', 'script');
    if (node === undefined) return undefined;
    if (!byScript.has(node)) {
      const script = graph.nameText(node);
      const isFile = script.startsWith('file:') || isAbsolute(script);
      byScript.set(node, isFile ? { script, site: undefined } : undefined);
    }
    const file = byScript.get(node);
    if (file === undefined) return undefined;
    // A file of a package is one cog's whatever its lines; what was compiled of many files is told by the line.
    if (file.site !== undefined) return file.site;
    const { line = 1, column = 1 } = graph.locations.of(closure) ?? {};
    const site = this.sites.push({ script: file.script, line, column }) - 1;
    if (IN_PACKAGE.test(file.script)) file.site = site;
    return site;
  }
}
