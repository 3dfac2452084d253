import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../child.ts';
import { type Holder, SUBJECTS, type SubjectName } from '../subjects.ts';
import { CASES } from './calls.ts';

/** Times one subject of `call-overhead` in one case, a batch at a time. */

type Calls = typeof import('./calls.ts');
const bareCalls: Calls = await import(`./calls.ts${'?bare'}`);
const timedCalls: Calls = await import(`./calls.ts${'?timed'}`);

/** Some subjects do part of their work in a later turn, as observers do: they get turns within their batch. */
const TURNS = 20;
const CALLS_A_TURN = 500;
const WARM_UP_BATCHES = 20;

type RunBatch = () => Promise<number>;
let batches: { bare: RunBatch; timed: RunBatch } | undefined;
let rounds = 0;

const api = {
  async setUp(subjectName: SubjectName, caseName: string): Promise<void> {
    const subject = SUBJECTS.find(({ name }) => name === subjectName)!;
    const chosen = CASES.find(({ name }) => name === caseName)!;
    const bare = bareCalls.createHolders(chosen, 'bare');
    const timed = timedCalls.createHolders(chosen, 'timed');
    const time = await subject.load();
    for (const [index, holder] of timed.entries()) time(holder, `command-${index}`);
    batches = {
      bare: () => batch(chosen.async ? bareCalls.callAsync : bareCalls.callSync, bare),
      timed: () => batch(chosen.async ? timedCalls.callAsync : timedCalls.callSync, timed),
    };
    for (let round = 0; round < WARM_UP_BATCHES; round++) await api.round();
  },

  /** One batch of bare calls and one of timed calls, each first in every other round: nanoseconds a call. */
  async round(): Promise<{ bareNs: number; timedNs: number }> {
    const { bare, timed } = batches!;
    if (rounds++ % 2 === 0) return { bareNs: await bare(), timedNs: await timed() };
    const timedNs = await timed();
    return { bareNs: await bare(), timedNs };
  },
};
export type CallOverheadProcess = typeof api;
serve(api);

async function batch(
  call: (holders: readonly Holder[], calls: number) => unknown,
  holders: readonly Holder[],
): Promise<number> {
  const startNs = process.hrtime.bigint();
  for (let turn = 0; turn < TURNS; turn++) {
    await call(holders, CALLS_A_TURN);
    await nextTurn();
  }
  return Number(process.hrtime.bigint() - startNs) / (TURNS * CALLS_A_TURN);
}
