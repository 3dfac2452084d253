import EventEmitter from 'node:events';
import type { Client } from 'discord.js';
import { reportOff } from './report.ts';

type Method = (this: object, ...args: unknown[]) => unknown;

/** Methods that tell the class `Client` of discord.js from its subclasses and from other clients. */
const OWN_METHODS = ['login', 'isReady', 'fetchInvite'];

/**
 * Calls `onLogin` with a client each time that `login` of discord.js is called on it, before that goes on. Where
 * `onLogin` throws, that is reported, and it is not called again.
 *
 * The class is found when its first client is constructed: every emitter calls `EventEmitter.init`, which Node's
 * own `domain` replaces as well. So it makes no difference which file the class comes from, how often there is
 * one, and what loaded it: a bundle too is served. Hooks into the loading of modules see no bundle, miss what a
 * TypeScript loader with hooks of its own loads, and make tsx fail on Node 22.
 */
export function watchLogins(onLogin: (client: Client) => void): void {
  const watched = new WeakSet<object>();
  let failed = false;
  const fail = (error: unknown) => {
    if (!failed) reportOff(error);
    failed = true;
  };

  const watch = (emitter: object) => {
    const prototype = clientPrototypeOf(emitter);
    if (prototype === undefined || watched.has(prototype)) return;
    watched.add(prototype);
    replace(prototype, 'login', (login) => ({
      wrapper(this: object, ...args: unknown[]) {
        try {
          if (!failed) onLogin(this as Client);
        } catch (error) {
          fail(error);
        }
        return Reflect.apply(login, this, args);
      },
    }));
  };

  try {
    replace(EventEmitter, 'init', (init) => ({
      // Every stream and socket comes here too: this adds some 50 ns to each.
      wrapper(this: object, ...args: unknown[]) {
        const result = Reflect.apply(init, this, args);
        try {
          if ('login' in this) watch(this);
        } catch (error) {
          fail(error);
        }
        return result;
      },
    }));
  } catch (error) {
    fail(error);
  }
}

/** The prototype of discord.js' `Client` from which an object inherits. No getter is run. */
function clientPrototypeOf(object: object): object | undefined {
  const isClient = (prototype: object) =>
    OWN_METHODS.every(
      (name) => typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function',
    );
  let prototype: object | null = Object.getPrototypeOf(object);
  while (prototype !== null && !isClient(prototype)) prototype = Object.getPrototypeOf(prototype);
  return prototype ?? undefined;
}

/** Puts a method around another: like that one it has no `new`, and it has its name, length and descriptor. */
function replace(holder: object, name: string, wrap: (method: Method) => { wrapper: Method }): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const method: Method | undefined = descriptor?.value;
  if (typeof method !== 'function') throw new Error(`this version of Node or discord.js has no \`${name}\`.`);
  const { wrapper } = wrap(method);
  for (const key of ['name', 'length']) {
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(method, key)!);
  }
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(method));
  Object.defineProperty(holder, name, { ...descriptor, value: wrapper });
}
