import type * as inspector from 'node:inspector';
import { monotonicNs } from '../../cog/clock.ts';
import { fileOf } from '../conversion/file.ts';
import { Assembly } from './assembly.ts';
import { CallPaths } from './call-paths.ts';
import { ClockOffset } from './clock.ts';
import { finish, MAIN, type Recorded, type Took } from './finish.ts';
import { Marks } from './marks.ts';
import type { Answer, Order, SliceEnd, Start } from './messages.ts';
import { Samples } from './samples.ts';
import { isSliceTitle } from './slicer.ts';
import { Sources } from './sources.ts';
import { remembering, Stream } from './stream.ts';
import { Stretches } from './stretches.ts';
import { TIMELINE_FIELDS } from './timeline.ts';
import { V8Session } from './v8-session.ts';
import { WorkerThreads } from './worker-threads.ts';

const NS_PER_US = 1e3;
/** No two samples of a thread are as close. */
const LEAST_GAP_US = 0.5;

/** What the thread that records does, order by order. */
export class RecordingThread {
  readonly #start: Start;
  readonly #send: (answer: Answer) => void;
  readonly #fail: (error: unknown) => void;
  readonly #assembly: Assembly;
  readonly #samples: Samples;
  readonly #stretches = new Stretches();
  readonly #clock = new ClockOffset();
  readonly #paths = new CallPaths();
  readonly #marks = new Marks();
  readonly #readings: Float64Array[] = [];
  readonly #sources: Sources;
  /** Where what is recorded is written while it is, if it is. */
  readonly #stream: Stream | undefined;
  /** What is done one thing after the other. */
  #work = Promise.resolve();
  /** What has come of slices that are not whole: their profiles, and their ends. */
  readonly #profiles = new Map<string, inspector.Profiler.Profile>();
  readonly #ends: SliceEnd[] = [];
  #session: V8Session | undefined;
  /** The bot's other threads, where they are recorded too. */
  #workers: WorkerThreads | undefined;
  #begun: Extract<Order, { kind: 'begin' }> | undefined;
  #finish: Extract<Order, { kind: 'finish' }> | undefined;
  #isEnding = false;
  #lostStretches = 0;

  constructor(start: Start, send: (answer: Answer) => void, fail: (error: unknown) => void) {
    this.#start = start;
    this.#send = send;
    this.#fail = fail;
    this.#assembly = new Assembly(start.ownFolder);
    this.#samples = new Samples(start.about.intervalUs);
    this.#sources = new Sources(send);
    this.#stream = start.file === undefined ? undefined : new Stream(start, start.file, this.#sources);
  }

