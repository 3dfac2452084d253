import type { Context, ContextConsumer } from '../context/contexts.ts';
import type { RestObserver } from '../rest/watch.ts';
import { CpuRecording } from './recorder/cpu-recording.ts';
import { LONGEST_MS, type ResolvedRecordingOptions, resolveRecordingOptions } from './recorder/options.ts';
import type { RecordingSurroundings } from './recorder/recording-info.ts';
import { takeSlot } from './recorder/slot.ts';

const NAME = 'start-up';
/** The cog of a file, as long as nobody knows of cogs. */
const ANY_COG = 'bot';

/** What records since before there was a profiler: whichever comes first takes it over. */
const BEGUN = Symbol.for('cogscope.startup');
const shared = globalThis as { [BEGUN]?: StartupRecording | undefined };

/**
 * Records from now on, for the profiler that is to come.
 * @param afterReadyMs for how long after ready, for a profiler that is told nothing of it
 * @throws ProfilerError RECORDING_BUSY
 */
export function beginStartup(afterReadyMs?: number): void {
  const startup = new StartupRecording(afterReadyMs);
  shared[BEGUN] = startup;
  const over = () => {
    if (shared[BEGUN] === startup) shared[BEGUN] = undefined;
  };
  startup.recording.done.then(over, over);
}

/** Ends what was begun, if no profiler has taken it over. */
export function giveUpStartup(): void {
  shared[BEGUN]?.recording.cancel(': nobody wants it');
}

/**
 * The recording of a bot's start. It begins with this thread held, so that what is loaded next is in it; and it need not
 * know of any client yet.
 */
export class StartupRecording {
  readonly options: ResolvedRecordingOptions = resolveRecordingOptions({
    name: NAME,
    startedBy: NAME,
    durationMs: LONGEST_MS,
    // Hardly anything has run yet that V8 could have optimised.
    exact: false,
  });
  readonly recording: CpuRecording;
  /** For how long it is to go on once the client is ready, if that is known. */
  readonly afterReadyMs: number | undefined;
  readonly #surroundings: SurroundingsToCome;
  #end: NodeJS.Timeout | undefined;

  /**
   * @param bot what it records, where that is known
   * @throws ProfilerError RECORDING_BUSY; whatever else is wrong, `recording.done` rejects with
   */
  constructor(afterReadyMs: number | undefined, bot?: RecordingSurroundings) {
    this.afterReadyMs = afterReadyMs;
    this.#surroundings = new SurroundingsToCome(bot);
    const slot = takeSlot('The start-up', 'the bot', LONGEST_MS);
    this.recording = new CpuRecording(this.options, this.#surroundings);
    const over = () => {
      clearTimeout(this.#end);
      slot[Symbol.dispose]();
    };
    this.recording.done.then(over, over);
    // Why it cannot, `done` says.
    this.recording.start(true).catch(() => undefined);
  }

  /** Now it is known whom it records. */
  belongsTo(bot: RecordingSurroundings): void {
    this.#surroundings.are(bot);
  }

  /** The client is ready. */
  ready(afterReadyMs: number): void {
    this.#end ??= setTimeout(() => this.recording.stop(), afterReadyMs).unref();
  }
}

/** Something that is wanted of a bot from when it is there. */
class Wish<Wanted> {
  readonly #grant: (bot: RecordingSurroundings, wanted: Wanted) => Disposable;
  #wanted: Wanted | undefined;
  #granted: Disposable | undefined;

  constructor(grant: (bot: RecordingSurroundings, wanted: Wanted) => Disposable) {
    this.#grant = grant;
  }

  /** @returns what ends the wish */
  make(wanted: Wanted, bot: RecordingSurroundings | undefined): Disposable {
    this.#wanted = wanted;
    if (bot !== undefined) this.grant(bot);
    return {
      [Symbol.dispose]: () => {
        this.#wanted = undefined;
        this.#granted?.[Symbol.dispose]();
      },
    };
  }

  grant(bot: RecordingSurroundings): void {
    if (this.#wanted !== undefined) this.#granted = this.#grant(bot, this.#wanted);
  }
}

/** Whose code runs: nobody's, until there is something to track it. */
class ContextsToCome implements SomeContexts {
  readonly runs = new Wish<ContextConsumer>((bot, consumer) => bot.contexts.use(consumer));
  readonly #bot: () => RecordingSurroundings | undefined;

  constructor(bot: () => RecordingSurroundings | undefined) {
    this.#bot = bot;
  }

  get current(): Context | undefined {
    return this.#bot()?.contexts.current;
  }

  use(consumer: ContextConsumer): Disposable {
    return this.runs.make(consumer, this.#bot());
  }

  tellRunning(): void {
    this.#bot()?.contexts.tellRunning();
  }

  isRunning(context: Context): boolean {
    return this.#bot()?.contexts.isRunning(context) ?? false;
  }
}

type SomeContexts = RecordingSurroundings['contexts'];

/** What a recording needs of a bot, while it is not there yet. */
class SurroundingsToCome implements RecordingSurroundings {
  #bot: RecordingSurroundings | undefined;
  readonly contexts = new ContextsToCome(() => this.#bot);
  readonly #observed = new Wish<RestObserver>((bot, observer) => bot.requests.observe(observer));

  constructor(bot: RecordingSurroundings | undefined) {
    this.#bot = bot;
  }

  get requests(): RecordingSurroundings['requests'] {
    return {
      observe: (observer) => this.#observed.make(observer, this.#bot),
      underWay: this.#bot?.requests.underWay ?? [],
    };
  }

  readonly collected: RecordingSurroundings['collected'] = {
    waitingRequests: () => this.#bot?.collected.waitingRequests() ?? 0,
    // Before the client logs in, there is none.
    gateway: undefined,
  };

  readonly cogOfFile = (file: string): string => this.#bot?.cogOfFile(file) ?? ANY_COG;

  get name(): string {
    return this.#bot?.name ?? NAME;
  }

  get shard(): number {
    return this.#bot?.shard ?? 0;
  }

  get profileDir(): string {
    return this.#bot?.profileDir ?? '';
  }

  get collectors(): RecordingSurroundings['collectors'] {
    return this.#bot?.collectors ?? [];
  }

  are(bot: RecordingSurroundings): void {
    if (this.#bot !== undefined) return;
    this.#bot = bot;
    this.contexts.runs.grant(bot);
    this.#observed.grant(bot);
  }
}
