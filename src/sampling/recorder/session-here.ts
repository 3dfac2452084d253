import type * as inspector from 'node:inspector';
import type { ThreadLink } from './thread-link.ts';
import { V8Session } from './v8-session.ts';

/** A thread can connect to the main one only: where this is another one, it connects to itself, and passes on. */
export async function connectHere(
  own: typeof inspector,
  link: ThreadLink,
  intervalUs: number,
): Promise<V8Session> {
  const session = new V8Session(own, 'connect');
  session.onFinished((title, profile) => link.post({ kind: 'profile', title, profile }));
  await session.prepare(intervalUs);
  return session;
}

/**
 * Has V8 look anew at functions that it has optimised while they ran.
 * @param session that of this thread, where the other one is not connected
 * @returns how long it took, in ms
 */
export async function cure(session: V8Session | undefined, link: ThreadLink): Promise<number> {
  if (session !== undefined) return session.cure();
  const cured = link.next('cured');
  link.post({ kind: 'cure' });
  return (await cured).tookMs;
}
