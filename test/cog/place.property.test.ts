import { types } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Attachment, original } from '../../src/cog/attach.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { propertySlot } from '../../src/cog/slots.ts';
import type { AnyFunction, Target } from '../../src/cog/target.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { recordedIn } from '../fixtures/recorded.ts';
import { type Body, close, integrity, type Written, write, written } from './worlds/functions.ts';
import {
  differences,
  type Holding,
  hold,
  holding,
  isAttachable,
  type Place,
  Snapshot,
  surface,
} from './worlds/holders.ts';
import { World } from './worlds/world.ts';

const settings = { seed: 2_718_281, numRuns: 1_000 };

const store = new MetricStore();
const recorder = new Recorder(store);
afterAll(() => recorder.dispose());

const ID = 'cog/method/run';

/** Since ever: all functions here are one target. */
function recordedCalls(): number {
  recorder.fold();
  return recordedIn(store).get(ID)!.count;
}

const idle: Body = {
  begin: () => 'run',
  pause: async () => undefined,
  got: () => undefined,
  closed: () => undefined,
  end: () => 'done',
};

/** A function in its place, in a world of its own. */
class Scene {
  readonly world = new World();
  readonly fn: AnyFunction;
  readonly place: Place;
  readonly before: Snapshot;

  constructor(how: Written, where: Holding) {
    this.fn = write(how, idle, this.world);
    this.place = hold(where, this.fn, this.world);
    this.before = new Snapshot(this.fn, ...this.place.chain);
  }

  attach(): Attachment {
    const { holder, key } = this.place;
    const slot = propertySlot(holder, key);
    const target: Target = { id: ID, cog: 'cog', kind: 'method', name: 'run', slot };
    const attachment = new Attachment(target, recorder);
    attachment.record(target, recorder.open(target.id));
    return attachment;
  }

  /** What a call gives, by the names of this world. */
  called(fn: AnyFunction): string {
    try {
      const given: unknown = Reflect.apply(fn, undefined, []);
      if (types.isPromise(given)) given.catch(() => undefined);
      return this.world.nameOf(given);
    } catch (error) {
      return this.world.nameOf(error);
    }
  }

  /** What the place holds, by the names of this world. */
  described(): unknown[] {
    return [this.fn, ...this.place.chain].map((object) =>
      Reflect.ownKeys(object).map((key) => {
        const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(object, key)!;
        return [key, this.world.nameOf(value), typeof get, typeof set, flags];
      }),
    );
  }
}

/** What `new` gives, where it gives anything. */
function constructed(fn: AnyFunction): unknown {
  try {
    return Reflect.construct(fn, []);
  } catch {
    return undefined;
  }
}

function other(world: World): AnyFunction {
  return world.name(() => 'other', 'other');
}

/** What the bot itself does with the place meanwhile. */
const DEEDS = {
  nothing: () => true,
  assign: ({ place: { holder, key }, world }) => Reflect.set(holder, key, other(world)),
  wrap: ({ place: { holder, key }, world }) => {
    const former = holder[key]!;
    const wrapper = () => Reflect.apply(former, holder, []);
    return Reflect.set(holder, key, world.name(wrapper, 'wrapper'));
  },
  delete: ({ place: { holder, key } }) => Reflect.deleteProperty(holder, key),
  hide: ({ place: { chain, key } }) => Reflect.defineProperty(chain.at(-1)!, key, { enumerable: false }),
  'add a key': ({ place: { holder } }) => Reflect.set(holder, 'added', 1),
  'change the prototype': ({ place: { chain, key }, world }) =>
    chain.length === 1 || Reflect.set(chain.at(-1)!, key, other(world)),
} satisfies Record<string, (scene: Scene) => boolean>;

type Deed = keyof typeof DEEDS;
const deed = fc.constantFrom(...(Object.keys(DEEDS) as Deed[]));

/** What is put over an inherited proxy, which is an own property, takes its flags: they have to be the usual. */
function inReachOf(done: Deed, where: Holding): Holding {
  const puts = done === 'assign' || done === 'wrap';
  return puts && where.depth > 0 ? { ...where, writable: true, enumerable: true } : where;
}

test('attached is what can be, and the rest is refused and untouched', () => {
  fc.assert(
    fc.property(written, holding, (how, where) => {
      const scene = new Scene(how, where);
      if (isAttachable(where)) return scene.attach().remove();
      expect(() => scene.attach()).toThrow();
      expect(scene.before.differences()).toEqual([]);
      return undefined;
    }),
    settings,
  );
});

test('what is attached looks like what it stands for, and changes nothing else around it', () => {
  fc.assert(
    fc.property(written, holding.filter(isAttachable), (how, where) => {
      const scene = new Scene(how, where);
      const { key, chain } = scene.place;
      const attachment = scene.attach();
      const { value: proxy, ...flags } = Object.getOwnPropertyDescriptor(chain[0]!, key)!;
      expect(proxy).not.toBe(scene.fn);
      expect(differences(surface(scene.fn), surface(proxy))).toEqual([]);
      expect(scene.called(proxy)).toBe(scene.called(scene.fn));
      const instance = constructed(scene.fn);
      expect(instance instanceof proxy).toBe(instance instanceof scene.fn);
      expect(flags.enumerable).toBe(where.enumerable);
      const around = scene.before.differences().filter((what) => !what.endsWith(` of ${String(key)}`));
      expect(around).toEqual(where.depth === 0 ? [] : [expect.stringMatching(/^object 1: keys/)]);
      attachment.remove();
    }),
    settings,
  );
});

test('once it is removed, all is as if it had never been', () => {
  fc.assert(
    fc.property(written, holding.filter(isAttachable), deed, (how, anywhere, done) => {
      const where = inReachOf(done, anywhere);
      const [bare, attached] = [new Scene(how, where), new Scene(how, where)];
      const attachment = attached.attach();
      expect(DEEDS[done](attached)).toBe(DEEDS[done](bare));
      attachment.remove();
      if (done === 'nothing') expect(attached.before.differences()).toEqual([]);
      expect(attached.described()).toEqual(bare.described());
      const { holder, key } = attached.place;
      if (done !== 'delete') expect(attached.called(holder[key]!)).toBe(bare.called(bare.place.holder[key]!));
    }),
    settings,
  );
});

test('removed, even where its holder was closed meanwhile, it only passes calls on', () => {
  fc.assert(
    fc.property(written, holding.filter(isAttachable), integrity, (how, where, closed) => {
      const scene = new Scene(how, where);
      const { holder, key, chain } = scene.place;
      const attachment = scene.attach();
      close(chain[0]!, closed);
      const proxy = holder[key]!;
      attachment.remove();
      const recorded = recordedCalls();
      for (const fn of [holder[key]!, proxy]) {
        expect(original(fn)).toBe(scene.fn);
        expect(scene.called(fn)).toBe(scene.called(scene.fn));
      }
      expect(recordedCalls()).toBe(recorded);
    }),
    settings,
  );
});
