import { types } from 'node:util';
import type { AnyFunction } from '../../../src/cog/target.ts';
import { type Body, write } from './functions.ts';
import { hold, isAttachable, type Place, Snapshot } from './holders.ts';
import { type Act, type Call, INNER_CALL, type Script } from './script.ts';
import { derived, isPlainPromise, make } from './things.ts';
import { type Counts, contexts, count, type Mode, Tracked } from './tracked.ts';
import { CONSTRUCTING, WAYS } from './ways.ts';
import { World } from './world.ts';

/** How often a function calls itself within a call, at most. */
const MOST_INNER_CALLS = 2;

interface Run {
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  /** Its calls of other functions, until they are over. */
  readonly inner: (Promise<void> | undefined)[];
}

/** Plays one script in one world. */
export class Stage implements Body {
  readonly world = new World();
  readonly tracked: Tracked;
  /** The calls that are answered with a derived promise. */
  readonly followed = new Set<string>();
  /** How the function and its holder differ in the end from what they were. */
  changesAtEnd: readonly string[] = [];
  readonly #script: Script;
  readonly #mode: Mode;
  readonly #place: Place;
  readonly #fn: AnyFunction;
  readonly #other: Tracked;
  readonly #otherHolder: { other(): string };
  readonly #runs = new Map<string, Run>();
  readonly #late: (() => void)[] = [];
  #first: { proxied: AnyFunction; made: Counts | undefined };
  #innerCalls = 0;
  #kept: { thing: unknown } | undefined;

