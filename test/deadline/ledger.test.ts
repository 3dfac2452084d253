import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Blocker } from '../../src/deadline/blockers.ts';
import { AckFigures, type MissKind, missOf, type SentFigures } from '../../src/deadline/figures.ts';
import { AckLedger, AckRows } from '../../src/deadline/ledger.ts';
import { PHASES, type PhaseTimes, wholeOf } from '../../src/deadline/phases.ts';
import { deadlineRows } from '../../src/deadline/report.ts';

const MINUTE_MS = 60_000;
const PATH = { kind: 'command', name: 'play' } as const;

interface Event {
  readonly times: PhaseTimes;
  readonly kind: MissKind | undefined;
  readonly blockedBy: Blocker | undefined;
  readonly atEpochMs: number;
}

const ms = fc.double({ min: 0.01, max: 4_000, noNaN: true });
const times: fc.Arbitrary<PhaseTimes> = fc.tuple(ms, ms, ms, ms);
const event: fc.Arbitrary<Event> = fc.record({
  times,
  kind: fc.constantFrom<MissKind | undefined>(undefined, 'late', 'unanswered', 'failed'),
  blockedBy: fc.option(
    fc.record({
      targetId: fc.constantFrom('economy/listener/messageCreate', 'music/command/play'),
      ms: fc.integer({ min: 63, max: 4_000 }),
      certainty: fc.constant('certain'),
    }),
    { nil: undefined },
  ),
  atEpochMs: fc.integer({ min: 0, max: 1e12 }),
});

function add(figures: AckFigures, { times, kind, blockedBy, atEpochMs }: Event): void {
  figures.counts.count++;
  if (kind === undefined) figures.acknowledged(times, blockedBy);
  else figures.missed(missOf(kind, { atEpochMs, blockedBy }, times));
}

function rowsOf(figures: AckFigures): AckRows {
  const rows = new AckRows();
  rows.merge([figures.send()]);
  return rows;
}

describe('figures', () => {
  test('of several processes, sent and put together, are those of one that had seen all', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (events, shards) => {
        const whole = new AckFigures(PATH);
        const parts = Array.from({ length: shards }, () => new AckFigures(PATH));
        for (const [index, one] of events.entries()) {
          add(whole, one);
          add(parts[index % shards]!, one);
        }
        const merged = new AckRows();
        for (const part of parts) merged.merge([JSON.parse(JSON.stringify(part.send())) as SentFigures]);
        const { slowMs, misses, ...sent } = merged.of(PATH).send();
        const expected = whole.send();
        expect(sent).toEqual({ ...sent, counts: expected.counts, missesBy: expected.missesBy });
        expect(sent.maxMs).toEqual(expected.maxMs);
        expect(new Map(sent.blockedByMs)).toEqual(new Map(expected.blockedByMs));
        expect(sent.histograms).toEqual(expected.histograms);
        for (const at of PHASES.keys()) expect(slowMs[at]).toBeCloseTo(expected.slowMs[at]!, 5);
        expect(misses.map(({ atEpochMs }) => atEpochMs)).toEqual(
          expected.misses.map(({ atEpochMs }) => atEpochMs),
        );
      }),
    );
  });

  test('who held the loop is kept of what was slow alone, and of the 16 who did the most', () => {
    const figures = new AckFigures(PATH);
    const by = (targetId: string, ms: number): Blocker => ({ targetId, ms, certainty: 'certain' });
    figures.acknowledged([0, 1_900, 50, 40], by('quick enough', 1_900));
    expect(figures.blockedByMs.size).toBe(0);
    for (let at = 0; at < 40; at++)
      figures.acknowledged([0, 2_500, 50, 40], by(`hog ${at}`, 1_000 + ((at * 7) % 40)));
    figures.missed(missOf('late', { atEpochMs: 1, blockedBy: by('hog 17', 2_000) }, [0, 3_000, 50, 40]));
    expect(figures.blockedByMs.size).toBe(16);
    const { blockedBy, latestMisses } = deadlineRows(rowsOf(figures))[0]!;
    expect(blockedBy[0]).toEqual({ targetId: 'hog 17', ms: 3_039, share: 3_039 / (40 * 2_500 + 3_000) });
    const all = blockedBy.map(({ ms }) => ms);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    expect(latestMisses[0]!.blockedBy).toEqual(by('hog 17', 2_000));
  });

  test('quantiles are those of the durations, to the width of a bin', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 60 }), (all) => {
        const rows = new AckRows();
        for (const one of all) rows.of(PATH).acknowledged(one);
        const [row] = deadlineRows(rows);
        const nearest = (of: (one: PhaseTimes) => number, fraction: number) =>
          all.map(of).sort((a, b) => a - b)[Math.ceil(fraction * all.length) - 1]!;
        const check = (found: number, expected: number) =>
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(expected * 0.008);
        check(row!.whole.p95Ms, nearest(wholeOf, 0.95));
        for (const [at, phase] of PHASES.entries()) {
          check(
            row!.phases[phase].p50Ms,
            nearest((one) => one[at]!, 0.5),
          );
          expect(row!.phases[phase].maxMs).toBe(nearest((one) => one[at]!, 1));
        }
      }),
    );
  });

  test('name what took the most of those that were slow, not of all', () => {
    const rows = new AckRows();
    for (let call = 0; call < 50; call++) rows.of(PATH).acknowledged([0, 0, 5, 300]);
    rows.of(PATH).acknowledged([10, 2_000, 100, 90]);
    rows.of(PATH).missed(missOf('late', { atEpochMs: 1 }, [10, 3_000, 100, 90]));
    rows.of(PATH).missed(missOf('unanswered', { atEpochMs: 2 }, [10, 20, 2_970, 0]));
    expect(deadlineRows(rows)[0]).toMatchObject({
      nearMisses: 1,
      misses: 2,
      missesBy: { gateway: 0, loop: 1, handler: 1, rest: 0 },
      blamed: { phase: 'loop', share: expect.closeTo(5_020 / 8_400, 10) },
      latestMisses: [
        { kind: 'unanswered', blamed: 'handler' },
        { kind: 'late', blamed: 'loop' },
      ],
    });
    // What was never acknowledged has no duration.
    expect(deadlineRows(rows)[0]!.phases.handler.maxMs).toBe(100);
  });

  test('of what was not acknowledged are no numbers', () => {
    const rows = new AckRows();
    rows.of(PATH).counts.count++;
    const [row] = deadlineRows(rows);
    expect(row).toMatchObject({ count: 1, misses: 0, blamed: undefined, whole: { p50Ms: NaN, maxMs: NaN } });
  });

  test('keep the 8 latest misses', () => {
    const figures = new AckFigures(PATH);
    for (const at of [5, 1, 9, 3, 12, 7, 2, 11, 4, 10, 6, 8])
      figures.missed(missOf('late', { atEpochMs: at }, [0, 0, 0, 1]));
    expect(figures.misses.map(({ atEpochMs }) => atEpochMs)).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
    expect(figures.counts.late).toBe(12);
  });
});

