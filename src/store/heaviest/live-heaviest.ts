import type { Origin } from '../../cog/origins.ts';
import { type CallOrigins, type OriginId, type SealedHeaviest, sealEach, sizeBytesOf } from './heaviest.ts';
import { SpaceSaving } from './space-saving.ts';

/** Whose calls took the most time in the open minute, by the index of their target; empty where nobody asks. */
export class LiveHeaviest {
  readonly #byIndex: (Map<Origin, SpaceSaving> | undefined)[] = [];

  add(index: number, { names, ids }: CallOrigins, durationNs: number, isError: boolean): void {
    const byOrigin = (this.#byIndex[index] ??= new Map());
    for (let at = 0; at < names.length; at++) {
      const id = ids[at];
      if (id === undefined) continue;
      let found = byOrigin.get(names[at]!);
      if (found === undefined) byOrigin.set(names[at]!, (found = new SpaceSaving()));
      found.add(id, durationNs, isError);
    }
  }

  /** @param weight how many calls each of those that were added stands for, itself included */
  read(index: number, weight = 1): SealedHeaviest | undefined {
    const byOrigin = this.#byIndex[index];
    return byOrigin && sealEach(byOrigin, (found) => found.seal(weight));
  }

  clear(index: number): void {
    if (index < this.#byIndex.length) this.#byIndex[index] = undefined;
  }

  erase({ origin, id }: OriginId): void {
    for (const byOrigin of this.#byIndex) byOrigin?.get(origin)?.erase(id);
  }

  /** Estimated. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const index of this.#byIndex.keys()) bytes += sizeBytesOf(this.read(index));
    return bytes;
  }
}
