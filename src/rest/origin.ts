import type { InteractionPath } from '../frameworks/interactions.ts';
import type { RestOrigin, RestOwner } from './call.ts';

/** What joins a request to who makes it, without async context. */
export interface RestJoin {
  /** The id of the tracked target that runs now, on the stack of functions. */
  running(): string | undefined;
  /** Where the interaction of an id went. */
  pathOfId(id: string): InteractionPath | undefined;
  /** Where the interaction of a token went. */
  pathOfToken(token: string): InteractionPath | undefined;
  /** Whether what is made now is made by the profiler, or answers an interaction with it. */
  isOurs(id: string | undefined, token: string | undefined): boolean;
}

const INTERACTIONS = '/interactions/';
const WEBHOOKS = '/webhooks/';
const TOKEN = /^\/webhooks\/\d+\/([^/?]+)/;

/** What is known of a request by its route, before it is queued. */
export function originOf(method: string, fullRoute: string, join: RestJoin): RestOrigin {
  const interactionId = fullRoute.startsWith(INTERACTIONS)
    ? fullRoute.slice(INTERACTIONS.length, fullRoute.indexOf('/', INTERACTIONS.length))
    : undefined;
  const token = fullRoute.startsWith(WEBHOOKS) ? TOKEN.exec(fullRoute)?.[1] : undefined;
  const isOurs = join.isOurs(interactionId, token);
  const owner = isOurs ? undefined : ownerOf(interactionId, token, join);
  return { method, owner, isOurs, interactionId, token };
}

function ownerOf(
  interactionId: string | undefined,
  token: string | undefined,
  join: RestJoin,
): RestOwner | undefined {
  const running = join.running();
  if (running !== undefined) return running;
  if (interactionId !== undefined) return join.pathOfId(interactionId);
  return token === undefined ? undefined : join.pathOfToken(token);
}
