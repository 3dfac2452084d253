import { cutMiddle, plain } from '../../render/text.ts';
import { formatDuration, plural } from '../../render/units.ts';
import { PART_WORDS, spanTitle } from '../part-words.ts';
import { endOf, type Row, rowsOf } from '../rows.ts';
import { PART_KINDS, type Part, type PartKind, type Span, type Trace } from '../trace.ts';
import { percent, predicateOf, sharesOf } from '../verdict.ts';
import type { TraceFormat } from './format.ts';

/** Of a line, in characters. */
const WIDTH = 88;
const MOST_ROWS = 200;
const MOST_PARTS = 20;
const DURATION_WIDTH = 7;
/** The two ends of the bars, and the blanks around them. */
const FRAME_WIDTH = 4;
const DEEPEST_INDENT = 8;
/** A span goes on, and what it did is not said: it may wait for those below it. */
const GOES_ON = '-';

/** The calls as people read them, one below the other. */
export const text = {
  name: 'text',
  label: 'Text',
  extension: 'txt',
  encode: (traces) => `${traces.map(describe).join(`\n\n${'-'.repeat(WIDTH)}\n\n`)}\n`,
} as const satisfies TraceFormat;

function describe(trace: Trace): string {
  const { targetId, startedAtEpochMs, durationMs, outcome, shard, error } = trace;
  const failure =
    error && [error.kind, ...(error.topFrame === undefined ? [] : [error.topFrame])].join(' at ');
  return [
    cutMiddle(plain(targetId), WIDTH),
    `${new Date(startedAtEpochMs).toISOString()}   ${formatDuration(durationMs)}   ${outcome}   shard ${shard}`,
    ...(failure === undefined ? [] : [cutMiddle(plain(failure), WIDTH)]),
    cutMiddle(plain(predicateOf(trace, targetId)), WIDTH),
    '',
    ...partLines(trace),
    '',
    waterfallLines(trace, { width: WIDTH, most: MOST_ROWS }),
    '',
    ...legendLines(trace),
  ].join('\n');
}

function partLines({ parts, durationMs }: Trace): string[] {
  const line = ({ kind, name = '', ms }: Part) =>
    [
      PART_WORDS[kind].label.padEnd(10),
      cutMiddle(plain(name), 56).padEnd(56),
      formatDuration(ms).padStart(DURATION_WIDTH),
      percent(durationMs > 0 ? ms / durationMs : 0).padStart(6),
    ].join('  ');
  const more = parts.length - MOST_PARTS;
  return [...parts.slice(0, MOST_PARTS).map(line), ...(more > 0 ? [`+${more} more`] : [])];
}

/**
 * The spans of a call, a line each: name, bar, duration. A bar shows by the mark of its kind what the span mostly did
 * in each character's time.
 * @param options.width characters of a line at most; 30 or more
 * @param options.most lines, without that which says how many more there are
 * @param options.nameOf how a span is called; default: by its name, with its note
 */
export function waterfallLines(
  trace: Trace,
  { width, most, nameOf = titleWithNote }: { width: number; most: number; nameOf?: (span: Span) => string },
): string {
  const { rows, hidden } = rowsOf(trace, most);
  const labelWidth = Math.floor((width - DURATION_WIDTH - FRAME_WIDTH) * 0.45);
  const barWidth = width - labelWidth - DURATION_WIDTH - FRAME_WIDTH;
  const lines = rows.map((row) =>
    [
      labelOf(row, nameOf, labelWidth).padEnd(labelWidth),
      `|${barOf(row, trace, barWidth)}|`,
      `${formatDuration(endOf(row.span, trace) - row.span.fromMs)}${row.span.toMs === undefined ? '+' : ''}`.padStart(
        DURATION_WIDTH,
      ),
    ].join(' '),
  );
  return [...lines, ...(hidden > 0 ? [`+${hidden} more`] : [])].join('\n');
}

function titleWithNote(span: Span): string {
  return span.note === undefined ? spanTitle(span) : `${spanTitle(span)} (${span.note})`;
}

function labelOf({ span, depth }: Row, nameOf: (span: Span) => string, width: number): string {
  const indent = ' '.repeat(Math.min(depth, DEEPEST_INDENT));
  const mark = span.failed ? '!' : '';
  return indent + cutMiddle(plain(mark + nameOf(span)), width - indent.length);
}

function barOf({ span }: Row, trace: Trace, width: number): string {
  const { durationMs } = trace;
  const toMs = endOf(span, trace);
  const columnMs = durationMs / width;
  // A call that took no time, and what lasts shorter than a character's time, is seen all the same.
  const at = (ms: number) => (columnMs > 0 ? Math.min(width, ms / columnMs) : 0);
  const first = Math.min(width - 1, Math.floor(at(span.fromMs)));
  const last = Math.max(first + 1, Math.round(at(toMs)));
  let bar = ' '.repeat(first);
  for (let column = first; column < last; column++) {
    const from = Math.max(span.fromMs, column * columnMs);
    const to = Math.min(toMs, (column + 1) * columnMs);
    bar += markIn(span, from, to);
  }
  return bar.padEnd(width);
}

/** The mark of what has the most of a time. */
function markIn({ segments }: Span, fromMs: number, toMs: number): string {
  const ms = new Map<PartKind, number>();
  for (const segment of segments) {
    const inside = Math.min(segment.toMs, toMs) - Math.max(segment.fromMs, fromMs);
    if (inside > 0) ms.set(segment.kind, (ms.get(segment.kind) ?? 0) + inside);
  }
  const [most] = [...ms].sort((a, b) => b[1] - a[1]);
  return most === undefined ? GOES_ON : PART_WORDS[most[0]].mark;
}

/** What the marks stand for, of the kinds that occur. */
function legendLines(trace: Trace): string[] {
  const shown = new Set([
    ...sharesOf(trace).map(({ kind }) => kind),
    ...trace.spans.flatMap(({ segments }) => segments.map(({ kind }) => kind)),
  ]);
  const marks = PART_KINDS.filter((kind) => shown.has(kind)).map(
    (kind) => `${PART_WORDS[kind].mark} ${PART_WORDS[kind].label}`,
  );
  return [
    ...wrapped([...marks, `${GOES_ON} goes on`, '! failed', '+ not over when the call was'], WIDTH),
    plural(trace.spans.length + trace.omittedSpans, 'span'),
  ];
}

function wrapped(pieces: readonly string[], width: number): string[] {
  const lines = [''];
  for (const piece of pieces) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = piece;
    else if (line.length + 3 + piece.length <= width) lines[lines.length - 1] = `${line}   ${piece}`;
    else lines.push(piece);
  }
  return lines;
}
