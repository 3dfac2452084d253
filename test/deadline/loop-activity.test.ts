import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { monotonicNs } from '../../src/cog/clock.ts';
import { LoopActivity } from '../../src/deadline/loop-activity.ts';
import { burn } from '../fixtures/contexts.ts';

let isSampled = false;
let session: Session | undefined;

afterEach(() => {
  isSampled = false;
  session?.disconnect();
  session = undefined;
});

/** As V8's profiler is used by a recording. */
async function sample(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  await session.post('Profiler.start');
  isSampled = true;
}

test.each([false, true])(
  'a loop that was blocked was busy, one that waits is not; sampled: %s',
  async (is) => {
    using activity = new LoopActivity(() => isSampled);
    if (is) await sample();
    activity.start();
    // An idle loop under V8's profiler is busy for 70 % of the time, as Node has it: 0.4 s of this.
    const idle: number[] = [];
    for (let time = 0; time < 6; time++) {
      await sleep(200);
      idle.push(activity.mostWaitedMs(monotonicNs() / 1e6));
    }
    expect(idle.toSorted((a, b) => a - b)[2]).toBeLessThan(150);
    burn(900);
    expect(activity.mostWaitedMs(monotonicNs() / 1e6)).toBeGreaterThan(600);
  },
);
