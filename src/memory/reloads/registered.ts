import type { EventEmitter } from 'node:events';
import { types } from 'node:util';
import type { Client } from 'discord.js';
import { original } from '../../cog/attach.ts';
import type { AnyFunction, Target } from '../../cog/target.ts';
import { boundThis } from '../../frameworks/internals.ts';
import { dataValue } from '../../frameworks/objects.ts';
import { inUnits } from '../../frameworks/tasks.ts';
import { pendingTimeouts } from '../../frameworks/timers.ts';
import { classNameOf } from '../classes/class-name.ts';
import type { RemainKind } from './report.ts';
import type { Found } from './roll.ts';
import type { ReloadSources } from './sources.ts';

/** A function that something will call. */
export interface Registered {
  /** By what it is called: an event, a time. */
  readonly name: string;
  readonly fn: AnyFunction;
}

interface Place {
  readonly kind: RemainKind;
  /** @param present what is known of as a target */
  list(sources: ReloadSources, present: readonly Found[]): Iterable<Registered>;
}

/** Where functions of a cog may be left. A new kind of place is one entry here. */
export const REGISTERED: readonly Place[] = [
  { kind: 'listener', list: ({ client }, present) => listeners(client, present) },
  { kind: 'interval', list: () => timers(true) },
  { kind: 'timeout', list: () => timers(false) },
  { kind: 'job', list: (_, present) => jobs(present) },
  { kind: 'collector', list: collectors },
];

/** On the client, on what it has, and on the process; and those that lead to the function of an event module. */
function* listeners(client: Client, present: readonly Found[]): Iterable<Registered> {
  const seen = new Set<AnyFunction>();
  for (const [prefix, emitter] of emittersOf(client)) {
    for (const { event, fn } of listenersOf(emitter)) {
      seen.add(fn);
      yield { name: `${prefix}${event}`, fn };
    }
  }
  for (const { name, fn } of ofTargets(present, 'listener')) if (!seen.has(fn)) yield { name, fn };
}

function* emittersOf(client: Client): Iterable<[prefix: string, emitter: EventEmitter]> {
  yield ['', client as EventEmitter];
  yield ['process ', process];
  for (const key of Object.keys(client)) {
    const value = dataValue(client, key);
    if (isEmitter(value)) yield [`${key} `, value];
  }
}

/** Of a Proxy object nothing is known without running it. */
function isEmitter(value: unknown): value is EventEmitter {
  return !types.isProxy(value) && typeof dataValue(value, '_events') === 'object';
}

function listenersOf(emitter: EventEmitter): { event: string; raw: AnyFunction; fn: AnyFunction }[] {
  const table = dataValue(emitter, '_events') as Record<PropertyKey, unknown>;
  return Reflect.ownKeys(table).flatMap((event) =>
    [dataValue(table, event)].flat().flatMap((raw) => {
      if (typeof raw !== 'function') return [];
      const behind = dataValue(raw, 'listener');
      const fn = original((typeof behind === 'function' ? behind : raw) as AnyFunction);
      return [{ event: String(event), raw: raw as AnyFunction, fn }];
    }),
  );
}

function* timers(isInterval: boolean): Iterable<Registered> {
  for (const { _onTimeout, _repeat, _idleTimeout } of pendingTimeouts()) {
    if ((_repeat !== null) !== isInterval) continue;
    const name = isInterval ? `every ${inUnits(_repeat!)}` : `after ${inUnits(_idleTimeout)}`;
    yield { name, fn: original(_onTimeout) };
  }
}

/** The jobs of scheduler libraries, whose timers run functions of their own. */
function* jobs(present: readonly Found[]): Iterable<Registered> {
  const direct = new Set<AnyFunction>();
  for (const { _onTimeout } of pendingTimeouts()) direct.add(original(_onTimeout));
  for (const job of ofTargets(present, 'task')) if (!direct.has(job.fn)) yield job;
}

function* ofTargets(present: readonly Found[], kind: Target['kind']): Iterable<Registered> {
  for (const { target, fn: reference } of present) {
    const fn = target.kind === kind ? reference.deref() : undefined;
    if (fn !== undefined) yield { name: target.name, fn };
  }
}

/**
 * The collectors of discord.js listen to the client with a method that is bound to them. Whose one is tells the first
 * function that it was given: its filter, or what listens to it.
 */
function* collectors({ client, locationOf, isFrameworkCode }: ReloadSources): Iterable<Registered> {
  const seen = new Set<unknown>();
  for (const { fn } of listenersOf(client as EventEmitter)) {
    if (!String(dataValue(fn, 'name')).startsWith('bound ') || !isFrameworkCode(locationOf(fn))) continue;
    const collector = boundThis(fn);
    if (seen.has(collector) || typeof dataValue(collector, 'filter') !== 'function' || !isEmitter(collector))
      continue;
    seen.add(collector);
    const given = [
      dataValue(collector, 'filter') as AnyFunction,
      ...listenersOf(collector).map((listener) => listener.fn),
    ];
    const own = given.find((one) => locationOf(one) !== undefined && !isFrameworkCode(locationOf(one)));
    if (own !== undefined) yield { name: classNameOf(collector), fn: own };
  }
}
