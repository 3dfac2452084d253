import { expect, test } from 'vitest';
import { rowsOf } from '../../src/trace/rows.ts';
import { crowded, payment, spanOf, traceOf } from '../fixtures/traces.ts';

test('spans stand below what began them, in the order in which they began', () => {
  const { rows, hidden } = rowsOf(payment(), 24);
  expect(hidden).toBe(0);
  expect(rows.map(({ span, depth }) => `${depth} ${span.name}`)).toEqual([
    '0 economy/command/pay',
    '1 economy/method/accounts.read',
    '2 SELECT * FROM accounts WHERE',
    '2 GET rates.example.org',
    '1 PATCH /channels/:id/messages/:id',
    '1 POST /webhooks/:id/:token',
  ]);
});

test('of too many the longest are kept, each with all that it is in', () => {
  const trace = crowded(300);
  const { rows, hidden } = rowsOf(trace, 24);
  expect(rows.length).toBeLessThanOrEqual(24);
  expect(rows.length).toBeGreaterThan(20);
  expect(hidden).toBe(trace.spans.length - rows.length + trace.omittedSpans);
  for (const { span, depth } of rows.slice(1)) {
    const parent = rows.find((row) => row.span === trace.spans[span.parent!])!;
    expect(parent.depth).toBe(depth - 1);
  }
});

test('the longest is kept before others that are shorter but come first', () => {
  const spans = [
    spanOf('root', undefined, 0, 100),
    spanOf('short', 0, 0, 1),
    spanOf('outer', 0, 2, 3),
    spanOf('long', 2, 2, 90),
  ];
  const { rows, hidden } = rowsOf(traceOf({ durationMs: 100, spans }), 3);
  expect(rows.map(({ span }) => span.name)).toEqual(['root', 'outer', 'long']);
  expect(hidden).toBe(1);
});

test('whatever parents are said to be, each span is there once', () => {
  const parents = [5, 1, 2, -1, 1_000, 4];
  const spans = parents.map((parent, index) => spanOf(`${index}`, parent, 0, 1));
  const { rows } = rowsOf(traceOf({ spans }), 24);
  expect(rows.map(({ span }) => span.name).sort()).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(rowsOf(traceOf({ spans: [] }), 24).rows).toEqual([]);
});

test('ten thousand spans within each other are no trouble', () => {
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    spanOf(`${index}`, index === 0 ? undefined : index - 1, index, 20_000 - index),
  );
  expect(rowsOf(traceOf({ durationMs: 20_000, spans }), 24).rows.map(({ depth }) => depth)).toEqual(
    Array.from({ length: 24 }, (_, index) => index),
  );
});
