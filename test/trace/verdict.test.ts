import { describe, expect, test } from 'vitest';
import { PART_WORDS, spanTitle } from '../../src/trace/part-words.ts';
import { PART_KINDS, type Part } from '../../src/trace/trace.ts';
import { effectOf, percent, sharesOf, verdictOf } from '../../src/trace/verdict.ts';
import { payment, summaryOf } from '../fixtures/traces.ts';

const ID = 'economy/command/pay';

type Given = readonly [kind: Part['kind'], ms: number, name?: string];

/** Of 100 ms each way, so that ms are percents. */
function verdict(...parts: Given[]): string | undefined {
  return verdictOf(summary(...parts), ID);
}

function summary(...parts: readonly Given[]) {
  return {
    count: 14,
    durationMs: 100,
    parts: parts.map(([kind, ms, name]) => ({ kind, ms, ...(name !== undefined && { name }) })),
  };
}

describe('a verdict', () => {
  test.each<[said: string, ...Given[]]>([
    [
      'waits for rate limits on PATCH /channels/:id 71 % (14 calls)',
      ['limit', 71, 'PATCH /channels/:id'],
      ['cpu', 29, ID],
    ],
    ['computes 64 % (14 calls)', ['cpu', 64, ID], ['network', 36, 'GET /gateway']],
    ['computes in economy/method/sum 90 % (14 calls)', ['cpu', 90, 'economy/method/sum'], ['cpu', 10, ID]],
    [
      'blocked by economy/listener/messageCreate 80 % (14 calls)',
      ['loop', 80, 'economy/listener/messageCreate'],
    ],
    ['sleeps 80 % (14 calls)', ['timer', 80], ['cpu', 20]],
    ['waits for example.org 55 % (14 calls)', ['http', 55, 'example.org'], ['cpu', 32], ['loop', 13]],
    ['queues behind its own requests to POST /x 100 % (14 calls)', ['queue', 100, 'POST /x']],
    ['waits to retry POST /x 100 % (14 calls)', ['backoff', 100, 'POST /x']],
    ['waits for Discord to answer POST /x 100 % (14 calls)', ['network', 100, 'POST /x']],
    ['waits for the database postgresql 100 % (14 calls)', ['database', 100, 'postgresql']],
    ['waits for the file system 100 % (14 calls)', ['file', 100]],
    ['waits for the address of example.org 100 % (14 calls)', ['dns', 100, 'example.org']],
  ])('says that it %s', (said, ...parts) => {
    expect(verdict(...parts)).toBe(said);
  });

  test('says what comes second where that is nearly as much', () => {
    expect(verdict(['cpu', 50, ID], ['timer', 40], ['loop', 10])).toBe(
      'computes 50 %, sleeps 40 % (14 calls)',
    );
    expect(verdict(['cpu', 60, ID], ['timer', 35], ['loop', 5])).toBe('computes 60 % (14 calls)');
  });

  test('takes parts of a kind together, and names what has most of it only', () => {
    expect(verdict(['limit', 30, 'GET /a'], ['limit', 31, 'GET /b'], ['cpu', 35])).toBe(
      'waits for rate limits 61 % (14 calls)',
    );
    expect(verdict(['limit', 50, 'GET /a'], ['cpu', 45], ['limit', 5, 'GET /b'])).toBe(
      'waits for rate limits on GET /a 50 %, computes 45 % (14 calls)',
    );
  });

  test('does not hide what is not known, nor what is known behind it', () => {
    expect(verdict(['other', 90], ['cpu', 10])).toBe('does what is not known 90 % (14 calls)');
    expect(verdict(['other', 60], ['limit', 40])).toBe(
      'does what is not known 60 %, waits for rate limits 40 % (14 calls)',
    );
  });

  test('says where nothing has most of the time', () => {
    const kinds = ['cpu', 'queue', 'limit', 'network', 'http'] as const;
    expect(verdict(...kinds.map((kind, index) => [kind, 22 - index] as const))).toBe(
      'does many things, none of them most: computes 22 %, queues behind its own requests to Discord 21 % (14 calls)',
    );
  });

  test('rests on calls, and on time that passed', () => {
    expect(verdictOf({ count: 0, durationMs: 0, parts: [] }, ID)).toBeUndefined();
    expect(verdictOf({ count: 1, durationMs: 0, parts: [{ kind: 'cpu', ms: 0 }] }, ID)).toBe(
      'takes no time that could be measured (1 call)',
    );
    expect(verdictOf(summaryOf([payment(), payment()]), ID)).toBe(
      'waits for rate limits on PATCH /channels/:id/messages/:id 55 % (2 calls)',
    );
  });

  test('writes names as it is told', () => {
    expect(verdictOf(summary(['limit', 100, 'GET /a']), ID, (name) => `<${name}>`)).toContain('on <GET /a>');
  });
});

test('each kind of part has words of its own', () => {
  expect(Object.keys(PART_WORDS)).toEqual([...PART_KINDS]);
  for (const of of ['label', 'mark'] as const) {
    const all = PART_KINDS.map((kind) => PART_WORDS[kind][of]);
    expect(new Set(all).size).toBe(PART_KINDS.length);
  }
  expect(PART_KINDS.map((kind) => PART_WORDS[kind].mark).join('')).toMatch(/^[!-~]{12}$/);
  for (const kind of PART_KINDS) expect(PART_WORDS[kind].says(undefined)).not.toMatch(/undefined| $/);
});

test('a span says what it is', () => {
  expect(spanTitle({ kind: 'timer', name: '120 ms' })).toBe('sleep 120 ms');
  expect(spanTitle({ kind: 'dns', name: 'example.org' })).toBe('look up example.org');
  expect(spanTitle({ kind: 'rest', name: 'GET /gateway' })).toBe('GET /gateway');
});

test('shares add up to the whole, the most first', () => {
  const { parts, durationMs } = payment();
  const shares = sharesOf({ parts, durationMs });
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
  expect(shares.map(({ ms }) => ms)).toEqual(shares.map(({ ms }) => ms).sort((a, b) => b - a));
  expect(shares.find(({ kind }) => kind === 'cpu')).toMatchObject({ ms: 70, main: { name: ID } });
});

test.each<[name: string, share: number, ...Given[]]>([
  ['waits', 82, ['limit', 50], ['http', 32], ['cpu', 18]],
  ['computes', 64, ['cpu', 64], ['network', 36]],
  ['blocked', 51, ['loop', 51], ['cpu', 49]],
  ['unknown', 60, ['other', 60], ['cpu', 40]],
])('a target is labelled: %s %i %%', (name, share, ...parts) => {
  const effect = effectOf(summary(...parts))!;
  expect(effect.name).toBe(name);
  expect(effect.share).toBeCloseTo(share / 100, 10);
});

test('a target of which nothing is known has no label', () => {
  expect(effectOf({ count: 0, durationMs: 0, parts: [] })).toBeUndefined();
  expect(effectOf({ count: 2, durationMs: 0, parts: [] })).toBeUndefined();
});

test('percents are whole, and 0 only for nothing', () => {
  expect([0, 0.001, 0.005, 0.714, 1].map(percent)).toEqual(['0 %', '< 1 %', '1 %', '71 %', '100 %']);
});