  async connect(): Promise<void> {
    if (this.#start.connects) {
      this.#session = new V8Session(process.getBuiltinModule('node:inspector'), 'connectToMainThread');
      this.#session.onFinished((title, profile) => {
        try {
          this.#take(title, profile);
        } catch (error) {
          this.#fail(error);
        }
      });
      await this.#session.prepare(this.#start.about.intervalUs);
      if (this.#start.workers) await this.#startWorkers(this.#session);
    }
    this.#send({ kind: 'ready' });
  }

  async obey(order: Exclude<Order, { kind: 'end' }>): Promise<void> {
    switch (order.kind) {
      case 'cure':
        return this.#send({ kind: 'cured', tookMs: await this.#session!.cure() });
      case 'begin':
        this.#begun = order;
        return;
      case 'profile':
        return this.#take(order.title, order.profile);
      case 'slice':
        this.#workers?.rotate();
        this.#ends.push(order);
        return this.#join();
      case 'finish':
        await this.#workers?.stop();
        this.#finish = order;
        return this.#join();
      case 'maps':
      case 'cogs':
        return this.#sources.answer(order);
      case 'letGo':
        return this.#letGo(order.isUnwanted);
    }
  }

  async #startWorkers(session: V8Session): Promise<void> {
    this.#workers = new WorkerThreads(session, this.#assembly, {
      intervalUs: this.#start.about.intervalUs,
      ownFolder: this.#start.ownFolder,
      cures: this.#start.cures,
      toUs: (v8Us) => v8Us - this.#clock.us,
      nowUs: () => monotonicNs() / NS_PER_US,
      countsFromUs: () => this.#begun?.fromUs ?? Number.POSITIVE_INFINITY,
    });
    await this.#workers.start();
  }

  /** Nothing stays behind in the bot's thread. */
  #letGo(isUnwanted: boolean): void {
    this.#session?.disconnect();
    this.#session = undefined;
    Atomics.store(this.#start.letGo, 0, 1);
    Atomics.notify(this.#start.letGo, 0);
    this.#stream?.leave(isUnwanted);
    this.#send({ kind: 'letGo' });
  }

  #take(title: string, profile: inspector.Profiler.Profile): void {
    if (!isSliceTitle(title)) return;
    this.#profiles.set(title, profile);
    this.#join();
  }

  /** Takes in the slices of which all is there, in their order. */
  #join(): void {
    for (let end = this.#ends[0]; end !== undefined; end = this.#ends[0]) {
      const profile = this.#profiles.get(end.title);
      if (profile === undefined) return;
      this.#profiles.delete(end.title);
      this.#ends.shift();
      this.#takeSlice(profile, end);
    }
    if (this.#finish === undefined || this.#isEnding) return;
    this.#isEnding = true;
    this.#stretches.end();
    this.#later(() => this.#end());
  }

  /** Does what may have to ask the bot's thread, one thing after the other. */
  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.#fail);
  }

  #takeSlice(profile: inspector.Profiler.Profile, slice: SliceEnd): void {
    const { beforeUs, afterUs, part, isWarmup } = slice;
    this.#clock.narrow(profile.startTime, beforeUs, afterUs);
    this.#paths.add(part);
    if (isWarmup) return;
    const knownStalls = this.#stretches.stalls.length;
    for (const chunk of part.stretches) this.#stretches.add(chunk);
    this.#lostStretches += part.lost;
    const calls = part.calls.flatMap((chunk) => this.#callsIn(chunk));
    const beside = [...calls, ...slice.took];
    this.#marks.add(beside);
    this.#readings.push(slice.readings);
    const offsetUs = this.#clock.us;
    const toUs = (v8Us: number) => v8Us - offsetUs;
    const after = Math.max(this.#begun!.fromUs, this.#samples.lastUs + LEAST_GAP_US);
    const whoAt = this.#stream === undefined ? this.#whoAt : remembering(this.#whoAt);
    this.#assembly.addSlice(this.#samples, profile, toUs, whoAt, this.#begun!.fromUs);
    const ofMain = this.#samples.length;
    this.#send({ kind: 'progress', samples: ofMain + (this.#workers?.samples ?? 0), ofMain });
    if (this.#stream === undefined) return;
    const stalls = this.#stretches.stalls.slice(knownStalls).map(stall);
    const took = [...beside, ...stalls];
    const { readings } = slice;
    this.#later(() => this.#stream!.add({ profile, toUs, whoAt, after, took, readings }, this.#recorded()));
  }

  readonly #whoAt = (atUs: number): number => this.#stretches.whoAt(atUs * NS_PER_US);

  #callsIn(chunk: Float64Array): Took[] {
    return Array.from({ length: chunk.length / TIMELINE_FIELDS }, (_, index) => {
      const at = index * TIMELINE_FIELDS;
      const name = this.#paths.targetNumbered(chunk[at]!);
      return { kind: 'call', name, fromNs: chunk[at + 1]!, toNs: chunk[at + 2]! };
    });
  }

  async #end(): Promise<void> {
    const frames = await this.#sources.framesOf(this.#assembly);
    const { bytes, facts } = fileOf(
      finish(this.#recorded(), frames, this.#sources.cogs, this.#sources.maps),
      this.#notes(),
    );
    const file = this.#stream?.finish(bytes);
    const note = this.#stream?.note;
    const notes = note === undefined ? facts.notes : [...facts.notes, note];
    this.#send({ kind: 'done', bytes, facts: { ...facts, notes }, file });
  }

  #recorded(): Recorded {
    const { about, onlyTargets } = this.#start;
    const { shard } = this.#finish ?? this.#start;
    const { fromUs, startedAtEpochMs, startPauseMs, counters } = this.#begun!;
    const toUs = this.#finish?.toUs ?? this.#samples.lastUs;
    const took = [...this.#marks.all, ...this.#stretches.stalls.map(stall)];
    return {
      about: { ...about, startedAtEpochMs },
      fromUs,
      toUs,
      shard,
      assembly: this.#assembly,
      threads: [
        { name: MAIN, id: 0, samples: this.#samples, startPauseMs },
        ...(this.#workers?.threads(fromUs, toUs) ?? []),
      ],
      calls: this.#paths,
      took: took.sort((a, b) => a.fromNs - b.fromNs),
      counters,
      readings: this.#readings,
      onlyTargets,
    };
  }

  #notes(): string[] {
    const notes = this.#workers?.notes() ?? [];
    if (this.#start.workers && this.#workers === undefined) {
      notes.push('Other threads can be recorded from the main thread of the process only.');
    }
    if (this.#lostStretches > 0) {
      notes.push('The loop was held so long that it is not known for all samples whose code ran.');
    }
    notes.push(...this.#marks.notes());
    return notes;
  }
}

function stall(times: { readonly fromNs: number; readonly toNs: number }): Took {
  return { kind: 'stall', name: undefined, ...times };
}
