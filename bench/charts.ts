import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { ChartsProcess } from './processes/charts.ts';
import { median } from './statistics.ts';

const PROCESSES = 5;
const LATER = 30;
const RESIDENT_AT_MOST_BYTES = 100e6;

/** Pictures are rare; what counts is that the first one comes soon, and what the thread takes meanwhile. */
export const charts = {
  name: 'charts',
  title: 'how long a chart takes, and what the thread that draws it takes',
  method:
    `Medians over ${PROCESSES} processes, of an hour by minutes in two panels. Later: ${LATER} charts, one after the other.\n` +
    'Resident memory, of the whole process, after full collections: code that is mapped from files is part of it.',
  async *run() {
    const measured: Record<string, number[]> = {};
    const add = (name: string, value: number) => (measured[name] ??= []).push(value);
    for (let process = 0; process < PROCESSES; process++) {
      using child = new Child<ChartsProcess>(new URL('./processes/charts.ts', import.meta.url), [
        '--expose-gc',
      ]);
      const before = await child.call('residentBytes');
      const first = await child.call('draw', 1);
      add('first', first.medianMs);
      add('png', first.pngBytes);
      add('later', (await child.call('draw', LATER)).medianMs);
      add('alive', (await child.call('residentBytes')) - before);
      await child.call('end');
      add('ended', (await child.call('residentBytes')) - before);
    }
    const value = (name: string) => median(measured[name]!);
    yield { case: 'time', subject: 'first chart', unit: 'ms', value: value('first') };
    yield { case: 'time', subject: 'later ones', unit: 'ms', value: value('later') };
    yield { case: 'size', subject: 'PNG', unit: 'bytes', value: value('png') };
    const resident = { case: 'resident memory', unit: 'bytes', atMost: RESIDENT_AT_MOST_BYTES } as const;
    yield { ...resident, subject: 'while the thread lives', value: value('alive') };
    yield { ...resident, subject: 'after it ended', value: value('ended') };
  },
} as const satisfies Benchmark;
