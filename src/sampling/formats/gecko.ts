import { grouped } from '../grouped.ts';
import type { Marker, Profile, Thread } from '../profile.ts';
import { stretchesOf } from '../stretches.ts';
import type { ProfileFormat } from './format.ts';
import { CategoryTable } from './gecko-categories.ts';
import { geckoCounters } from './gecko-counters.ts';
import { GeckoTables } from './gecko-tables.ts';

/**
 * Of the Firefox Profiler's processed profiles: the first in which all threads share their tables. Later viewers read
 * it as well; what a viewer does not know yet, it refuses.
 */
const PROCESSED_VERSION = 60;
const GECKO_VERSION = 33;
const US_PER_MS = 1_000;
/** A marker from one moment to another. */
const INTERVAL = 1;

/** The Firefox Profiler's processed profile: all threads on a time line, with what took a while beside the samples. */
export const gecko: ProfileFormat = {
  name: 'gecko',
  label: 'Firefox Profiler',
  extension: 'gecko.json',
  mediaType: 'application/json',
  viewers: ['Firefox Profiler'],
  takes: ['group'],
  encode(profile, { group }) {
    const shown = grouped(profile, group);
    const categories = new CategoryTable(shown.frames);
    const tables = new GeckoTables(shown, categories);
    const markers = Map.groupBy(shown.markers, ({ thread }) => thread);
    const threads = shown.threads.map((thread, index) => ({
      ...describe(shown, thread, index),
      samples: samplesOf(thread, tables),
      markers: markersOf(markers.get(index) ?? [], tables, categories),
    }));
    const counters = geckoCounters(shown);
    const meta = metaOf(shown, categories);
    return JSON.stringify({ meta, libs: [], shared: tables.shared, threads, counters });
  },
};

function metaOf(profile: Profile, categories: CategoryTable): object {
  const { name, startedAtEpochMs, durationUs, intervalUs, nodeVersion } = profile;
  return {
    product: name.toWellFormed(),
    importedFrom: 'cogscope',
    version: GECKO_VERSION,
    preprocessedProfileVersion: PROCESSED_VERSION,
    startTime: startedAtEpochMs,
    profilingStartTime: 0,
    profilingEndTime: durationUs / US_PER_MS,
    interval: intervalUs / US_PER_MS,
    processType: 0,
    stackwalk: 0,
    debug: false,
    misc: `Node ${nodeVersion}`,
    symbolicated: true,
    symbolicationNotSupported: true,
    usesOnlyOneStackType: true,
    sourceCodeIsNotOnSearchfox: true,
    keepProfileThreadOrder: true,
    categories: categories.list,
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'ns' },
    markerSchema: MARKER_SCHEMA,
  };
}

/** A shard is shown as a process. Whatever was merged, no two threads have the same number. */
function describe({ name, durationUs }: Profile, thread: Thread, index: number): object {
  return {
    name: thread.name.toWellFormed(),
    isMainThread: thread.id === 0,
    processType: 'default',
    processName: `${name} (shard ${thread.shard})`.toWellFormed(),
    pid: String(thread.shard),
    tid: index,
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: durationUs / US_PER_MS,
    pausedRanges: [],
    showMarkersInTimeline: true,
  };
}

function samplesOf(thread: Thread, tables: GeckoTables): object {
  const { fromUs } = stretchesOf(thread);
  return {
    stack: Array.from(thread.node, (node) => tables.stackOf(node)),
    timeDeltas: Array.from(fromUs, (us, sample) => (us - (fromUs[sample - 1] ?? 0)) / US_PER_MS),
    weight: Array.from(thread.weightUs, (us) => us / US_PER_MS),
    weightType: 'tracing-ms',
    length: thread.node.length,
  };
}

function markersOf(markers: readonly Marker[], tables: GeckoTables, categories: CategoryTable): object {
  return {
    data: markers.map(({ kind, name }) => ({ type: kind, name: name.toWellFormed() })),
    // What has a name of its own has a row of its own in the chart.
    name: markers.map(({ kind, name }) => tables.text(kind === 'call' ? name : KINDS[kind].label)),
    startTime: markers.map(({ fromUs }) => fromUs / US_PER_MS),
    endTime: markers.map(({ toUs }) => toUs / US_PER_MS),
    phase: markers.map(() => INTERVAL),
    category: markers.map(({ kind }) => categories.indexOf(KINDS[kind].category)),
    length: markers.length,
  };
}

const KINDS = {
  call: { label: 'Call', category: 'bot', description: 'A call of a tracked function, waiting included.' },
  gc: { label: 'GC', category: 'gc', description: 'V8 collected garbage; nothing else ran.' },
  stall: { label: 'Stall', category: 'native', description: 'The event loop was held up.' },
  request: {
    label: 'Request',
    category: 'package',
    description: 'A request to Discord, from when it was made to its end, with its status.',
  },
  wait: {
    label: 'Request waits',
    category: 'awaiting',
    description:
      'A request waited for others of its bucket (queue), a rate limit, or to be tried again (backoff).',
  },
  event: {
    label: 'Event',
    category: 'package',
    description: 'An event from Discord, until all that listens to it has returned.',
  },
} as const satisfies Record<Marker['kind'], object>;

const MARKER_SCHEMA = Object.entries(KINDS).map(([name, { label, description }]) => ({
  name,
  tooltipLabel: label,
  tableLabel: '{marker.data.name}',
  chartLabel: '{marker.data.name}',
  description,
  display: ['timeline-overview', 'marker-chart', 'marker-table'],
  fields: [{ key: 'name', label: 'Name', format: 'string' }],
}));
