import type { Span } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Subject } from './subject.ts';

export const openTelemetryHistogram = {
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
} as const satisfies Subject;

/** A span a call, in a context that its asynchronous work inherits. The exporter takes the batches and drops them. */
export const openTelemetrySpan = {
  name: 'OpenTelemetry span',
  share: 0.2,
  async load() {
    const { context, SpanStatusCode, trace } = await import('@opentelemetry/api');
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    const exporter: SpanExporter = {
      // 0 is success.
      export: (_spans, done) => done({ code: 0 }),
      shutdown: async () => undefined,
    };
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] }),
    );
    const tracer = trace.getTracer('bench');
    const fail = (span: Span, error: unknown): never => {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      throw error;
    };
    return (holder, command) => {
      const { execute } = holder;
      holder.execute = function (...args) {
        return tracer.startActiveSpan(command, (span) => {
          let result: unknown;
          try {
            result = execute.apply(this, args);
          } catch (error) {
            fail(span, error);
          }
          if (result instanceof Promise) {
            return result.then(
              (value) => {
                span.end();
                return value;
              },
              (error) => fail(span, error),
            );
          }
          span.end();
          return result;
        });
      };
    };
  },
} as const satisfies Subject;
