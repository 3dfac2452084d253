import type { Subject } from './subject.ts';

/** A transaction a call, every one sampled. The transport takes the finished events and drops them. */
export const sentry = {
  name: 'Sentry root span',
  share: 0.02,
  async load() {
    const { init, startSpan } = await import('@sentry/node');
    init({
      dsn: 'https://public@sentry.invalid/1',
      tracesSampleRate: 1,
      transport: () => ({ send: async () => ({}), flush: async () => true }),
      // A batch comes at once, where a bot's calls are spread over time: events that do not fit would be left out.
      transportOptions: { bufferSize: 10_000 },
    });
    return (holder, name) => {
      const { execute } = holder;
      holder.execute = function (...args) {
        return startSpan({ name, op: 'command' }, () => execute.apply(this, args));
      };
    };
  },
  async flush() {
    const { getClient } = await import('@sentry/node');
    getClient()?.emit('flush');
  },
} as const satisfies Subject;
