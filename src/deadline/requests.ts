import type { RestCall } from '../rest/call.ts';
import type { RestObserver } from '../rest/watch.ts';
import type { Acknowledgements, Settled } from './acknowledgements.ts';

/**
 * Tells when the bot sends an acknowledgement, and what comes of it. What acknowledges past the client's REST manager,
 * such as with one of its own, is not seen.
 */
export function ackObserver(acknowledgements: Acknowledgements): RestObserver {
  const underWay = new Map<RestCall, Settled>();
  return {
    begun(call) {
      if (call.interactionId === undefined) return;
      const settled = acknowledgements.sent(call.interactionId);
      if (settled !== undefined) underWay.set(call, settled);
    },
    ended(call, error) {
      if (call.interactionId !== undefined) {
        underWay.get(call)?.(error);
        underWay.delete(call);
      } else if (error !== undefined && call.token !== undefined) {
        acknowledgements.tokenFailed(call.token, error);
      }
    },
  };
}