  constructor(script: Script, mode: Mode) {
    const { world } = this;
    this.#script = script;
    this.#mode = mode;
    this.#fn = write(script.written, this, world);
    this.#place = hold(script.holding, this.#fn, world);
    this.#first = { proxied: this.#fn, made: undefined };
    this.#otherHolder = {
      other() {
        world.note('other', 'was called');
        return 'other';
      },
    };
    this.tracked = new Tracked(mode, world, this.#place, isAttachable(script.holding), script.recorded);
    const otherPlace = { holder: this.#otherHolder, key: 'other', chain: [] };
    this.#other = new Tracked(mode, world, otherPlace, true, 'whole');
  }

  async play(): Promise<this> {
    const { world, tracked } = this;
    using _watch = this.#mode === 'watched' ? contexts.use({}) : undefined;
    const before = world.control(() => new Snapshot(this.#fn, ...this.#place.chain));
    tracked.attach();
    this.#first = { proxied: tracked.proxy ?? this.#fn, made: tracked.made };
    for (const [index, step] of this.#script.steps.entries()) {
      if (step === 'attach') tracked.attach();
      else if (step === 'detach') tracked.detach();
      else if (step === 'settle what is pending') await world.settle();
      else await this.#call(step, `call ${index + 1}`);
    }
    await world.settle();
    tracked.detach();
    this.#other.detach();
    this.changesAtEnd = world.control(() => before.differences());
    return this;
  }

  begin(self: unknown, args: ArrayLike<unknown>, target?: unknown): string {
    const { world } = this;
    const who = `run ${this.#runs.size + 1}`;
    const run: Run = { self, args, inner: [] };
    this.#runs.set(who, run);
    const given = Array.from(args, (arg) => world.nameOf(arg));
    world.note(who, `this ${world.nameOf(self)}, new.target ${world.nameOf(target)}, arguments ${given}`);
    for (const act of this.#script.behaviour.acts) this.#act(act, who, run);
    return who;
  }

  async pause(who: string): Promise<void> {
    for (let waited = 0; waited < this.#script.behaviour.awaits; waited++) await null;
    await Promise.all(this.#runs.get(who)!.inner);
    this.world.note(who, 'goes on');
  }

  got(who: string, value: unknown): void {
    this.world.note(who, `was sent ${this.world.nameOf(value)}`);
  }

  closed(who: string): void {
    this.world.note(who, 'was closed');
  }

  end(who: string): unknown {
    const { thing, throws, kept } = this.#script.behaviour;
    this.world.note(who, 'ends');
    const { self, args } = this.#runs.get(who)!;
    if (thing.kind === 'this') return self;
    if (thing.kind === 'first argument') return args[0];
    const made = (kept && this.#kept) || { thing: make(this.world, thing, kept ? 'end' : `end of ${who}`) };
    this.#kept = made;
    if (throws) throw made.thing;
    return made.thing;
  }

  #act(act: Act, who: string, { args, inner }: Run): void {
    switch (act) {
      case 'queue a microtask':
        queueMicrotask(() => this.world.note(who, 'microtask'));
        break;
      case 'change the arguments':
        change(args);
        change(args[0]);
        break;
      case 'call itself through the holder':
        if (this.#innerCalls++ < MOST_INNER_CALLS) inner.push(this.#makeCall(INNER_CALL, `call in ${who}`));
        break;
      case 'call the other function':
        this.world.note(who, this.#otherHolder.other());
        break;
      case 'attach the other function':
        this.#other.attach();
        break;
      case 'detach the other function':
        this.#other.detach();
        break;
      case 'attach itself':
        this.tracked.attach();
        break;
      case 'detach itself':
        this.tracked.detach();
    }
  }

  async #call(call: Call, who: string): Promise<void> {
    this.#innerCalls = 0;
    this.#makeCall(call, who);
    await this.world.drain();
    for (const action of this.#late.splice(0)) action();
    await this.world.drain();
  }

  /** @returns what waits for the result, where anything does */
  #makeCall(call: Call, who: string): Promise<void> | undefined {
    const { world } = this;
    const made = this.#countedIn(call);
    const self = make(world, call.self, `this of ${who}`);
    const args = call.args.map((thing, index) => make(world, thing, `argument ${index} of ${who}`));
    const hands = { ...this.#place, world, early: this.#fn, proxied: this.#first.proxied };
    let result: unknown;
    try {
      result = WAYS[call.way](hands, args, self);
    } catch (error) {
      world.note(who, `threw ${world.nameOf(error)}`);
      count(made, 'failed', error);
      return undefined;
    }
    if (call.way === 'new') this.#noteInstance(result as object, who);
    if (made === undefined || !isPlainPromise(result)) {
      world.note(who, `returned ${world.nameOf(result)}`);
      count(made, 'ok');
      return this.#use(call, who, result, undefined);
    }
    this.followed.add(who);
    if (this.#mode === 'derived') result = derived(result);
    world.note(who, 'returned a promise');
    world.owners.set(result as object, who);
    return this.#use(call, who, result, made);
  }

  #noteInstance(result: object, who: string): void {
    if (types.isProxy(this.#fn) || types.isProxy(result)) return;
    const { holder, key } = this.#place;
    this.world.note(who, `instanceof: ${result instanceof holder[key]!}`);
  }

  /** Where a call is counted, if it is. */
  #countedIn({ way }: Call): Counts | undefined {
    const { made } = this.tracked;
    if (way === 'taken early' || CONSTRUCTING.includes(way)) return undefined;
    return way === 'taken while attached' && made !== this.#first.made ? undefined : made;
  }

  #use({ use, drive }: Call, who: string, result: unknown, made?: Counts): Promise<void> | undefined {
    const { world } = this;
    if (types.isGeneratorObject(result)) return this.#drive(result as unknown as Generator, drive, who);
    const onFulfilled = (value: unknown) => {
      world.note(who, `fulfilled with ${world.nameOf(value)}`);
      count(made, 'ok');
    };
    const onRejected = (reason: unknown) => {
      world.note(who, `rejected with ${world.nameOf(reason)}`);
      count(made, 'failed', reason);
    };
    const wait = async () => {
      let value: unknown;
      try {
        value = await result;
      } catch (reason) {
        return onRejected(reason);
      }
      onFulfilled(value);
    };
    if (use === 'then' && isPlainPromise(result)) return result.then(onFulfilled, onRejected);
    if (use === 'handle late') this.#late.push(wait);
    else if (use !== 'drop') return wait();
    return undefined;
  }

  async #drive(iterator: Generator, steps: Call['drive'], who: string): Promise<void> {
    const { world } = this;
    for (const [index, step] of steps.entries()) {
      try {
        const given: unknown = iterator[step](`sent ${index}`);
        const { value, done } = (types.isPromise(given) ? await given : given) as IteratorResult<unknown>;
        world.note(who, `gave ${world.nameOf(value)}${done ? ', the last' : ''}`);
      } catch (error) {
        world.note(who, `gave the error ${world.nameOf(error)}`);
      }
    }
  }
}

function change(thing: unknown): void {
  try {
    Object.assign(thing as object, { 0: 'changed' });
  } catch {
    // Frozen, revoked, or nothing at all.
  }
}
