import { Counters } from './counters.ts';
import { GcPauses } from './gc-pauses.ts';
import type { SliceEnd } from './messages.ts';
import type { ResolvedRecordingOptions } from './options.ts';
import type { RecordingSurroundings } from './recording-info.ts';
import { Timeline } from './timeline.ts';

/** What is noted in the bot's thread beside V8's samples: whose code runs, when garbage is collected, counters. */
export class Beside implements Disposable {
  readonly #surroundings: RecordingSurroundings;
  readonly #timeline: Timeline;
  #pauses: GcPauses | undefined;
  #counters: Counters | undefined;
  #use: Disposable | undefined;

  /** @param enough is told that the calls that were asked for are over */
  constructor(
    { target: targetId, calls: count }: ResolvedRecordingOptions,
    surroundings: RecordingSurroundings,
    enough: () => void,
  ) {
    this.#surroundings = surroundings;
    this.#timeline = new Timeline(
      targetId === undefined ? undefined : { targetId, count, enough },
      (context) => surroundings.contexts.isRunning(context),
    );
  }

  /** Of the target that is recorded alone. */
  get endedCalls(): number {
    return this.#timeline.endedCalls;
  }

  get counterNames() {
    return this.#counters?.names ?? [];
  }

  /** @param countsCalls whether calls that begin now are counted */
  begin(countsCalls: boolean): void {
    const { contexts, collected, collectors } = this.#surroundings;
    this.#timeline.isCounting = countsCalls;
    this.#use = contexts.use(this.#timeline);
    const pauses = new GcPauses();
    this.#pauses = pauses;
    this.#counters = new Counters({ ...collected, gcNs: () => pauses.totalNs }, collectors);
  }

  countCalls(): void {
    this.#timeline.isCounting = true;
  }

  /** Gives away what was noted since the last time. */
  take(): Pick<SliceEnd, 'part' | 'pauses' | 'readings'> {
    this.#surroundings.contexts.tellRunning();
    return { part: this.#timeline.take(), pauses: this.#pauses!.take(), readings: this.#counters!.take() };
  }

  [Symbol.dispose](): void {
    this.#use?.[Symbol.dispose]();
    this.#pauses?.[Symbol.dispose]();
    this.#counters?.[Symbol.dispose]();
  }
}
