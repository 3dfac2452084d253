import { dirname } from 'node:path';
import type { Client, Interaction } from 'discord.js';
import { measureCallCostNs } from './cog/call-cost.ts';
import { Governor } from './cog/governor.ts';
import { type ProfilerOptions, type ResolvedOptions, resolveOptions } from './cog/options.ts';
import { Recorder } from './cog/recorder.ts';
import { ANY, Rules } from './cog/rules.ts';
import { select } from './cog/select.ts';
import type { AnyFunction, Discovery, Target } from './cog/target.ts';
import { type AttachResult, Tracker } from './cog/tracker.ts';
import type { Desk } from './commands/desk.ts';
import { interceptEvents } from './commands/intercept.ts';
import { ProfilerError } from './errors.ts';
import { createDiscoverer, FRAMEWORK_PACKAGES } from './frameworks/index.ts';
import { SeenInteractions } from './frameworks/interactions.ts';
import { Registry } from './frameworks/registry.ts';
import { Surroundings } from './frameworks/surroundings.ts';
import type { CallSample } from './store/call-samples.ts';
import { MetricStore } from './store/metric-store.ts';
import { type Summary, summariseCogs, summariseTargets } from './store/summary.ts';

const MS_PER_HOUR = 3_600_000;

/** What ends the profiler that the preload made for a client: the bot's own takes its place. */
const PRELOADED = Symbol.for('cogscope.preloaded');

