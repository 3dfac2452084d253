import type { Frame, NodeTable, Owner } from '../profile.ts';
import type { CallPaths } from './call-paths.ts';
import { NOBODY } from './timeline.ts';

/** Loads modules at once, while whoever requires them is on the stack. */
const LOADER = 'node:internal/modules/cjs/loader';

/** Finds out whom samples belong to; each owner has a number. */
export class Owners {
  readonly all: Owner[] = [];
  readonly #frames: readonly Frame[];
  readonly #nodes: NodeTable;
  readonly #paths: CallPaths;
  readonly #isOwn: (node: number) => boolean;
  readonly #numbers = new Map<string, number>();
  /** By node, of samples that are no target's. */
  readonly #ofNode = new Map<number, number>();
  /** By path, of samples that are a target's. */
  readonly #ofPath = new Map<number, number>();

  /**
   * @param paths whose code ran, and within what
   * @param isOwn whether what runs in a node is the profiler's own
   */
  constructor(
    frames: readonly Frame[],
    nodes: NodeTable,
    paths: CallPaths,
    isOwn: (node: number) => boolean,
  ) {
    this.#frames = frames;
    this.#nodes = nodes;
    this.#paths = paths;
    this.#isOwn = isOwn;
  }

  /**
   * The owner of a sample. Where nothing ran, nobody; else the profiler, where it ran itself; else the call that ran,
   * garbage that was collected meanwhile included; else what the stack says.
   * @param who the path to the call whose code ran, as far as it is known
   */
  of(node: number, who: number): number {
    const { kind } = this.#frames[this.#nodes.frame[node]!]!;
    if (kind === 'idle') return this.#number({ kind, name: '' });
    if (who === NOBODY || this.#isOwn(node)) return this.#byStack(node);
    let owner = this.#ofPath.get(who);
    if (owner === undefined) this.#ofPath.set(who, (owner = this.#number(this.#target(who))));
    return owner;
  }

  #target(who: number): Owner {
    const id = this.#paths.targetOf(who);
    const around = new Set(this.#paths.aroundOf(who).map(({ target }) => target));
    // Recursion is no other call.
    around.delete(id);
    const target = { kind: 'target', name: id, cog: cogOf(id) } as const;
    return around.size === 0 ? target : { ...target, within: [...around] };
  }

  /** Of a thread of which nobody knows whose code runs. */
  #byStack(node: number): number {
    let owner = this.#ofNode.get(node);
    if (owner === undefined) this.#ofNode.set(node, (owner = this.#number(this.#ownerOf(node))));
    return owner;
  }

  #ownerOf(node: number): Owner {
    if (this.#isOwn(node)) return { kind: 'profiler', name: '' };
    const innermost = this.#frames[this.#nodes.frame[node]!]!;
    let pack: string | undefined;
    for (let at = node; at >= 0; at = this.#nodes.parent[at]!) {
      const frame = this.#frames[this.#nodes.frame[at]!]!;
      if (frame.kind === 'bot') return { kind: 'cog', name: frame.cog ?? 'bot', cog: frame.cog ?? 'bot' };
      if (frame.kind === 'package') pack ??= frame.package;
      // A package that is loaded runs for itself, as one that is imported does.
      if (frame.file === LOADER && pack !== undefined) break;
    }
    if (pack !== undefined) return { kind: 'package', name: pack };
    const { kind } = innermost;
    return { kind: kind === 'gc' || kind === 'node' || kind === 'idle' ? kind : 'native', name: '' };
  }

  #number(owner: Owner): number {
    const key = [owner.kind, owner.name, ...(owner.within ?? [])].join(' ');
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.all.push(owner) - 1));
    return number;
  }
}

/** The cog of a target, by its id. */
export function cogOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}
