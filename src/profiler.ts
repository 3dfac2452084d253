import { dirname } from 'node:path';
import type { Client, Interaction } from 'discord.js';
import { type ProfilerOptions, type ResolvedOptions, resolveOptions } from './cog/options.ts';
import { Recorder } from './cog/recorder.ts';
import { selectTargets } from './cog/select.ts';
import { isAttachedInGroups, type Target } from './cog/target.ts';
import { type AttachResult, Tracker } from './cog/tracker.ts';
import type { Desk } from './commands/desk.ts';
import { interceptEvents } from './commands/intercept.ts';
import { ProfilerError } from './errors.ts';
import { discoverTargets } from './frameworks/index.ts';
import type { CallSample } from './store/call-samples.ts';
import { MetricStore } from './store/metric-store.ts';
import { type Summary, summariseCogs, summariseTargets } from './store/summary.ts';

const MS_PER_HOUR = 3_600_000;

/** The clients that have a profiler, shared with any other copy of this package in the process. */
const CLIENTS = Symbol.for('cogscope.clients');
const shared = globalThis as { [CLIENTS]?: WeakSet<object> };
shared[CLIENTS] ??= new WeakSet();
const clientsWithProfiler = shared[CLIENTS];

export interface SummaryOptions {
  /** How far back to look, in ms. Default: the whole retention. */
  windowMs?: number;
  /** What gets a row: each target, or each cog with its targets taken together. Default: `target`. */
  by?: 'target' | 'cog';
}

/**
 * The profiler of one bot. Create it right after the client: it finds the bot's cogs when it is first asked for
 * them, registers `/profiler` once the client is ready, and answers the bot's owner there.
 *
 * It owns everything that it starts: `destroy()` leaves the bot as it was.
 */
export class Profiler implements AsyncDisposable {
  readonly client: Client;
  readonly options: ResolvedOptions;
  readonly #store: MetricStore;
  readonly #recorder: Recorder;
  readonly #tracker: Tracker;
  readonly #restoreEvents: () => void;
  #desk: Promise<Desk> | undefined;
  #started = false;
  #destroyed = false;

  /**
   * @throws ProfilerError INVALID_CLIENT, ALREADY_INSTALLED where the client has a profiler, or INVALID_OPTION,
   *   which names the option
   */
  constructor(client: Client, options?: ProfilerOptions) {
    if (typeof client?.emit !== 'function' || typeof client.isReady !== 'function') {
      throw new ProfilerError('INVALID_CLIENT');
    }
    this.client = client;
    this.options = resolveOptions(options);
    if (clientsWithProfiler.has(client)) throw new ProfilerError('ALREADY_INSTALLED');
    clientsWithProfiler.add(client);
    this.#store = new MetricStore(this.options.retentionHours * MS_PER_HOUR);
    this.#recorder = new Recorder(this.#store);
    const rootDir = this.options.rootDir ?? (process.argv[1] ? dirname(process.argv[1]) : process.cwd());
    this.#tracker = new Tracker(discoverTargets(client, rootDir), this.#recorder);
    this.#restoreEvents = interceptEvents(client, {
      ready: () => this.#start(),
      interaction: (interaction) => this.#receive(interaction),
    });
    if (client.isReady()) this.#start();
  }

  /** Everything of the bot that can be tracked now, tracked or not. */
  get targets(): ReadonlyMap<string, Target> {
    return this.#tracker.targets();
  }

  /** What is tracked. */
  get tracked(): ReadonlyMap<string, Target> {
    return this.#tracker.tracked;
  }

  /**
   * Starts to track targets: their calls are timed from now on.
   * @param query a cog, a target's id or name, `cog/kind`, `all`, or several with commas between
   *   A listener that hands interactions on to commands is only attached by its own name
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was attached
   */
  attach(query: string): AttachResult {
    if (this.#destroyed) throw new ProfilerError('DESTROYED');
    return this.#tracker.attach(selectTargets(query, this.targets, isAttachedInGroups));
  }

  /**
   * Stops to track targets, puts the bot's own functions back, and forgets what was recorded of them.
   * @param query as for `attach`, among the tracked targets
   * @returns the targets that were tracked and are no more
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was detached
   */
  detach(query: string): Target[] {
    return this.#tracker.detach(selectTargets(query, this.tracked));
  }

  /** The figures of what is tracked, the greatest impact first. */
  summary({ windowMs = this.#store.retentionMs, by = 'target' }: SummaryOptions = {}): Summary {
    this.#recorder.fold();
    const toEpochMs = Date.now();
    const fromEpochMs = toEpochMs - Math.min(windowMs, this.#store.retentionMs);
    const collected = this.#store.collect(fromEpochMs, toEpochMs);
    const summarise = by === 'cog' ? summariseCogs : summariseTargets;
    return { fromEpochMs, toEpochMs, rows: summarise(this.tracked.values(), collected, toEpochMs) };
  }

  /**
   * Single calls of a tracked target: its 32 latest, newest first, and its 8 slowest since it was attached.
   * Undefined for a target that is not tracked.
   */
  calls(targetId: string): { latest: CallSample[]; slowest: CallSample[] } | undefined {
    this.#recorder.fold();
    return this.#store.samples(targetId);
  }

  /** Estimated bytes that the metrics take now. */
  get storeSizeBytes(): number {
    return this.#store.sizeBytes;
  }

  /** Detaches everything, stops every timer, and leaves the client as it was. `/profiler` stays registered. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#restoreEvents();
    this.#tracker.detach([...this.tracked.values()]);
    this.#recorder.dispose();
    clientsWithProfiler.delete(this.client);
    (await this.#desk)?.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const query of this.options.attach) {
      try {
        this.attach(query);
      } catch (error) {
        this.options.logger.warn(`The option \`attach\`: ${(error as Error).message}`);
      }
    }
    this.#openDesk().then(
      (desk) => desk.register(),
      (error) => this.options.logger.warn(`/profiler cannot answer: ${error}`),
    );
  }

  #receive(interaction: Interaction): void {
    this.#openDesk().then(
      (desk) => desk.receive(interaction),
      // Said once, at the start.
      () => undefined,
    );
  }

  /** What serves Discord is loaded once the bot is ready, so that starting the bot does not wait for it. */
  #openDesk(): Promise<Desk> {
    this.#desk ??= import('./commands/desk.ts').then(({ Desk }) => new Desk(this));
    return this.#desk;
  }
}
