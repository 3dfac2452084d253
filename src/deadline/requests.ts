import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction } from '../cog/target.ts';
import type { Acknowledgements, Settled } from './acknowledgements.ts';

const INTERACTIONS = '/interactions/';
const WITH_TOKEN = /^\/webhooks\/\d+\/([^/?]+)/;

/**
 * Tells when the bot sends an acknowledgement, and what comes of it: in the method of the client's REST manager that
 * all its requests go through. What acknowledges in another way, such as with a manager of its own, is not seen.
 * @returns the undo; where another tool has wrapped the method over ours, that only passes everything on afterwards
 */
export function watchRequests(rest: object, acknowledgements: Acknowledgements): Disposable {
  const slot = propertySlot(rest, 'queueRequest');
  const fn = slot.get();
  if (fn === undefined) return { [Symbol.dispose]: () => undefined };
  let active = true;
  const { queueRequest } = {
    queueRequest(this: unknown, request: { readonly fullRoute?: unknown }): unknown {
      const settled = active ? settledOf(acknowledgements, request?.fullRoute) : undefined;
      // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
      const result: unknown = Reflect.apply(fn, this, arguments);
      if (settled === undefined || !(result instanceof Promise)) return result;
      // The derived promise, so that a rejection which the bot does not handle is still reported.
      return result.then(
        (response) => {
          settled();
          return response;
        },
        (error) => {
          settled(error ?? new Error());
          throw error;
        },
      );
    },
  };
  disguise(queueRequest, fn);
  try {
    slot.set(queueRequest);
  } catch {
    // A manager that was frozen: then acknowledgements are not seen.
    return { [Symbol.dispose]: () => undefined };
  }
  return {
    [Symbol.dispose]() {
      active = false;
      try {
        if (slot.get() === queueRequest) slot.restore(fn);
      } catch {
        // The manager has been frozen: ours stays, and only passes calls on.
      }
    },
  };
}

function settledOf(acknowledgements: Acknowledgements, route: unknown): Settled | undefined {
  if (typeof route !== 'string') return undefined;
  // Of all interactions' routes, there is only that of the acknowledgement: `/interactions/:id/:token/callback`.
  if (route.startsWith(INTERACTIONS)) {
    return acknowledgements.sent(route.slice(INTERACTIONS.length, route.indexOf('/', INTERACTIONS.length)));
  }
  if (!route.startsWith('/webhooks/')) return undefined;
  return (error) => {
    const token = error === undefined ? undefined : WITH_TOKEN.exec(route)?.[1];
    if (token !== undefined) acknowledgements.tokenFailed(token, error);
  };
}

function disguise(wrapper: AnyFunction, fn: AnyFunction): void {
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(fn));
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(fn));
}
