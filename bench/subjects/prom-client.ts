import type { Subject } from './subject.ts';

export const promClientOneLabel = {
  name: 'prom-client, one label',
  async load() {
    const { Histogram } = await import('prom-client');
    const histogram = new Histogram({
      name: 'call_duration_seconds',
      help: 'How long calls take',
      labelNames: ['command'],
    });
    return (holder, command) => {
      const { execute } = holder;
      holder.execute = function (...args) {
        const end = histogram.startTimer({ command });
        const result = execute.apply(this, args);
        if (result instanceof Promise) {
          return result.then(
            (value) => {
              end();
              return value;
            },
            (error) => {
              end();
              throw error;
            },
          );
        }
        end();
        return result;
      };
    };
  },
} as const satisfies Subject;

/** With all that cogscope keeps apart: its target and the outcome. */
export const promClientFourLabels = {
  name: 'prom-client, four labels',
  async load() {
    const { Histogram } = await import('prom-client');
    const histogram = new Histogram({
      name: 'call_duration_seconds',
      help: 'How long calls take',
      labelNames: ['cog', 'kind', 'name', 'outcome'],
    });
    return (holder, name) => {
      const { execute } = holder;
      holder.execute = function (...args) {
        const end = histogram.startTimer({ cog: 'bench', kind: 'command', name });
        const result = execute.apply(this, args);
        if (result instanceof Promise) {
          return result.then(
            (value) => {
              end({ outcome: 'ok' });
              return value;
            },
            (error) => {
              end({ outcome: 'error' });
              throw error;
            },
          );
        }
        end({ outcome: 'ok' });
        return result;
      };
    };
  },
} as const satisfies Subject;
