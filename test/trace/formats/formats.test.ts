import { describe, expect, test } from 'vitest';
import { TRACE_FORMATS } from '../../../src/trace/formats/index.ts';
import { waterfallLines } from '../../../src/trace/formats/text.ts';
import { crowded, hostileTrace, payment, traceOf } from '../../fixtures/traces.ts';

const HOSTILE = ['', '```', '@everyone', '\u202e‮', 'ש', '語'.repeat(200), 'a\nb', '\ud800', '|'.repeat(90)];

function encode(name: (typeof TRACE_FORMATS)[number]['name'], ...traces: Parameters<typeof payment>) {
  return TRACE_FORMATS.find((format) => format.name === name)!.encode(
    traces.map((changes) => payment(changes)),
  );
}

/** How a payment reads. */
const PAYMENT = [
  'economy/command/pay',
  '2026-11-21T14:03:05.123Z   1.24s   error   shard 0',
  'DiscordAPIError 10062 at execute (economy/pay.js:12:9)',
  'waits for rate limits on PATCH /channels/:id/messages/:id 55 %',
  '',
  'rate limit  PATCH /channels/:id/messages/:id                            680ms    55 %',
  'loop busy   economy/listener/messageCreate                              160ms    13 %',
  'Discord     PATCH /channels/:id/messages/:id                            100ms     8 %',
  'queue       PATCH /channels/:id/messages/:id                             90ms     7 %',
  'database    postgresql                                                   78ms     6 %',
  'computing   economy/command/pay                                          66ms     5 %',
  'retry       PATCH /channels/:id/messages/:id                             50ms     4 %',
  'HTTP        rates.example.org                                             8ms     1 %',
  'computing   economy/method/accounts.read                                  4ms   < 1 %',
  'unknown                                                                   4ms   < 1 %',
  '',
  '!economy/command/pay               |##--xxxxxx#-------------------------------#|   1.24s',
  ' economy/method/accounts.read      | #--                                       |    88ms',
  '  SELECT * FROM accounts WHERE     | ddd                                       |    78ms',
  '  GET rates.example.org (200)      | nhh                                       |    85ms',
  ' !PATCH /channels…, tried 2 times) |          qqqqLLLLLLLLLLLLLLLLLLLLLLLbb====|   920ms',
  ' POST /webhooks/:id/:token         |                                          -|    8ms+',
  '',
  '# computing   q queue   L rate limit   b retry   = Discord   h HTTP   d database   n DNS',
  'x loop busy   . unknown   - goes on   ! failed   + not over when the call was',
  '6 spans',
];

describe.each(TRACE_FORMATS)('$name', (format) => {
  test('can be chosen, and is a file', () => {
    expect(format.name).toMatch(/^[a-z]+$/);
    expect(format.extension).toMatch(/^[a-z.]+$/);
    expect(format.label.length).toBeLessThanOrEqual(60);
  });

  test('is the same for the same, and leaves it as it was', () => {
    const traces = [payment(), crowded(40)];
    const before = structuredClone(traces);
    expect(format.encode(traces)).toBe(format.encode(before));
    expect(traces).toEqual(before);
  });

  test('takes whatever a bot is like: well-formed, without what moves text, and no sum that is no number', () => {
    for (const name of HOSTILE) {
      const written = format.encode([hostileTrace(name), hostileTrace(name, { targetId: name, spans: [] })]);
      expect(written.isWellFormed()).toBe(true);
      expect(written).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(format.encode([])).toMatch(/\n$/);
  });
});

describe('as text', () => {
  test('a call is told with its parts and its spans, in 88 columns', () => {
    expect(encode('text', {}).trimEnd().split('\n')).toEqual(PAYMENT);
  });

  test('no line is wider, whatever names are like and however many spans there are', () => {
    const { encode } = TRACE_FORMATS[0];
    const written = encode([...HOSTILE.map((name) => hostileTrace(name)), crowded(500)]);
    for (const line of written.split('\n')) expect(line.length, line).toBeLessThanOrEqual(88);
    expect(written).toMatch(/^\+\d+ more$/m);
    expect(written).not.toMatch(/[\u202a-\u202e\r]/);
  });

  test('bars begin and end where the spans do', () => {
    const lines = waterfallLines(payment(), { width: 111, most: 24 }).split('\n');
    const bars = lines.map((line) => line.slice(line.indexOf('|') + 1, line.lastIndexOf('|')));
    const [width] = bars.map(({ length }) => length);
    expect(bars.map(({ length }) => length)).toEqual(bars.map(() => width));
    const column = (ms: number) => (ms / 1_240) * width!;
    const edit = bars.find((bar) => bar.includes('L'))!;
    expect(edit.search(/\S/)).toBe(Math.floor(column(310)));
    expect(edit.trimEnd().length).toBe(Math.round(column(1_230)));
    expect(edit.match(/L/g)!.length).toBeCloseTo(column(680), -0.5);
    expect(edit).toMatch(/^ +q+L+b+=+ *$/);
  });

  test('fits on a phone, and shows what is shorter than a character', () => {
    const lines = waterfallLines(payment(), { width: 36, most: 10 }).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(36);
    expect(lines.every((line) => /\|.*[^ |].*\|/.test(line))).toBe(true);
  });
});

describe('as JSON', () => {
  test('calls come back as they were', () => {
    const traces = [payment(), crowded(9), traceOf()];
    const read = JSON.parse(TRACE_FORMATS.find(({ name }) => name === 'json')!.encode(traces));
    expect(read).toMatchObject({ cogscope: 'traces', version: 1 });
    // What is undefined is left out of JSON.
    expect(read.traces).toEqual(JSON.parse(JSON.stringify(traces)));
    expect(read.traces[0].spans[0]).not.toHaveProperty('parent');
  });
});
