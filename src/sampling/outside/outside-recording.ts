import type * as inspector from 'node:inspector';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SourceMaps } from '../../frameworks/source-maps.ts';
import { cogOfFile } from '../../frameworks/surroundings.ts';
import { OWN_FOLDER } from '../../own-files.ts';
import type { Profile } from '../profile.ts';
import { Assembly } from '../recorder/assembly.ts';
import { CallPaths } from '../recorder/call-paths.ts';
import { botFiles, finish, MAIN, sourceFrames } from '../recorder/finish.ts';
import { LARGEST_EXACT_HEAP_BYTES } from '../recorder/heap.ts';
import { Samples } from '../recorder/samples.ts';
import { SliceLength } from '../recorder/slice-length.ts';
import { NOBODY } from '../recorder/timeline.ts';
import { cure } from '../recorder/v8-session.ts';
import { notAttached } from './process-check.ts';
import type { RemoteSession } from './remote-session.ts';
import { askTarget, mapsOf, nameOf, rootOf, type Target } from './target.ts';

/** As `console` of its inspector is reached there, whatever the process has done to the global one. */
export const CONSOLE = "process.getBuiltinModule('node:inspector').console";
/** What runs there for the recording is the profiler's own, and in no share. */
const SOURCE =
  OWN_FOLDER === undefined ? '' : `\n//# sourceURL=${pathToFileURL(join(OWN_FOLDER, 'outside'))}`;
/** Not as those that the process records itself: V8 tells each of its sessions of all of them. */
const TITLE = 'cogscope from outside';

/** As much is lost of a process that ends meanwhile. */
const LONGEST_SLICE_MS = 1_000;
/** While it is recorded, it may wait so long for something outside of JavaScript, such as another program. */
const HELD_UP_MS = 60_000;

type Finished = inspector.Profiler.ConsoleProfileFinishedEventDataType;
type V8Profile = inspector.Profiler.Profile;

export interface OutsideOptions {
  readonly durationMs: number;
  readonly intervalUs: number;
  /** Whether functions that V8 has optimised while they ran are made known to it again; by default, if that is quick. */
  readonly exact: boolean | undefined;
  /** Ends the recording before its time; what there is, is kept. */
  readonly signal: AbortSignal;
  /** One that has not begun, and so cannot be asked yet. */
  readonly waiting?: {
    readonly target: Target;
    /** Called once it is recorded. */
    begin(session: RemoteSession): Promise<void>;
  };
}

/** One recording of the main thread of another process, slice by slice. Of calls it knows nothing. */
export class OutsideRecording {
  readonly #pid: number;
  readonly #session: RemoteSession;
  readonly #options: OutsideOptions;
  readonly #assembly = new Assembly(OWN_FOLDER);
  readonly #samples: Samples;
  readonly #length: SliceLength;
  /** Aborted when the process ends, or has ended. */
  readonly #gone = new AbortController();
  readonly #over: AbortSignal;
  #slices = 0;
  /** In µs of the clock of V8 there. */
  #fromUs: number | undefined;
  #toUs = 0;
  #startPauseMs = 0;

