import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LIMIT_SCOPES, REST_PHASES, type RestCall, type RestOwner } from '../../src/rest/call.ts';
import { RestFigures, type SentRestFigures } from '../../src/rest/figures.ts';
import { InvalidRequests } from '../../src/rest/invalid.ts';
import { RestLedger } from '../../src/rest/ledger.ts';
import { restReport } from '../../src/rest/report.ts';
import { Requests, type SentRest } from '../../src/rest/requests.ts';

const MINUTE_MS = 60_000;
const NS_PER_MS = 1e6;

/** What of a request is counted. */
type Counted = Pick<
  RestCall,
  | 'owner'
  | 'route'
  | 'isOurs'
  | 'attempts'
  | 'status'
  | 'error'
  | 'limitHits'
  | 'queueNs'
  | 'limitNs'
  | 'backoffNs'
  | 'networkNs'
  | 'durationNs'
>;

function callOf(changes: Partial<Counted> = {}): RestCall {
  const call = {
    owner: undefined,
    route: 'GET /channels/:id',
    isOurs: false,
    attempts: 1,
    status: 200,
    error: undefined,
    limitHits: undefined,
    queueNs: 0,
    limitNs: 0,
    backoffNs: 0,
    networkNs: 0,
    ...changes,
  };
  return { ...call, durationNs: call.queueNs + call.limitNs + call.backoffNs + call.networkNs } as never;
}

const ns = fc.integer({ min: 0, max: 4e9 });
const owner = fc.constantFrom<RestOwner | undefined>(
  undefined,
  'music/command/play',
  { kind: 'command', name: 'play' },
  { kind: 'component', name: 'vote:#' },
);
const call = fc.record({
  owner,
  route: fc.constantFrom('GET /channels/:id', 'POST /channels/:id/messages'),
  attempts: fc.integer({ min: 0, max: 4 }),
  status: fc.constantFrom(undefined, 200, 404, 500),
  error: fc.constantFrom(undefined, 'HTTPError', 'Error ECONNRESET'),
  limitHits: fc.option(fc.array(fc.constantFrom(...LIMIT_SCOPES)), { nil: undefined }),
  queueNs: ns,
  limitNs: ns,
  backoffNs: ns,
  networkNs: ns,
});

function sent(rows: readonly SentRestFigures[], changes: Partial<SentRest> = {}): SentRest {
  return JSON.parse(JSON.stringify({ rows, fromEpochMs: 1, live: [], invalidRequests: 0, ...changes }));
}

describe('figures', () => {
  test('of several processes are those of one that had seen all', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (calls, shards) => {
        const ledgers = Array.from({ length: shards + 1 }, () => new RestLedger());
        const add = (ledger: RestLedger, one: Partial<Counted>) =>
          ledger.of({ owner: one.owner, route: one.route! }, Date.now()).add(callOf(one));
        for (const [at, one] of calls.entries()) {
          add(ledgers[0]!, one);
          add(ledgers[1 + (at % shards)]!, one);
        }
        const [whole, ...parts] = ledgers.map((ledger) => sent(ledger.read(Number.POSITIVE_INFINITY).send()));
        const one = restReport(new Map([[0, whole!]]), []);
        const all = restReport(new Map(parts.map((part, shard) => [shard, part])), []);
        for (const list of ['rows', 'routes', 'owners'] as const) {
          const counts = (report: typeof one) =>
            report[list]
              .map(({ totalMs, phases, mostly, whole, errors, ...rest }) =>
                JSON.stringify([rest, whole, [...errors].sort()]),
              )
              .sort();
          expect(counts(all)).toEqual(counts(one));
          for (const [at, row] of one[list].entries()) {
            const parts = REST_PHASES.reduce((sum, phase) => sum + row.phases[phase], 0);
            expect(parts).toBeCloseTo(row.totalMs, 6);
            expect(row.mostly.share).toBe(row.totalMs === 0 ? 1 : row.phases[row.mostly.phase] / row.totalMs);
            if (at > 0) expect(row.totalMs).toBeLessThanOrEqual(one[list][at - 1]!.totalMs);
          }
          expect(one[list].reduce((sum, { count }) => sum + count, 0)).toBe(calls.length);
        }
      }),
    );
  });

  test('count what a request met', () => {
    const figures = new RestFigures({ owner: undefined, route: 'GET /channels/:id' });
    figures.add(callOf({ networkNs: 100 * NS_PER_MS }));
    figures.add(
      callOf({
        attempts: 4,
        status: 502,
        error: 'HTTPError',
        limitHits: ['user', 'global', 'shared', 'user'],
        limitNs: 300 * NS_PER_MS,
        queueNs: 40 * NS_PER_MS,
      }),
    );
    // Not sent, and rejected by the manager; the microseconds that this took are no wait.
    figures.add(callOf({ attempts: 0, status: undefined, error: 'RateLimitError', limitNs: 5_000 }));
    figures.add(callOf({ status: undefined, error: 'Error ECONNRESET', backoffNs: 10 * NS_PER_MS }));
    const { counts, ms, errors } = figures.send();
    expect(counts).toEqual({
      count: 4,
      failed: 3,
      retries: 3,
      limited: 1,
      userLimits: 2,
      sharedLimits: 1,
      globalLimits: 1,
    });
    expect(ms).toEqual({ queue: 40, limit: 300.005, backoff: 10, network: 100 });
    expect(errors).toEqual([
      ['502', 1],
      ['RateLimitError', 1],
      ['Error ECONNRESET', 1],
    ]);
    expect(figures.durations.maxMs).toBe(340);
  });

  test('are bounded, whatever routes, owners and errors there are', () => {
    const ledger = new RestLedger();
    for (let at = 0; at < 3_000; at++) {
      ledger
        .of({ owner: `cog/command/${at}`, route: `GET /things/${at % 900}` }, Date.now())
        .add(callOf({ status: undefined, error: `Error ${at}` }));
    }
    const rows = ledger.read(Number.POSITIVE_INFINITY).values();
    expect(rows.length).toBeLessThanOrEqual(501);
    expect(rows.reduce((sum, { counts }) => sum + counts.count, 0)).toBe(3_000);
    for (const { errors } of rows) expect(errors.size).toBeLessThanOrEqual(17);
    const others = restReport(new Map([[0, sent(rows.map((row) => row.send()))]]), []).owners.find(
      ({ count }) => count > 1,
    );
    expect(others!.owner).toEqual({ kind: 'method', name: '(others)' });
  });
});

