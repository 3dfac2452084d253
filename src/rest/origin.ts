import type { InteractionPath } from '../frameworks/interactions.ts';
import type { KnownInteraction, RestOrigin, RestOwner } from './call.ts';

/** What joins a request to who makes it, without async context. */
export interface RestJoin {
  /** The id of the tracked target that runs now, on the stack of functions. */
  running(): string | undefined;
  /** The interaction whose id stands in a route, from a character on. */
  interactionIn(fullRoute: string, at: number): KnownInteraction | undefined;
  /** Where the interaction of a token went. */
  pathOfToken(token: string): InteractionPath | undefined;
  /** Whether what is made now is made by the profiler, or answers an interaction with it. */
  isOurs(id: string | undefined, token: string | undefined): boolean;
}

const INTERACTIONS = '/interactions/';
const WEBHOOKS = '/webhooks/';

/** What is known of a request by its route, before it is queued. */
export function originOf(method: string, fullRoute: string, join: RestJoin): RestOrigin {
  // Most routes begin with another letter: to see that takes no call.
  const initial = fullRoute[1];
  const isCallback = initial === 'i' && fullRoute.startsWith(INTERACTIONS);
  const acknowledges = isCallback ? join.interactionIn(fullRoute, INTERACTIONS.length) : undefined;
  const token = initial === 'w' && fullRoute.startsWith(WEBHOOKS) ? tokenOf(fullRoute) : undefined;
  // Those with us are not among those that are known.
  const isOurs = join.isOurs(isCallback && acknowledges === undefined ? idIn(fullRoute) : undefined, token);
  const owner = isOurs ? undefined : ownerOf(acknowledges, token, join);
  return { method, owner, isOurs, acknowledges, token };
}

function idIn(fullRoute: string): string {
  return fullRoute.slice(INTERACTIONS.length, fullRoute.indexOf('/', INTERACTIONS.length));
}

/** Of a webhook's route; undefined where it is asked for without one. */
function tokenOf(fullRoute: string): string | undefined {
  const start = fullRoute.indexOf('/', WEBHOOKS.length) + 1;
  if (start === 0) return undefined;
  const end = fullRoute.indexOf('/', start);
  const token = end === -1 ? fullRoute.slice(start) : fullRoute.slice(start, end);
  const query = token.indexOf('?');
  return (query === -1 ? token : token.slice(0, query)) || undefined;
}

function ownerOf(
  acknowledges: KnownInteraction | undefined,
  token: string | undefined,
  join: RestJoin,
): RestOwner | undefined {
  const running = join.running();
  if (running !== undefined) return running;
  if (acknowledges !== undefined) return acknowledges.path;
  return token === undefined ? undefined : join.pathOfToken(token);
}
