import type { Span, Trace } from './trace.ts';

/** A line of a waterfall. */
export interface Row {
  readonly span: Span;
  /** How many spans it is in; 0 for the call itself. */
  readonly depth: number;
}

/**
 * The spans as lines: each below the one that began it, in the order in which they began. Of too many, the longest are
 * kept, with all that they are in.
 * @returns with how many spans are not among them
 */
export function rowsOf(trace: Trace, most: number): { rows: Row[]; hidden: number } {
  const { spans } = trace;
  const kept = longestOf(trace, most);
  const children = Map.groupBy(
    [...kept].filter((index) => index > 0).sort((a, b) => a - b),
    (index) => parentOf(spans, index),
  );
  const rows: Row[] = [];
  const next = spans.length === 0 ? [] : [{ index: 0, depth: 0 }];
  while (next.length > 0) {
    const { index, depth } = next.pop()!;
    rows.push({ span: spans[index]!, depth });
    const inner = children.get(index) ?? [];
    next.push(...inner.toReversed().map((child) => ({ index: child, depth: depth + 1 })));
  }
  return { rows, hidden: spans.length - rows.length + trace.omittedSpans };
}

/** The span that began one; whatever the trace says, it comes before it. */
export function parentOf(spans: readonly Span[], index: number): number {
  const parent = spans[index]!.parent ?? 0;
  return parent >= 0 && parent < index ? parent : 0;
}

/** Until when a span lasts, as far as the call has seen it. */
export function endOf({ fromMs, toMs }: Span, { durationMs }: Trace): number {
  return toMs ?? Math.max(fromMs, durationMs);
}

function longestOf(trace: Trace, most: number): ReadonlySet<number> {
  const { spans } = trace;
  const duration = (index: number) => endOf(spans[index]!, trace) - spans[index]!.fromMs;
  const byDuration = spans.map((_, index) => index).sort((a, b) => duration(b) - duration(a) || a - b);
  const kept = new Set(spans.length === 0 ? [] : [0]);
  for (const index of byDuration) {
    const missing: number[] = [];
    for (let at = index; !kept.has(at); at = parentOf(spans, at)) missing.push(at);
    if (kept.size + missing.length > most) continue;
    for (const at of missing) kept.add(at);
  }
  return kept;
}