/** The clients that have a profiler, shared with any other copy of this package in the process. */
const CLIENTS = Symbol.for('cogscope.clients');
const shared = globalThis as { [CLIENTS]?: WeakSet<object>; [PRELOADED]?: WeakMap<object, () => void> };
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
  readonly #governor: Governor;
  readonly #registry: Registry;
  readonly #tracker: Tracker;
  #callCostNs: number | undefined;
  readonly #warned = new Set<string>();
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
    shared[PRELOADED]?.get(client)?.();
    if (clientsWithProfiler.has(client)) throw new ProfilerError('ALREADY_INSTALLED');
    clientsWithProfiler.add(client);
    this.#store = new MetricStore(this.options.retentionHours * MS_PER_HOUR);
    this.#governor = new Governor(this.options.budgetPercent / 100, () => this.callCostNs);
    this.#recorder = new Recorder(this.#store, this.#governor);
    const seen = new SeenInteractions();
    const surroundings = new Surroundings(this.rootDir, FRAMEWORK_PACKAGES, seen);
    this.#registry = new Registry(surroundings);
    const registered = () => this.#registry.discover();
    const cogOf = (discovery: Discovery) => this.#cogOf(discovery);
    const failed = (adapter: string, error: unknown) =>
      this.#warnOnce(
        adapter,
        `Not all of what ${adapter} keeps could be found: ${(error as Error)?.stack ?? error}`,
      );
    const discoverer = createDiscoverer({ client, surroundings, registered, cogOf, failed });
    this.#tracker = new Tracker(discoverer, this.#recorder, new Rules());
    this.#restoreEvents = interceptEvents(client, {
      ready: () => this.#start(),
      ours: (interaction) => this.#receive(interaction),
      others: (interaction) => {
        // What goes a new way may be a target that was not known: it is to be timed from its first call on.
        if (seen.note(interaction) && !this.rules.isEmpty) this.#tracker.reconcile();
      },
    });
    if (client.isReady()) this.#start();
  }

  /** The folder against which source files are named, and cogs told apart. */
  get rootDir(): string {
    return this.options.rootDir ?? (process.argv[1] ? dirname(process.argv[1]) : process.cwd());
  }

  /** Everything of the bot that can be tracked now, tracked or not. */
  get targets(): ReadonlyMap<string, Target> {
    return this.#tracker.targets();
  }

  /** What is tracked. */
  get tracked(): ReadonlyMap<string, Target> {
    return this.#tracker.tracked;
  }

  /** What has figures: what is tracked, and what was detached with its figures kept. */
  get recorded(): ReadonlyMap<string, Target> {
    return this.#tracker.recorded;
  }

  /** What is to be tracked, and how; after a change of them, `reconcile` makes it so. */
  get rules(): Rules {
    return this.#tracker.rules;
  }

  /**
   * Starts to track targets: their calls are timed from now on. Groups stay tracked: what becomes a member of one
   * later is timed as well, after a reload too.
   * @param query `all`, a cog, a kind such as `listeners`, `cog/kind`, a target's id or name, or several with commas
   *   or spaces between. A listener that hands interactions on to commands is only attached by its own name
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was attached
   */
  attach(query: string): AttachResult {
    this.#mustBeAlive();
    return this.#tracker.attach(select(query, this.targets, 'apart'));
  }

  /**
   * Stops to track targets, puts the bot's own functions back, and forgets what was recorded of them.
   * @param query as for `attach`, among what is tracked or has figures
   * @param options.keepFigures whether what was recorded stays, for comparison, until its time is over
   * @returns the targets that were tracked and are no more
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was detached
   */
  detach(query: string, { keepFigures = false }: { keepFigures?: boolean } = {}): Target[] {
    return this.#tracker.detach(select(query, this.recorded, 'members'), keepFigures);
  }

  /** Makes what is tracked equal to the rules, now. It happens by itself when the bot loads or reloads something. */
  reconcile(): void {
    this.#mustBeAlive();
    this.#tracker.reconcile();
  }

  /**
   * Calls that take less are counted, but not kept as single calls; from the next call on.
   * @param thresholdMs 0 keeps all
   * @param query whose; without it, of all that have no threshold of their own
   * @returns the targets that the query names
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was changed
   */
  setThreshold(thresholdMs: number, query?: string): Target[] | undefined {
    this.#mustBeAlive();
    const targets = query === undefined ? undefined : select(query, this.targets, 'members').targets;
    this.#tracker.setThreshold(thresholdMs, targets);
    return targets && [...targets];
  }

  /** Why a target is not tracked, even if its group is, as a sentence without its full stop; undefined if it would be. */
  reasonAgainst(target: Target): string | undefined {
    return this.#tracker.reasonAgainst(target);
  }

  /**
   * Makes the methods of an object, or of a class and its instances, targets of the cog `name`. For cogs that live
   * where no adapter looks.
   * @throws ProfilerError INVALID_COG
   */
  register(name: string, cog: object): void {
    this.#mustBeAlive();
    if (typeof name !== 'string' || name.trim() === '') throw new ProfilerError('INVALID_COG', 'has no name');
    if ((typeof cog !== 'object' && typeof cog !== 'function') || cog === null) {
      throw new ProfilerError('INVALID_COG', 'must be an object or a class');
    }
    this.#registry.register(name, cog);
    this.#tracker.changed();
  }

  /**
   * Times one function, from now on until it is detached.
   * @param name `cog/name`, or a name alone: then the cog is told by where the function was written
   * @returns what to call in its place
   * @throws ProfilerError INVALID_FUNCTION
   */
  wrap<Fn extends AnyFunction>(fn: Fn, name: string = fn?.name): Fn {
    this.#mustBeAlive();
    if (typeof fn !== 'function') throw new ProfilerError('INVALID_FUNCTION', 'must be a function');
    if (typeof name !== 'string' || name.trim() === '')
      throw new ProfilerError('INVALID_FUNCTION', 'has no name');
    const { discovery, wrapped } = this.#registry.wrap(fn, name);
    const target = [...this.targets.values()].find(({ slot }) => slot === discovery.slot)!;
    this.#tracker.attach({ groups: [], named: [target], targets: [target] });
    return wrapped as Fn;
  }

  /** The figures of what is tracked, the greatest impact first. */
  summary({ windowMs = this.#store.retentionMs, by = 'target' }: SummaryOptions = {}): Summary {
    this.#recorder.fold();
    const toEpochMs = Date.now();
    const fromEpochMs = toEpochMs - Math.min(windowMs, this.#store.retentionMs);
    const collected = this.#store.collect(fromEpochMs, toEpochMs);
    const summarise = by === 'cog' ? summariseCogs : summariseTargets;
    const rows = summarise(this.recorded.values(), collected, toEpochMs);
    return { fromEpochMs, toEpochMs, rows };
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

  /** What timing adds to one call here, in ns, as it was measured once. */
  get callCostNs(): number {
    this.#callCostNs ??= measureCallCostNs();
    return this.#callCostNs;
  }

  /** What timing took in the last minute or so, in percent of a core: the calls, times the cost of one. */
  get costPercent(): number {
    return this.#governor.averageShare * 100;
  }

  /** Detaches everything, stops every timer, and leaves the client as it was. `/profiler` stays registered. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#restoreEvents();
    this.#tracker.dispose();
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
        // Frameworks may load the bot's files only now.
        this.rules.track({ cog: query, kind: ANY });
        const later = 'A cog of this name is timed as soon as it is loaded.';
        this.options.logger.warn(`The option \`attach\`: ${(error as Error).message} ${later}`);
      }
    }
    this.#tracker.changed();
    this.#openDesk().then(
      (desk) => desk.register(),
      (error) => this.options.logger.warn(`/profiler cannot answer: ${error}`),
    );
  }

  #mustBeAlive(): void {
    if (this.#destroyed) throw new ProfilerError('DESTROYED');
  }

  #cogOf(discovery: Discovery): string | undefined {
    try {
      const cog = this.options.cogOf?.(discovery);
      return typeof cog === 'string' && cog !== '' ? cog : undefined;
    } catch (error) {
      this.#warnOnce('cogOf', `The option \`cogOf\` threw: ${error}`);
      return undefined;
    }
  }

  #warnOnce(about: string, message: string): void {
    if (this.#warned.has(about)) return;
    this.#warned.add(about);
    this.options.logger.warn(message);
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
