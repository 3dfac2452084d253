import { plain } from '../../render/text.ts';
import { PART_WORDS, spanTitle } from '../part-words.ts';
import { endOf, parentOf } from '../rows.ts';
import type { Trace } from '../trace.ts';
import type { TraceFormat } from './format.ts';
import { lanesOf, type Stretch } from './lanes.ts';

/** One bar on a lane: a span, or a segment of one. */
interface Bar extends Stretch {
  readonly name: string;
  readonly category: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Trace events of Chrome, in the object format, for Perfetto, chrome://tracing and speedscope; described in "Trace
 * Event Format" of the Chromium project. A process is a shard; a call has threads of its own, as many as it did things
 * at once. Times are whole microseconds since the first of the calls.
 */
export const chrome = {
  name: 'chrome',
  label: 'Chrome trace events (Perfetto, speedscope)',
  extension: 'trace.json',
  encode(traces) {
    const inOrder = [...traces].sort((a, b) => a.startedAtEpochMs - b.startedAtEpochMs);
    const startedAtEpochMs = inOrder[0]?.startedAtEpochMs ?? 0;
    const events: object[] = shardsOf(inOrder).map((shard) =>
      metadata('process_name', shard, 0, { name: `shard ${shard}` }),
    );
    // A process id and a thread id of 0 are the idle one to Perfetto.
    let firstThread = 1;
    for (const trace of inOrder) {
      const bars = barsOf(trace, startedAtEpochMs);
      const lanes = lanesOf(bars);
      const count = Math.max(0, ...lanes.map((lane) => lane + 1));
      for (let lane = 0; lane < count; lane++) {
        const thread = firstThread + lane;
        events.push(
          metadata('thread_name', trace.shard, thread, { name: threadName(trace, lane) }),
          metadata('thread_sort_index', trace.shard, thread, { sort_index: thread }),
        );
      }
      bars.forEach(({ name, category, from, to, details }, index) => {
        events.push({
          ph: 'X',
          name: plain(name),
          cat: category,
          pid: trace.shard + 1,
          tid: firstThread + lanes[index]!,
          ts: from,
          dur: to - from,
          args: details,
        });
      });
      firstThread += count;
    }
    return `${JSON.stringify({
      traceEvents: events,
      displayTimeUnit: 'ms',
      otherData: { startedAt: new Date(startedAtEpochMs).toISOString() },
    })}\n`;
  },
} as const satisfies TraceFormat;

function shardsOf(traces: readonly Trace[]): number[] {
  return [...new Set(traces.map(({ shard }) => shard))];
}

function metadata(name: string, shard: number, thread: number, details: object) {
  return { ph: 'M', name, pid: shard + 1, tid: thread, args: details };
}

function threadName({ targetId, startedAtEpochMs }: Trace, lane: number): string {
  const clock = new Date(startedAtEpochMs).toISOString().slice(11, 19);
  return `${plain(targetId)} ${clock}${lane === 0 ? '' : ` (${lane + 1})`}`;
}

/** Spans first, at the same places as in the trace, then their segments. */
function barsOf(trace: Trace, startedAtEpochMs: number): Bar[] {
  const { spans, outcome, error, omittedSpans } = trace;
  const offsetMs = trace.startedAtEpochMs - startedAtEpochMs;
  const micros = (ms: number) => Math.round((offsetMs + ms) * 1_000);
  const own = spans.map((span, index): Bar => {
    const isCall = index === 0;
    return {
      name: spanTitle(span),
      category: span.kind,
      from: micros(span.fromMs),
      to: micros(endOf(span, trace)),
      parent: isCall ? undefined : parentOf(spans, index),
      details: {
        ...(span.note !== undefined && { note: plain(span.note) }),
        ...(span.failed && { failed: true }),
        ...(span.toMs === undefined && { unfinished: true }),
        ...(isCall && { outcome, ...(error && { error: plain(error.kind) }) }),
        ...(isCall && omittedSpans > 0 && { omittedSpans }),
      },
    };
  });
  const segments = spans.flatMap((span, parent) =>
    span.segments.map(
      ({ kind, name, fromMs, toMs }): Bar => ({
        name: PART_WORDS[kind].label,
        category: kind,
        from: micros(fromMs),
        to: micros(toMs),
        parent,
        details: name === undefined ? {} : { name: plain(name) },
      }),
    ),
  );
  return [...own, ...segments];
}
