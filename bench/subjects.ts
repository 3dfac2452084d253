/** An object with a function that others call, as a bot's modules are. */
export interface Holder {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the function of the case takes and returns.
  execute(...args: any[]): any;
}

/** A way to time the calls of a function. */
interface Subject {
  readonly name: string;
  /** Set where it times until the function returns, not until its promise settles. */
  readonly syncOnly?: true;
  /** Loads what it needs, then times the functions that it is handed. */
  load(): Promise<(holder: Holder, name: string) => void>;
}

/**
 * Each wrapper is written out, although they resemble each other: a helper in common would carry costs from one
 * to the next. They do what people write by hand: any arguments, `this` kept, promises followed until they settle.
 */
const LIST = [
  {
    name: 'two clock reads',
    syncOnly: true,
    async load() {
      const ticks = new BigInt64Array(2);
      return (holder) => {
        const { execute } = holder;
        holder.execute = function (...args) {
          ticks[0] = process.hrtime.bigint();
          const result = Reflect.apply(execute, this, args);
          ticks[1] = process.hrtime.bigint();
          return result;
        };
      };
    },
  },
  {
    name: 'cogscope',
    async load() {
      const { Attachment, MetricStore, propertySlot, Recorder } = await import('./built.ts');
      const recorder = new Recorder(new MetricStore(3_600_000));
      return (holder, name) => {
        const id = `bench/command/${name}`;
        const slot = propertySlot(holder, 'execute');
        const target = { id, cog: 'bench', kind: 'command', name, slot } as const;
        new Attachment(target, recorder).record(target, recorder.open(id));
      };
    },
  },
  {
    name: 'performance.now() + push',
    async load() {
      const durationsMs: number[] = [];
      const keep = (durationMs: number) => {
        if (durationsMs.length === 100_000) durationsMs.length = 0;
        durationsMs.push(durationMs);
      };
      return (holder) => {
        const { execute } = holder;
        holder.execute = function (...args) {
          const startMs = performance.now();
          const result = execute.apply(this, args);
          if (result instanceof Promise) {
            return result.then(
              (value) => {
                keep(performance.now() - startMs);
                return value;
              },
              (error) => {
                keep(performance.now() - startMs);
                throw error;
              },
            );
          }
          keep(performance.now() - startMs);
          return result;
        };
      };
    },
  },
  {
    name: 'performance.timerify',
    async load() {
      const { PerformanceObserver, performance } = await import('node:perf_hooks');
      const durationsMs: number[] = [];
      // Without an observer nobody would learn what was timed.
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          if (durationsMs.length === 100_000) durationsMs.length = 0;
          durationsMs.push(duration);
        }
      });
      observer.observe({ entryTypes: ['function'] });
      return (holder) => {
        holder.execute = performance.timerify(holder.execute);
      };
    },
  },
  {
    name: 'OpenTelemetry histogram',
    async load() {
      const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
        await import('@opentelemetry/sdk-metrics');
      // Exports once a minute, as it does by default: never within a measurement.
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
      const histogram = provider.getMeter('bench').createHistogram('command.duration', { unit: 'ms' });
      return (holder, command) => {
        const { execute } = holder;
        holder.execute = function (...args) {
          const startMs = performance.now();
          const result = execute.apply(this, args);
          if (result instanceof Promise) {
            return result.then(
              (value) => {
                histogram.record(performance.now() - startMs, { command });
                return value;
              },
              (error) => {
                histogram.record(performance.now() - startMs, { command });
                throw error;
              },
            );
          }
          histogram.record(performance.now() - startMs, { command });
          return result;
        };
      };
    },
  },
  {
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
  },
  {
    // With all that cogscope keeps apart: its target and the outcome.
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
  },
] as const satisfies readonly Subject[];

export type SubjectName = (typeof LIST)[number]['name'];

export const SUBJECTS: readonly (Subject & { readonly name: SubjectName })[] = LIST;
