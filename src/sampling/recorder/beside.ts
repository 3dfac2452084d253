import { Counters } from './counters.ts';
import { Events } from './events.ts';
import type { Took } from './finish.ts';
import { GcPauses } from './gc-pauses.ts';
import type { SliceEnd } from './messages.ts';
import type { ResolvedRecordingOptions } from './options.ts';
import type { RecordingSurroundings } from './recording-info.ts';
import { Requests } from './requests.ts';
import { Timeline } from './timeline.ts';

/** Notes what took a while, from when it is made. */
interface TookNotes extends Disposable {
  /** Gives away what was noted since the last time. */
  take(): readonly Took[];
  /** The recording ends: what is not over is noted too. */
  end?(): void;
}

/**
 * What is noted in the bot's thread beside V8's samples: whose code runs, when garbage is collected, requests to
 * Discord and events from it, counters.
 */
export class Beside implements Disposable {
  readonly #surroundings: RecordingSurroundings;
  readonly #timeline: Timeline;
  #took: TookNotes[] = [];
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
    const { contexts, requests, collected, collectors } = this.#surroundings;
    this.#timeline.isCounting = countsCalls;
    this.#use = contexts.use(this.#timeline);
    const pauses = new GcPauses();
    const isWanted = () => this.#timeline.isOfCounted(contexts.current);
    this.#took = [pauses, new Requests(requests, isWanted)];
    const { gateway } = collected;
    // Where one target is recorded, they are of none of its calls.
    if (gateway !== undefined && this.#timeline.isOfCounted(undefined)) this.#took.push(new Events(gateway));
    this.#counters = new Counters({ ...collected, gcNs: () => pauses.totalNs }, collectors);
  }

  countCalls(): void {
    this.#timeline.isCounting = true;
  }

  /** Gives away what was noted since the last time. */
  take(): Pick<SliceEnd, 'part' | 'took' | 'readings'> {
    this.#surroundings.contexts.tellRunning();
    const took = this.#took.flatMap((notes) => notes.take());
    return { part: this.#timeline.take(), took, readings: this.#counters!.take() };
  }

  /** What is taken next is the last. */
  end(): void {
    for (const notes of this.#took) notes.end?.();
  }

  [Symbol.dispose](): void {
    this.#use?.[Symbol.dispose]();
    for (const notes of this.#took) notes[Symbol.dispose]();
    this.#counters?.[Symbol.dispose]();
  }
}
