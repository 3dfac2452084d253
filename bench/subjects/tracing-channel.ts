import { tracingChannel } from 'node:diagnostics_channel';
import { types } from 'node:util';
import type { Subject } from './subject.ts';

interface Call {
  command: string;
  startMs?: number;
  result?: unknown;
  error?: unknown;
}

/** The author of a function publishes its calls, and a subscriber times them. */
export const tracing = {
  name: 'tracingChannel + subscriber',
  async load() {
    const durationsMs: number[] = [];
    const keep = ({ startMs = 0 }: Call) => {
      if (durationsMs.length === 100_000) durationsMs.length = 0;
      durationsMs.push(performance.now() - startMs);
    };
    const channel = tracingChannel<unknown, Call>('bench:command');
    channel.subscribe({
      start: (call) => {
        call.startMs = performance.now();
      },
      end: (call) => {
        // A call that returned a promise has neither yet.
        if ('result' in call || 'error' in call) keep(call);
      },
      asyncStart: () => undefined,
      asyncEnd: keep,
      error: () => undefined,
    });
    return (holder, command) => {
      const { execute } = holder;
      // `tracePromise` would make a promise of what a synchronous function returns.
      holder.execute = types.isAsyncFunction(execute)
        ? function (this: unknown, ...args: unknown[]) {
            return channel.tracePromise(execute, { command }, this, ...args);
          }
        : function (this: unknown, ...args: unknown[]) {
            return channel.traceSync(execute, { command }, this, ...args);
          };
    };
  },
} as const satisfies Subject;
