import { types } from 'node:util';
import { Attachment } from '../../../src/cog/attach.ts';
import { ORIGIN_NAMES, OriginReader } from '../../../src/cog/origins.ts';
import { Recorder } from '../../../src/cog/recorder.ts';
import { propertySlot } from '../../../src/cog/slots.ts';
import type { AnyFunction, Target } from '../../../src/cog/target.ts';
import { Contexts } from '../../../src/context/contexts.ts';
import { MetricStore } from '../../../src/store/metric-store.ts';
import { recordedIn } from '../../fixtures/recorded.ts';
import type { Place } from './holders.ts';
import type { Script } from './script.ts';
import type { World } from './world.ts';

/**
 * What attaching means in a world: nothing; or the proxy; or, in its stead, that the caller himself makes the one
 * documented difference, and derives a promise from the native one that he is given. `watched` is attached, while
 * somebody wants to know whose code runs.
 */
export type Mode = 'bare' | 'derived' | 'attached' | 'watched';

function hasProxy(mode: Mode): boolean {
  return mode === 'attached' || mode === 'watched';
}

export interface Counts {
  calls: number;
  errors: number;
  aborted: number;
}

/** Counts a call that is over. */
export function count(counts: Counts | undefined, how: 'ok' | 'failed', error?: unknown): void {
  if (counts === undefined) return;
  counts.calls++;
  if (how === 'ok') return;
  if (!types.isProxy(error) && error instanceof DOMException) counts.aborted++;
  else counts.errors++;
}

const store = new MetricStore();
// It looks at the arguments too, where nobody may notice: without that, it does the same and less.
const recorder = new Recorder(store, undefined, new OriginReader(ORIGIN_NAMES));
export const contexts = new Contexts((wired) => (recorder.contexts = wired));
let places = 0;

/** One function that is attached and detached, or would be if its world were another. */
export class Tracked {
  /** The calls since it was last attached that are over; undefined while it is not attached. */
  made: Counts | undefined;
  /** What the proxy is that was put there last. */
  proxy: AnyFunction | undefined;
  /** Of each target, each time that it was detached: what was made, and what the store knew of it. */
  readonly counted: { made: Counts; recorded: Counts }[] = [];
  readonly #mode: Mode;
  readonly #world: World;
  readonly #attachable: boolean;
  readonly #targets: readonly [Target, ...Target[]];
  #attachment: Attachment | undefined;

  constructor(mode: Mode, world: World, place: Place, attachable: boolean, recorded: Script['recorded']) {
    this.#mode = mode;
    this.#world = world;
    this.#attachable = attachable;
    this.#targets = targetsAt(place, recorded);
  }

  attach(): void {
    if (this.made !== undefined) return;
    if (hasProxy(this.#mode)) this.#world.control(() => this.#putProxy());
    if (this.#attachable) this.made = { calls: 0, errors: 0, aborted: 0 };
  }

  detach(): void {
    if (this.made === undefined) return;
    if (hasProxy(this.#mode)) this.#world.control(() => this.#removeProxy());
    this.made = undefined;
  }

  #putProxy(): void {
    const [first] = this.#targets;
    try {
      this.#attachment = new Attachment(first, recorder);
    } catch (error) {
      if (this.#attachable) throw error;
      return;
    }
    if (!this.#attachable) throw new Error('What cannot be replaced was attached.');
    for (const target of this.#targets) this.#attachment.record(target, recorder.open(target.id));
    this.proxy = this.#world.name(first.slot.get(), 'fn');
  }

  #removeProxy(): void {
    recorder.fold();
    const rows = recordedIn(store);
    for (const target of this.#targets) {
      const { count, errors, aborted } = rows.get(target.id)!;
      this.counted.push({ made: { ...this.made! }, recorded: { calls: count, errors, aborted } });
      this.#attachment!.stop(target);
    }
    this.#attachment!.remove();
    for (const target of this.#targets) recorder.close(target.id);
  }
}

function targetsAt({ holder, key }: Place, recorded: Script['recorded']): readonly [Target, ...Target[]] {
  const name = `run${places++}`;
  const slot = propertySlot(holder, key);
  const whole: Target = { id: `cog/method/${name}`, cog: 'cog', kind: 'method', name, slot };
  const branch = { ...whole, id: `cog/method/${name} all`, branch: { name: 'all', of: () => 'all' } };
  if (recorded === 'whole') return [whole];
  return recorded === 'branch' ? [branch] : [branch, whole];
}