describe('owners', () => {
  const ownersOf = (...owners: (RestOwner | undefined)[]) => {
    const ledger = new RestLedger();
    for (const own of owners)
      ledger.of({ owner: own, route: 'GET /x' }, Date.now()).add(callOf({ networkNs: 1 }));
    const { owners: rows } = restReport(new Map([[0, sent(ledger.read(1e12).send())]]), []);
    return rows.map(({ owner: own, count }) => [own?.targetId ?? own?.name, count]);
  };
  const path = { kind: 'command', name: 'play' } as const;

  test('known by an id and by where the interaction went are one, where there is one such target', () => {
    expect(ownersOf('music/command/play', path, path, undefined)).toEqual([
      ['music/command/play', 3],
      [undefined, 1],
    ]);
    expect(ownersOf(path, { kind: 'component', name: 'play' })).toEqual([
      ['play', 1],
      ['play', 1],
    ]);
    expect(ownersOf('music/command/play', 'games/command/play', path)).toEqual([
      ['music/command/play', 1],
      ['games/command/play', 1],
      ['play', 1],
    ]);
  });

  test('are forgotten by their targets', () => {
    const requests = new Requests();
    for (const own of ['music/command/play', path, 'music/command/stop', undefined] as const) {
      requests.ended(callOf({ owner: own }));
    }
    const left = () => requests.send([]).rows.map(({ owner: own }) => own);
    requests.forget([{ id: 'music/command/play', ...path }]);
    expect(left()).toEqual(['music/command/stop', null]);
    requests.forget();
    expect(left()).toEqual([]);
  });

  test('are not the profiler', () => {
    const requests = new Requests();
    requests.ended(callOf({ isOurs: true }));
    expect(requests.send([]).rows).toEqual([]);
  });
});

describe('invalid requests', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  test('are those that Discord counts, ours too', () => {
    const requests = new Requests();
    for (const [status, scope] of [
      [200, undefined],
      [400, undefined],
      [401, undefined],
      [403, undefined],
      [404, undefined],
      [429, 'user'],
      [429, 'global'],
      [429, 'shared'],
      [500, undefined],
    ] as const) {
      requests.responded(callOf({ isOurs: true }), status, scope);
    }
    expect(requests.send([]).invalidRequests).toBe(4);
    const report = restReport(
      new Map([
        [0, sent([], { invalidRequests: 4 })],
        [3, sent([], { invalidRequests: 10_500 })],
      ]),
      [1],
    );
    expect(report.invalid).toEqual({
      limit: 10_000,
      processes: [
        { shard: 3, count: 10_500, left: 0 },
        { shard: 0, count: 4, left: 9_996 },
      ],
    });
    expect(report.missingShards).toEqual([1]);
  });

  test('are forgotten after 10 minutes, and not before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 240_000 }), { maxLength: 40 }), (gapsMs) => {
        const invalid = new InvalidRequests();
        const atEpochMs: number[] = [];
        for (const gapMs of gapsMs) {
          vi.advanceTimersByTime(gapMs);
          invalid.note(403, false);
          atEpochMs.push(Date.now());
          const within = (ms: number) => atEpochMs.filter((at) => Date.now() - at < ms).length;
          expect(invalid.count).toBeGreaterThanOrEqual(within(10 * MINUTE_MS));
          expect(invalid.count).toBeLessThanOrEqual(within(11 * MINUTE_MS));
        }
        vi.advanceTimersByTime(11 * MINUTE_MS);
        expect(invalid.count).toBe(0);
      }),
    );
  });
});
