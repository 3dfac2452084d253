import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { monotonicNs } from '../../src/cog/clock.ts';
import type { Part, Trace } from '../../src/trace/trace.ts';
import { startSlowServices } from '../fixtures/slow-services.ts';
import { idOf, msOf, tracedFunctions } from '../fixtures/traced.ts';

/**
 * What calls are said to have waited for, against what the fixture has seen itself, by the monotonic clock: its own
 * computing, when timers were due, and when the servers answered, which run where nothing holds them up.
 */

const MS = 1e6;
const CALLS = 200;
const AT_ONCE = 4;

/** A stretch in which the fixture has computed, for a call of a target. */
interface Burnt {
  readonly target: string;
  readonly call: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** A wait of a call: ready from `readyNs` on. */
interface Waited {
  readonly call: number;
  readonly kind: string;
  readonly fromNs: number;
  readonly readyNs: number;
  readonly toNs: number;
}

class Truth {
  readonly #burnt: Burnt[] = [];
  readonly #waited: Waited[] = [];

  burn(target: string, call: number, ms: number): void {
    const fromNs = monotonicNs();
    const endNs = fromNs + ms * MS;
    while (monotonicNs() < endNs);
    this.#burnt.push({ target, call, fromNs, toNs: monotonicNs() });
  }

  wait(call: number, kind: string, fromNs: number, readyNs: number): void {
    this.#waited.push({ call, kind, fromNs, readyNs, toNs: monotonicNs() });
  }

  async sleep(call: number, ms: number): Promise<void> {
    const fromNs = monotonicNs();
    await sleep(ms);
    this.wait(call, 'timer', fromNs, fromNs + ms * MS);
  }

  /** Ms by kind of part; of `cpu` and `loop` with the name of the target. */
  partsOf(call: number): Map<string, number> {
    const parts = new Map<string, number>();
    const add = (key: string, ns: number) => ns > 0 && parts.set(key, (parts.get(key) ?? 0) + ns / MS);
    for (const { target, fromNs, toNs } of this.#burnt.filter((burnt) => burnt.call === call)) {
      add(`cpu ${target}`, toNs - fromNs);
    }
    for (const { kind, fromNs, readyNs, toNs } of this.#waited.filter((waited) => waited.call === call)) {
      let restNs = toNs - fromNs;
      for (const burnt of this.#burnt) {
        const isOwn = burnt.call === call;
        const ns =
          Math.min(burnt.toNs, toNs) - Math.max(burnt.fromNs, isOwn ? fromNs : Math.max(readyNs, fromNs));
        if (ns <= 0) continue;
        if (!isOwn) add(`loop ${burnt.target}`, ns);
        restNs -= ns;
      }
      add(kind, restNs);
    }
    return parts;
  }
}

function measured(parts: readonly Part[], key: string): number {
  const [kind, name] = key.split(' ');
  return msOf(parts, kind as Part['kind'], name === undefined ? undefined : idOf(name));
}

/** For how long this thread could have run, but others of the machine did, in ms: that is seen on neither side. */
function stolenMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / MS;
  } catch {
    return 0;
  }
}

/** Within 10 % or 5 ms. */
function isNear(ms: number, truthMs: number, takenMs: number): boolean {
  return Math.abs(ms - truthMs) <= Math.max(5, truthMs / 10) + takenMs;
}

test('200 interleaved calls, each phase as it was', async () => {
  await using services = await startSlowServices();
  const { track, verbose, tracesOf, latest } = tracedFunctions();
  const truth = new Truth();
  const traces: { trace: Trace; takenMs: number }[] = [];

  const inner = track('inner', async (call: number) => {
    truth.burn('inner', call, 2);
    await truth.sleep(call, 7);
    truth.burn('inner', call, 1);
  });
  const hog = track('hog', () => truth.burn('hog', -1, 12));
  const ask = async (call: number, kind: 'http' | 'database', ms: number) => {
    const fromNs = monotonicNs();
    const asked = kind === 'http' ? services.fetched : services.queried;
    truth.wait(call, kind, fromNs, await asked(ms));
  };
  const command = track('command', async (call: number) => {
    truth.burn('command', call, 3);
    await truth.sleep(call, 10 + (call % 5));
    truth.burn('command', call, 1);
    await ask(call, 'http', 25);
    truth.burn('command', call, 1);
    await ask(call, 'database', 20);
    await inner.call(call);
    // Not waited for: only what it computes while the call runs is its.
    void sleep(5).then(() => truth.burn('command', call, 1));
    void services.queried(5);
    const fromNs = monotonicNs();
    const [, , answeredAtNs] = await Promise.all([sleep(5), services.queried(10), services.queried(40)]);
    truth.wait(call, 'database', fromNs, answeredAtNs);
    truth.burn('command', call, 2);
    return call;
  });

  // Once each, so that what is loaded at first is.
  await ask(-2, 'http', 1);
  await ask(-2, 'database', 1);
  verbose('command');
  for (let call = 1_000; call < 1_020; call++) await command.call(call);
  const hogging = setInterval(() => hog.call(), 100);
  onTestFinished(() => clearInterval(hogging));
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      await sleep(lane * 7);
      while (next < CALLS) {
        const call = next++;
        const beforeMs = stolenMs();
        await command.call(call);
        traces[call] = { trace: latest('command'), takenMs: stolenMs() - beforeMs };
      }
    }),
  );

  expect(tracesOf('command').summary.count).toBe(CALLS + 20);
  const takenMs = traces.reduce((sum, each) => sum + each.takenMs, 0) / CALLS;
  const near = new Map<string, { within: number; of: number }>();
  const sums = new Map<string, { ms: number; truthMs: number }>();
  for (const [call, { trace, takenMs }] of traces.entries()) {
    const { parts, durationMs } = trace;
    // The sum is exact to what a double can hold.
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 8);
    expect(parts.every(({ ms }) => ms > 0)).toBe(true);
    for (const [key, truthMs] of truth.partsOf(call)) {
      const ms = measured(parts, key);
      const count = near.get(key) ?? { within: 0, of: 0 };
      near.set(key, { within: count.within + Number(isNear(ms, truthMs, takenMs)), of: count.of + 1 });
      const sum = sums.get(key) ?? { ms: 0, truthMs: 0 };
      sums.set(key, { ms: sum.ms + ms, truthMs: sum.truthMs + truthMs });
    }
  }
  expect([...near.keys()].sort()).toEqual([
    'cpu command',
    'cpu inner',
    'database',
    'http',
    'loop command',
    'loop hog',
    'loop inner',
    'timer',
  ]);
  for (const [key, { ms, truthMs }] of sums) {
    expect(isNear(ms / CALLS, truthMs / CALLS, takenMs), `${key}: ${ms} ms of ${truthMs} ms`).toBe(true);
  }
  for (const [key, { within, of }] of near) expect(within / of, key).toBeGreaterThan(0.9);
}, 120_000);
