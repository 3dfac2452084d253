import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { Bucket } from '../../src/rest/bucket.ts';
import { REST_PHASES, RestCall, type RestPhase } from '../../src/rest/call.ts';

let nowNs = 0;
vi.mock('../../src/cog/clock.ts', () => ({ monotonicNs: () => nowNs }));
beforeEach(() => {
  nowNs = 0;
});

const ORIGIN = { method: 'GET', owner: undefined, isOurs: false, acknowledges: undefined, token: undefined };

/** What happens next, as far as it can: to which request of those that it can happen to, and how long after. */
const step = fc.record({
  what: fc.constantFrom('come', 'turn', 'sleep', 'attempt', 'respond', 'refuse', 'fail', 'end'),
  whom: fc.nat(),
  afterNs: fc.integer({ min: 0, max: 1_000 }),
});

/** A request as the truth has it: looked at in every stretch of time between two steps. */
interface Modelled {
  readonly plain: RestCall;
  readonly traced: RestCall;
  state: 'waiting' | 'ready' | 'asleep' | 'attempting' | 'refused' | 'failed' | 'over';
  hasWaited: boolean;
  readonly truth: Record<RestPhase, number>;
  /** What counts as waiting for another attempt only if there is one. */
  pendingNs: number;
}

test('the limit clock tells of each request what looking all the time would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      nowNs = 0;
      // One bucket each: both kinds of requests read the clock at the same times.
      const buckets = [new Bucket(), new Bucket()] as const;
      const all: Modelled[] = [];
      const both = (one: Modelled, act: (call: RestCall) => void) => [one.plain, one.traced].forEach(act);
      const pass = (ns: number) => {
        const isLimited =
          all.some(({ state }) => state === 'asleep' || state === 'refused') &&
          !all.some(({ state }) => state === 'attempting');
        for (const one of all) {
          if (one.state === 'over') continue;
          else if (one.state === 'failed') one.pendingNs += ns;
          else if (one.state === 'waiting') one.truth[isLimited ? 'limit' : 'queue'] += ns;
          else if (one.state === 'asleep' || one.state === 'refused') one.truth.limit += ns;
          else one.truth.network += ns;
        }
        nowNs += ns;
      };
      const settle = (one: Modelled, phase: RestPhase) => {
        one.truth[phase] += one.pendingNs;
        one.pendingNs = 0;
      };
      const acts: Record<string, { of: readonly Modelled['state'][]; act(one: Modelled): void }> = {
        turn: {
          of: ['waiting', 'refused', 'failed'],
          act(one) {
            both(one, (call) => call.itsTurn());
            if (one.state === 'waiting') one.state = 'ready';
          },
        },
        sleep: {
          of: ['ready', 'failed'],
          act(one) {
            settle(one, 'backoff');
            both(one, (call) => call.asleep());
            one.state = 'asleep';
          },
        },
        attempt: {
          of: ['ready', 'asleep', 'refused', 'failed'],
          act(one) {
            settle(one, 'backoff');
            both(one, (call) => call.attempt());
            one.state = 'attempting';
          },
        },
        respond: {
          of: ['attempting'],
          act(one) {
            both(one, (call) => call.responded(200, undefined));
            one.state = 'ready';
          },
        },
        refuse: {
          of: ['attempting'],
          act(one) {
            both(one, (call) => call.responded(429, { scope: 'user', retryAfterMs: 1 }));
            one.state = 'refused';
          },
        },
        fail: {
          of: ['attempting'],
          act(one) {
            both(one, (call) => call.failed());
            one.state = 'failed';
          },
        },
        end: {
          of: ['waiting', 'ready', 'asleep', 'attempting', 'refused', 'failed'],
          act(one) {
            settle(one, 'network');
            both(one, (call) => call.end());
            one.state = 'over';
          },
        },
      };
      for (const { what, whom, afterNs } of steps) {
        pass(afterNs);
        if (what === 'come') {
          const plain = new RestCall(ORIGIN);
          const traced = new RestCall(ORIGIN);
          traced.segments = [];
          const isFirst = buckets[0].depth === 0;
          if (plain.enters(buckets[0])) plain.waits();
          if (traced.enters(buckets[1])) traced.waits();
          const truth = { queue: 0, limit: 0, backoff: 0, network: 0 };
          const state = isFirst ? 'ready' : 'waiting';
          all.push({ plain, traced, state, hasWaited: !isFirst, truth, pendingNs: 0 });
          continue;
        }
        const { of, act } = acts[what]!;
        const able = all.filter(({ state }) => of.includes(state));
        if (able.length > 0) act(able[whom % able.length]!);
      }
      pass(1);
      for (const one of all) if (one.state !== 'over') acts['end']!.act(one);
      for (const { plain, traced, truth } of all) {
        for (const call of [plain, traced]) {
          expect(Object.fromEntries(REST_PHASES.map((phase) => [phase, call[`${phase}Ns`]]))).toEqual(truth);
          expect(call.durationNs).toBe(call.endedAtNs! - call.startedAtNs);
        }
        const { segments } = traced;
        const sums = { queue: 0, limit: 0, backoff: 0, network: 0 };
        for (const { phase, fromNs, toNs } of segments!) sums[phase] += toNs - fromNs;
        expect(sums).toEqual(truth);
        for (const [at, segment] of segments!.entries()) {
          expect(segment.fromNs).toBe(segments![at - 1]?.toNs ?? traced.startedAtNs);
        }
      }
      for (const bucket of buckets) {
        expect([bucket.depth, bucket.underWay, bucket.isLimited]).toEqual([0, 0, false]);
      }
    }),
    { numRuns: 500 },
  );
});
