import type * as inspector from 'node:inspector';
import { monotonicNs } from '../../cog/clock.ts';
import { SourceMaps } from '../../frameworks/source-maps.ts';
import { fileOf } from '../conversion/file.ts';
import type { Frame } from '../profile.ts';
import { Assembly } from './assembly.ts';
import { CallPaths } from './call-paths.ts';
import { ClockOffset } from './clock.ts';
import { botFiles, finish, type Recorded, sourceFrames, type Took } from './finish.ts';
import type { Answer, Order, Pause, SliceEnd, Start } from './messages.ts';
import { Samples } from './samples.ts';
import { Stretches } from './stretches.ts';
import { TIMELINE_FIELDS } from './timeline.ts';
import { V8Session } from './v8-session.ts';
import { WorkerThreads } from './worker-threads.ts';

const MAIN = 'main';
const NS_PER_US = 1e3;
/** The longest calls are marked, as many. */
const MOST_CALLS = 2_000;

/** What the thread that records does, order by order. */
export class RecordingThread {
  readonly #start: Start;
  readonly #send: (answer: Answer) => void;
  readonly #fail: (error: unknown) => void;
  readonly #assembly: Assembly;
  readonly #samples: Samples;
  readonly #stretches = new Stretches();
  readonly #clock = new ClockOffset();
  readonly #maps = new SourceMaps();
  readonly #paths = new CallPaths();
  readonly #calls: Took[] = [];
  /** What has come of slices that are not whole: their profiles, and their ends. */
  readonly #profiles = new Map<string, inspector.Profiler.Profile>();
  readonly #ends: SliceEnd[] = [];
  #session: V8Session | undefined;
  /** The bot's other threads, where they are recorded too. */
  #workers: WorkerThreads | undefined;
  #begun: Extract<Order, { kind: 'begin' }> | undefined;
  #finish: Extract<Order, { kind: 'finish' }> | undefined;
  #frames: Frame[] = [];
  #lostStretches = 0;
  #lostCalls = 0;

  constructor(start: Start, send: (answer: Answer) => void, fail: (error: unknown) => void) {
    this.#start = start;
    this.#send = send;
    this.#fail = fail;
    this.#assembly = new Assembly(start.ownFolder);
    this.#samples = new Samples(start.about.intervalUs);
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
        for (const [file, payload] of order.maps) this.#maps.give(file, payload);
        this.#frames = sourceFrames(this.#assembly, this.#maps);
        return this.#send({ kind: 'files', files: botFiles(this.#frames) });
      case 'cogs':
        return this.#end(order.cogs);
    }
  }

  /** Nothing stays behind in the bot's thread. */
  letGo(): void {
    this.#session?.disconnect();
    this.#session = undefined;
    Atomics.store(this.#start.letGo, 0, 1);
    Atomics.notify(this.#start.letGo, 0);
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

  #take(title: string, profile: inspector.Profiler.Profile): void {
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
    if (this.#finish === undefined) return;
    this.#stretches.end();
    this.#send({ kind: 'compiled', files: botFiles(this.#assembly.frames) });
  }

  #takeSlice(profile: inspector.Profiler.Profile, { beforeUs, afterUs, part, isWarmup }: SliceEnd): void {
    this.#clock.narrow(profile.startTime, beforeUs, afterUs);
    this.#paths.add(part);
    if (isWarmup) return;
    for (const chunk of part.stretches) this.#stretches.add(chunk);
    this.#lostStretches += part.lost;
    for (const chunk of part.calls) this.#takeCalls(chunk);
    const offsetUs = this.#clock.us;
    this.#assembly.addSlice(
      this.#samples,
      profile,
      (v8Us) => v8Us - offsetUs,
      (atUs) => this.#stretches.whoAt(atUs * NS_PER_US),
      this.#begun!.fromUs,
    );
    const ofMain = this.#samples.length;
    this.#send({ kind: 'progress', samples: ofMain + (this.#workers?.samples ?? 0), ofMain });
  }

  #takeCalls(chunk: Float64Array): void {
    for (let at = 0; at < chunk.length; at += TIMELINE_FIELDS) {
      const name = this.#paths.targetNumbered(chunk[at]!);
      this.#calls.push({ kind: 'call', name, fromNs: chunk[at + 1]!, toNs: chunk[at + 2]! });
    }
    if (this.#calls.length > 2 * MOST_CALLS) this.#keepLongestCalls();
  }

  #keepLongestCalls(): void {
    if (this.#calls.length <= MOST_CALLS) return;
    this.#lostCalls += this.#calls.length - MOST_CALLS;
    this.#calls.sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs)).length = MOST_CALLS;
  }

  #end(cogs: ReadonlyMap<string, string>): void {
    this.#keepLongestCalls();
    const profile = finish(this.#recorded(), this.#frames, cogs, this.#maps);
    this.#send({ kind: 'done', ...fileOf(profile, this.#notes()) });
  }

  #recorded(): Recorded {
    const { about, shard, onlyTargets } = this.#start;
    const { fromUs, startedAtEpochMs, startPauseMs } = this.#begun!;
    const { toUs, pauses } = this.#finish!;
    const took = [...this.#calls, ...pauses.map(gc), ...this.#stretches.stalls.map(stall)];
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
    if (this.#lostCalls > 0) notes.push(`${this.#lostCalls} shorter calls are not marked.`);
    return notes;
  }
}

function gc(pause: Pause): Took {
  return { kind: 'gc', ...pause };
}

function stall(times: { readonly fromNs: number; readonly toNs: number }): Took {
  return { kind: 'stall', name: undefined, ...times };
}
