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
      const received = call.acknowledges as Received | undefined;
      if (received !== undefined) acknowledgements.sent(received, call.startedAtNs);
    },
    ended(call, error) {
      const received = call.acknowledges as Received | undefined;
      if (received !== undefined) {
        acknowledgements.settled(received, call.startedAtNs, call.endedAtNs!, error);
      } else if (error !== undefined && call.token !== undefined) {
        acknowledgements.tokenFailed(call.token, error);
      }
    },
  };
}
