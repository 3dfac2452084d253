import type { Slot } from './slots.ts';
import { type Discovery, TARGET_KINDS, type Target } from './target.ts';

/** Gives discoveries their ids, and each place the same one every time. */
export class Identifier {
  /** What the target of a place is called, or the targets of its branches. */
  readonly #ids = new WeakMap<Slot, string | readonly string[]>();

  /**
   * The id is `cog/kind/name`. Where several share these, the second is called `name #2` and so on, in the order of
   * discovery; one that goes leaves its number to the next that comes.
   */
  identify(discoveries: readonly Discovery[]): Map<string, Target> {
    const ids = discoveries.map((discovery) => this.#knownId(discovery));
    const taken = new Set<string | undefined>(ids);
    const targets = new Map<string, Target>();
    discoveries.forEach((discovery, index) => {
      const base = baseOf(discovery);
      let id = ids[index];
      for (let number = 1; id === undefined; number++) {
        const candidate = number === 1 ? base : `${base} #${number}`;
        if (!taken.has(candidate)) id = candidate;
      }
      if (ids[index] === undefined) this.#remember(discovery.slot, id);
      taken.add(id);
      targets.set(id, { ...discovery, name: discovery.name + id.slice(base.length), id });
    });
    return targets;
  }

  #knownId(discovery: Discovery): string | undefined {
    const base = baseOf(discovery);
    return this.#idsOf(discovery.slot).find((id) => id === base || id.startsWith(`${base} #`));
  }

  #remember(slot: Slot, id: string): void {
    this.#ids.set(slot, this.#ids.has(slot) ? [...this.#idsOf(slot), id] : id);
  }

  #idsOf(slot: Slot): readonly string[] {
    const ids = this.#ids.get(slot) ?? [];
    return typeof ids === 'string' ? [ids] : ids;
  }
}

/** What an id says of a target that is not there now, as after a restart. */
export function identityFrom(id: string): Pick<Target, 'id' | 'cog' | 'kind' | 'name'> {
  for (const { name: kind } of TARGET_KINDS) {
    const at = id.indexOf(`/${kind}/`);
    if (at !== -1) return { id, cog: id.slice(0, at), kind, name: id.slice(at + kind.length + 2) };
  }
  return { id, cog: id, kind: 'method', name: id };
}

function baseOf({ cog, kind, name }: Discovery): string {
  return `${cog}/${kind}/${name}`;
}
