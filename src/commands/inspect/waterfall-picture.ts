import { identityFrom } from '../../cog/identify.ts';
import { MOST_WATERFALL_ROWS, type Waterfall } from '../../render/chart/waterfall.ts';
import { cut, plain } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import { PART_WORDS, spanTitle } from '../../trace/part-words.ts';
import { rowsOf } from '../../trace/rows.ts';
import { PART_KINDS, type Span, type Trace } from '../../trace/trace.ts';
import { sharesOf } from '../../trace/verdict.ts';
import { shortRoute } from '../pages/routes.ts';
import { markOf } from '../view/columns.ts';

/** Enough for what stands in a line, whatever names are like. */
const LONGEST_LABEL = 120;
/** Characters before a bar of the picture: how a route ends tells more than how it begins. */
const ROUTE_WIDTH = 16;

/** What the picture of a call is drawn from. */
export function pictureOf(trace: Trace): Waterfall {
  const { durationMs, outcome, startedAtEpochMs } = trace;
  const { rows, hidden } = rowsOf(trace, MOST_WATERFALL_ROWS);
  const clock = new Date(startedAtEpochMs).toISOString().slice(11, 19);
  const shares = sharesOf(trace);
  const told = new Set(shares.map(({ kind }) => kind));
  const seen = new Set(rows.flatMap(({ span }) => span.segments.map(({ kind }) => kind)));
  return {
    title: `${formatDuration(durationMs)} · ${outcome} · ${clock} UTC`,
    durationMs,
    hidden,
    rows: rows.map(({ span, depth }) => ({
      label: span.kind === 'rest' ? plain(shortRoute(span.name, ROUTE_WIDTH)) : shortNameOf(span, trace),
      depth,
      fromMs: span.fromMs,
      toMs: span.toMs,
      failed: span.failed,
      segments: span.segments,
    })),
    legend: [
      ...shares.map(({ kind, ms }) => ({
        kind,
        label: PART_WORDS[kind].label,
        text: formatDuration(ms),
      })),
      // It went on beside something that counts in its place.
      ...PART_KINDS.filter((kind) => seen.has(kind) && !told.has(kind)).map((kind) => ({
        kind,
        label: PART_WORDS[kind].label,
        text: 'beside it',
      })),
    ],
  };
}

/** A target by the mark of its kind and its name, and by its cog where that is another; a request without its note. */
export function shortNameOf(span: Span, { targetId }: Trace): string {
  if (span.kind !== 'call') return cut(plain(spanTitle(span)), LONGEST_LABEL);
  const target = identityFrom(span.name);
  const cog = target.cog === identityFrom(targetId).cog ? '' : `${target.cog}·`;
  return cut(plain(`${markOf(target.kind)}${cog}${target.name}`), LONGEST_LABEL);
}
