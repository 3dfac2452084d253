import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../child.ts';
import { SUBJECTS, type SubjectName } from '../subjects/index.ts';
import type { Holder } from '../subjects/subject.ts';
import { CASES } from './calls.ts';

/** Times one subject of `call-overhead` in one case, a batch at a time. */

type Calls = typeof import('./calls.ts');
const bareCalls: Calls = await import(`./calls.ts${'?bare'}`);
const timedCalls: Calls = await import(`./calls.ts${'?timed'}`);

/** Some subjects do part of their work in a later turn, as observers do: they get turns within their batch. */
const TURNS = 20;
const CALLS_A_TURN = 250;
/** Before each batch: meanwhile other processes have had the caches of the processor. */
const TURNS_BEFORE = 4;
const WARM_UP_ROUNDS = 10;

let batches: { bare: Batch; timed: Batch } | undefined;
let rounds = 0;

const api = {
  async setUp(subjectName: SubjectName, caseName: string, targets: number): Promise<void> {
    const subject = SUBJECTS.find(({ name }) => name === subjectName)!;
    const chosen = CASES.find(({ name }) => name === caseName)!;
    const bare = bareCalls.createHolders(chosen, targets, 'bare');
    const timed = timedCalls.createHolders(chosen, targets, 'timed');
    const time = await subject.load();
    for (const [index, holder] of timed.entries()) time(holder, `command-${index}`);
    batches = {
      bare: new Batch(bare, chosen.async ? bareCalls.callAsync : bareCalls.callSync),
      timed: new Batch(timed, chosen.async ? timedCalls.callAsync : timedCalls.callSync, subject),
    };
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await api.round();
  },

  /** One batch of bare calls and one of timed calls, each first in every other round: nanoseconds a call. */
  async round(): Promise<{ bareNs: number; timedNs: number }> {
    const { bare, timed } = batches!;
    if (rounds++ % 2 === 0) return { bareNs: await bare.run(), timedNs: await timed.run() };
    const timedNs = await timed.run();
    return { bareNs: await bare.run(), timedNs };
  },
};
export type CallOverheadProcess = typeof api;
serve(api);

class Batch {
  readonly #holders: readonly Holder[];
  readonly #call: Calls['callSync'] | Calls['callAsync'];
  readonly #callsATurn: number;
  readonly #flush: (() => Promise<void>) | undefined;
  #called = 0;

  constructor(
    holders: readonly Holder[],
    call: Calls['callSync'] | Calls['callAsync'],
    { share = 1, flush }: { readonly share?: number; readonly flush?: () => Promise<void> } = {},
  ) {
    this.#holders = holders;
    this.#call = call;
    this.#callsATurn = CALLS_A_TURN * share;
    this.#flush = flush;
  }

  /** @returns nanoseconds a call */
  async run(): Promise<number> {
    await this.#take(TURNS_BEFORE);
    const startNs = process.hrtime.bigint();
    await this.#take(TURNS);
    return Number(process.hrtime.bigint() - startNs) / (TURNS * this.#callsATurn);
  }

  async #take(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await this.#call(this.#holders, this.#called, this.#callsATurn);
      this.#called += this.#callsATurn;
      if (turn === turns - 1) await this.#flush?.();
      await nextTurn();
    }
  }
}