  constructor(pid: number, session: RemoteSession, options: OutsideOptions) {
    this.#pid = pid;
    this.#session = session;
    this.#options = options;
    this.#samples = new Samples(options.intervalUs);
    this.#length = new SliceLength(options.intervalUs, LONGEST_SLICE_MS);
    // A process that ends waits until nobody is connected any more, and runs no code meanwhile.
    session.on('NodeRuntime.waitingForDisconnect', () => this.#gone.abort());
    session.closed.then(() => this.#gone.abort());
    this.#over = AbortSignal.any([this.#gone.signal, options.signal]);
    session.on<Finished>('Profiler.consoleProfileFinished', ({ title, profile }) =>
      this.#take(title, profile),
    );
  }

  /** Whether the process has ended meanwhile. */
  get isGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** @throws Error, or ProfilerError NOT_ATTACHED */
  async make(): Promise<Profile> {
    const { waiting } = this.#options;
    const target = waiting?.target ?? (await askTarget(this.#session));
    this.#check(target);
    await this.#session.post('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    await this.#start(target);
    await waiting?.begin(this.#session);
    const startedAtEpochMs = Date.now();
    const endMs = performance.now() + this.#options.durationMs;
    for (let leftMs = endMs - performance.now(); leftMs > 0; leftMs = endMs - performance.now()) {
      await this.#wait(Math.min(leftMs, this.#length.ms));
      if (this.#over.aborted || performance.now() >= endMs) break;
      this.#length.learn(await this.#rotate());
    }
    await this.#unlessGone(this.#evaluate(`it.profileEnd('${TITLE} ${this.#slices}')`));
    if (this.#samples.length === 0) throw notAttached(this.#pid, 'it was over before there was a sample');
    return this.#profile(target, startedAtEpochMs);
  }

  #check({ pid, isRecent, nodeVersion }: Target): void {
    // Where only the port is known, it may be that of another one. In a container, processes have other numbers.
    if (process.platform !== 'linux' && pid !== this.#pid) {
      throw notAttached(this.#pid, `the inspector on the common port is that of process ${pid}`);
    }
    if (!isRecent)
      throw notAttached(this.#pid, `it runs on Node ${nodeVersion}; it takes 20.16, 22.3 or later`);
  }

  async #start({ heapBytes, isCounted }: Target): Promise<void> {
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: this.#options.intervalUs });
    this.#startPauseMs = await this.#evaluate(`it.profile('${TITLE} 0')`);
    if (!isCounted && (this.#options.exact ?? heapBytes <= LARGEST_EXACT_HEAP_BYTES)) {
      const startedMs = performance.now();
      await cure((method, params) => this.#session.post(method, params));
      this.#startPauseMs += performance.now() - startedMs;
    }
    // The first slice ends with that: nothing of it is kept.
    await this.#rotate();
  }

  /** Begins the next slice before it ends this one, so that there is no gap. @returns how long it took, in ms */
  #rotate(): Promise<number> {
    const over = this.#slices++;
    return this.#unlessGone(
      this.#evaluate(`it.profile('${TITLE} ${this.#slices}'); it.profileEnd('${TITLE} ${over}')`),
    );
  }

  /** @returns how long it took there, in ms */
  #evaluate(orders: string): Promise<number> {
    // Not by `performance`: while something native waits, V8 calls that by the name of the native function before it.
    const timed = `const from = Date.now(); const it = ${CONSOLE}; ${orders}; return Date.now() - from;`;
    return this.#session.evaluate<number>(`(() => { ${timed} })()${SOURCE}`, HELD_UP_MS);
  }

  /** What was recorded of a process that has ended meanwhile is kept, but for the last slice. */
  async #unlessGone(took: Promise<number>): Promise<number> {
    try {
      return await took;
    } catch (error) {
      if (!this.#gone.signal.aborted) throw error;
      return 0;
    }
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over }).catch(() => undefined);
  }

  #take(title: string | undefined, profile: V8Profile): void {
    // That of the start, and those that the process records itself.
    if (title === `${TITLE} 0` || title?.startsWith(TITLE) !== true) return;
    this.#fromUs ??= profile.startTime;
    this.#toUs = profile.endTime;
    this.#assembly.addSlice(
      this.#samples,
      profile,
      (v8Us) => v8Us,
      () => NOBODY,
      this.#fromUs,
    );
  }

  async #profile(target: Target, startedAtEpochMs: number): Promise<Profile> {
    const maps = new SourceMaps();
    const compiled = botFiles(this.#assembly.frames);
    if (target.hasMaps && compiled.length > 0 && !this.#gone.signal.aborted) {
      for (const [file, payload] of await mapsOf(this.#session, compiled)) maps.give(file, payload);
    }
    const frames = sourceFrames(this.#assembly, maps);
    const root = rootOf(target);
    return finish(
      {
        about: {
          name: nameOf({ ...target, pid: this.#pid }),
          startedAtEpochMs,
          intervalUs: this.#options.intervalUs,
          nodeVersion: target.nodeVersion,
        },
        fromUs: this.#fromUs!,
        toUs: this.#toUs,
        shard: 0,
        assembly: this.#assembly,
        threads: [{ name: MAIN, id: 0, samples: this.#samples, startPauseMs: this.#startPauseMs }],
        calls: new CallPaths(),
        took: [],
        counters: [],
        readings: [],
        onlyTargets: false,
      },
      frames,
      new Map(botFiles(frames).map((file) => [file, cogOfFile(file, root)])),
      maps,
    );
  }
}
