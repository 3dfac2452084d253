const SIGNALS = ['SIGTERM', 'SIGINT'] as const satisfies readonly NodeJS.Signals[];
/** The bot waits no longer than this for the last write. */
const LAST_FLUSH_MS = 5_000;

/**
 * Calls `flush` when the process is about to end. Where the bot does not listen to a signal itself, the process ends
 * of it after the flush, as it would have done; where it does, that is the bot's to decide.
 */
export function flushBeforeEnd(flush: () => Promise<void>): Disposable {
  const onSignal = (signal: NodeJS.Signals): void => {
    flush().finally(() => {
      process.off(signal, onSignal);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  const onIdle = () => void flush();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.once('beforeExit', onIdle);
  return {
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('beforeExit', onIdle);
    },
  };
}

/** Waits no longer than the bot should, whatever becomes of it. */
export async function inTime(act: () => Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, LAST_FLUSH_MS);
  await Promise.race([act().catch(() => undefined), deadline.promise]);
  clearTimeout(timer);
}