describe('the ledger', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  const counts = (ledger: AckLedger, windowMs: number) =>
    Object.fromEntries(
      [...ledger.read(windowMs).values()].map(({ path, counts }) => [path.name, counts.count]),
    );
  const count = (ledger: AckLedger, name: string) =>
    void ledger.of({ kind: 'command', name }, Date.now()).counts.count++;

  test('tells the last minutes, the last hour, and all', () => {
    const ledger = new AckLedger();
    for (let minute = 0; minute < 180; minute++) {
      count(ledger, minute < 100 ? 'early' : 'play');
      vi.advanceTimersByTime(MINUTE_MS);
    }
    const seen = (windowMs: number) => {
      const fromEpochMs = ledger.fromEpochMs(windowMs);
      expect(fromEpochMs).toBeLessThanOrEqual(Date.now() - windowMs);
      const minutes = (Date.now() - fromEpochMs) / MINUTE_MS;
      expect(counts(ledger, windowMs)).toEqual({ play: minutes });
      return minutes;
    };
    expect(seen(5 * MINUTE_MS)).toBeLessThan(20);
    expect(seen(60 * MINUTE_MS)).toBeLessThan(80);
    expect(counts(ledger, Number.POSITIVE_INFINITY)).toEqual({ early: 100, play: 80 });
    expect(ledger.fromEpochMs(Number.POSITIVE_INFINITY)).toBe(1_800_000_000_000);
    // A copy is read: what is done with it stays with it.
    ledger.read(Number.POSITIVE_INFINITY).of(PATH).counts.count = 0;
    expect(counts(ledger, Number.POSITIVE_INFINITY)).toEqual({ early: 100, play: 80 });
  });

  test('forgets one command, or all', () => {
    const ledger = new AckLedger();
    for (const name of ['play', 'stop']) count(ledger, name);
    ledger.forget(({ name }) => name === PATH.name);
    for (const windowMs of [MINUTE_MS, Number.POSITIVE_INFINITY]) {
      expect(counts(ledger, windowMs)).toEqual({ stop: 1 });
    }
    vi.advanceTimersByTime(MINUTE_MS);
    ledger.forget();
    expect(counts(ledger, Number.POSITIVE_INFINITY)).toEqual({});
    expect(ledger.fromEpochMs(60 * MINUTE_MS)).toBe(Date.now());
  });

  test('is bounded, whatever custom ids the bot makes', () => {
    const ledger = new AckLedger();
    for (let index = 0; index < 2_000; index++) {
      ledger.of({ kind: 'component', name: `word${index}` }, Date.now()).counts.count++;
    }
    const all = counts(ledger, Number.POSITIVE_INFINITY);
    expect(Object.keys(all)).toHaveLength(301);
    expect(all['(others)']).toBe(1_700);
  });
});
