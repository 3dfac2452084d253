import type { RestObserver } from '../rest/watch.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { Received } from './received.ts';

/**
 * Tells when the bot sends an acknowledgement, and what comes of it. What acknowledges past the client's REST manager,
 * such as with one of its own, is not seen.
 */
export function ackObserver(acknowledgements: Acknowledgements): RestObserver {
  return {
    begun(call) {
      if (call.interactionId === undefined) return;
      call.acknowledges = acknowledgements.sent(call.interactionId, call.startedAtNs);
    },
    ended(call, error) {
      if (call.interactionId !== undefined) {
        const received = call.acknowledges as Received | undefined;
        if (received !== undefined)
          acknowledgements.settled(received, call.startedAtNs, call.endedAtNs!, error);
      } else if (error !== undefined && call.token !== undefined) {
        acknowledgements.tokenFailed(call.token, error);
      }
    },
  };
}
