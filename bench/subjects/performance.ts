import type { Subject } from './subject.ts';

export const performanceNow = {
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
} as const satisfies Subject;

export const timerify = {
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
} as const satisfies Subject;
