/** Thrown when the time was over before there was an answer. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Settles as `run` does, which may throw as well as reject, or rejects with a `DeadlineError` once the time is over.
 * What it does later than that is ignored. The timer keeps no process alive.
 */
export async function withinDeadline<T>(deadlineMs: number, run: () => Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // If the loop itself was held, the answer may be waiting in its socket: let it be read first.
    setImmediate(() => reject(new DeadlineError(`no answer within ${deadlineMs} ms`)));
  }, deadlineMs);
  timer.unref();
  const answer = (async () => run())();
  answer.catch(() => {});
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}
