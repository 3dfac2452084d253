import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, type Script, script } from './worlds/script.ts';
import { Stage } from './worlds/stage.ts';
import type { Mode } from './worlds/tracked.ts';
import { hearingRejections, type WorldEvent } from './worlds/world.ts';

const settings = { seed: 3_141_592, numRuns: 500 };

/** Of what is thrown the class and code are looked at; and of a Proxy that is returned, whether it is a promise. */
const LOOKED_AT = /: (trap )?get (name|constructor|code)$/;
const REFLECTION =
  /: trap (getPrototypeOf|isExtensible|ownKeys|(getOwnPropertyDescriptor|defineProperty|deleteProperty) .*)$/;

type Play = (mode: Mode) => Promise<Stage>;

/** What holds for each script, played in as many worlds as it takes. */
function property(name: string, scripts: fc.Arbitrary<Script>, check: (play: Play) => Promise<void>): void {
  test(name, () =>
    hearingRejections((hear) =>
      fc.assert(
        fc.asyncProperty(scripts, (story) =>
          check((mode) => {
            const stage = new Stage(story, mode);
            hear(stage.world);
            return stage.play();
          }),
        ),
        settings,
      ),
    ),
  );
}

function using(story: Script, use: (use: Call['use']) => Call['use']): Script {
  const steps = story.steps.map((step) =>
    typeof step === 'string' ? step : { ...step, use: use(step.use) },
  );
  return { ...story, steps };
}

property('all is as if the caller had derived a promise from each native one', script, async (play) => {
  const [derived, attached] = [await play('derived'), await play('attached')];
  expect(attached.world.events).toEqual(derived.world.events);
  expect(attached.followed).toEqual(derived.followed);
});

property('whether contexts are given or not, all is the same', script, async (play) => {
  const [attached, watched] = [await play('attached'), await play('watched')];
  expect(watched.world.events).toEqual(attached.world.events);
  expect(watched.followed).toEqual(attached.followed);
  expect(watched.tracked.counted).toEqual(attached.tracked.counted);
  expect(watched.changesAtEnd).toEqual(attached.changesAtEnd);
});

property('each takes part in the same events as without the proxy', script, async (play) => {
  const [bare, attached] = [await play('bare'), await play('attached')];
  expect(byActor(attached.world.events)).toEqual(byActor(bare.world.events));
});

/** The promise of a call that waits for another is later by both; and what is settled already is never late. */
const flatScripts = script.map((story) => {
  const acts = story.behaviour.acts.filter((act) => !act.startsWith('call'));
  const flat = { ...story, behaviour: { ...story.behaviour, acts } };
  return using(flat, (use) => (use === 'handle late' ? 'then' : use));
});

property('only a native promise is late, by one microtask', flatScripts, async (play) => {
  const [bare, attached] = [await play('bare'), await play('attached')];
  const late = bare.world.events.map((event) => {
    const settles = bare.followed.has(event.who) && /^(fulfilled|rejected)/.test(event.what);
    return settles ? { ...event, tick: event.tick + 1 } : event;
  });
  expect(byActor(timed(attached.world.events))).toEqual(byActor(timed(late)));
});

const heardScripts = script.map((story) => using(story, () => 'await'));

property('each call through the proxy is counted once, as what it was', heardScripts, async (play) => {
  const { tracked } = await play('attached');
  for (const { made, recorded } of tracked.counted) expect(recorded).toEqual(made);
});

property('in the end function, holder and prototypes are as without the proxy', script, async (play) => {
  const [bare, attached] = [await play('bare'), await play('attached')];
  expect(attached.changesAtEnd).toEqual(bare.changesAtEnd);
});

property('no trap and no getter runs that would not have run', script, async (play) => {
  const [derived, attached] = [await play('derived'), await play('attached')];
  for (const [at, times] of attached.world.looks) {
    if (times > (derived.world.looks.get(at) ?? 0)) expect(at).toMatch(LOOKED_AT);
  }
  for (const at of attached.world.looksOfControl.keys()) expect(at).toMatch(REFLECTION);
});

/** The events of each in their order. */
function byActor(events: readonly WorldEvent[]): Map<string, string[]> {
  const actors = new Map<string, string[]>();
  for (const { who, what } of events) actors.set(who, [...(actors.get(who) ?? []), what]);
  return actors;
}

function timed(events: readonly WorldEvent[]): WorldEvent[] {
  return events.map((event) => ({ ...event, what: `${event.tick}: ${event.what}` }));
}
