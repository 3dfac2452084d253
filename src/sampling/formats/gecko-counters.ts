import type { Profile } from '../profile.ts';

const US_PER_MS = 1_000;
/** Of the colours that the viewer has; one each, in their order, and over again. */
const COLORS = ['blue', 'orange', 'purple', 'green', 'teal', 'magenta'];
/** Below the tracks that the viewer knows of itself. */
const BELOW = 50;

/** Counters as tracks of the Firefox Profiler. It adds up changes: before the first value there is a zero. */
export function geckoCounters({ counters, threads }: Profile): object[] {
  return counters.flatMap(({ name, unit, shard, atUs, value }, index) => {
    const mainThreadIndex = threads.findIndex((thread) => thread.shard === shard);
    // A track belongs to a process that is shown.
    if (mainThreadIndex === -1 || value.length === 0) return [];
    const time = [0, ...atUs].map((us) => us / US_PER_MS);
    const count = [0, ...value].map((one, at, all) => (at === 0 ? 0 : one - all[at - 1]!));
    const isBytes = unit === 'bytes';
    const label = (unit === '' || isBytes ? name : `${name} (${unit})`).toWellFormed();
    return {
      name: label,
      category: 'Other',
      description: label,
      pid: String(shard),
      mainThreadIndex,
      display: {
        graphType: 'line-accumulated',
        unit: isBytes ? unit : '',
        color: COLORS[index % COLORS.length],
        markerSchemaLocation: null,
        sortWeight: BELOW + index,
        label,
        tooltipRows: [
          { type: 'value', source: 'accumulated', format: { unit: isBytes ? unit : 'number' }, label },
        ],
      },
      samples: { time, count, length: time.length },
    };
  });
}
