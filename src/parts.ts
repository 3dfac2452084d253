import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'discord.js';
import { measureCallCostNs } from './cog/call-cost.ts';
import { Governor } from './cog/governor.ts';
import type { ResolvedOptions } from './cog/options.ts';
import { OriginReader } from './cog/origins.ts';
import { Recorder } from './cog/recorder.ts';
import { ANY, Rules } from './cog/rules.ts';
import { select } from './cog/select.ts';
import type { Discovery } from './cog/target.ts';
import { Tracker } from './cog/tracker.ts';
import { createDiscoverer, FRAMEWORK_PACKAGES } from './frameworks/index.ts';
import { type InteractionPath, SeenInteractions } from './frameworks/interactions.ts';
import { Registry } from './frameworks/registry.ts';
import { stackText } from './frameworks/stack-text.ts';
import { Surroundings } from './frameworks/surroundings.ts';
import { Memory } from './memory/memory.ts';
import { Reports } from './reports.ts';
import type { MeantTarget } from './rest/requests.ts';
import { gatewayOf } from './sampling/collectors/gateway-of.ts';
import { Recordings, type StartUp } from './sampling/recordings.ts';
import { Peers } from './shards/peers.ts';
import { shardPings } from './shards/pings.ts';
import { MetricStore } from './store/metric-store.ts';
import { Storage } from './store/storage.ts';
import { Watch } from './watch.ts';

const MS_PER_HOUR = 3_600_000;

/** What the parts need of the profiler that is made of them. */
export interface Whole {
  readonly client: Client;
  readonly options: ResolvedOptions;
  readonly rootDir: string;
}

/**
 * All that a profiler is made of: which part needs which other one stands here, and nowhere else. Each lives until
 * `dispose`.
 */
export class Parts {
  readonly recorder: Recorder;
  readonly governor: Governor;
  readonly registry: Registry;
  readonly tracker: Tracker;
  readonly watch: Watch;
  readonly storage: Storage;
  readonly peers: Peers;
  readonly reports: Reports;
  readonly memory: Memory;
  readonly recordings: Recordings;
  readonly #whole: Whole;
  readonly #seen = new SeenInteractions();
  readonly #surroundings: Surroundings;
  readonly #warned = new Set<string>();
  readonly #startUp: StartUp | undefined;
  #callCostNs: number | undefined;
  #opening: Promise<void> | undefined;
  #isDisposed = false;

  constructor(whole: Whole) {
    this.#whole = whole;
    const { client, options, rootDir } = whole;
    const { budgetPercent, heavyHitters } = options;
    this.governor = new Governor(budgetPercent / 100, () => this.callCostNs);
    const reader = heavyHitters.length === 0 ? undefined : new OriginReader(heavyHitters);
    this.recorder = new Recorder(new MetricStore(), this.governor, reader);
    this.#surroundings = new Surroundings(rootDir, FRAMEWORK_PACKAGES, this.#seen);
    this.registry = new Registry(this.#surroundings);
    this.tracker = this.#createTracker();
    this.watch = new Watch(
      this.recorder,
      () => this.peers.own,
      () => this.recordings.isRecording,
    );
    this.peers = this.#createPeers(client);
    this.storage = this.#createStorage();
    this.memory = this.#createMemory();
    this.reports = this.#createReports();
    this.recordings = this.#createRecordings();
    this.#startUp = this.#recordStartup();
  }

  /** Resolved when what was kept before is there; undefined before `start`. */
  get opened(): Promise<void> | undefined {
    return this.#opening;
  }

  /** See `Profiler.callCostNs`. */
  get callCostNs(): number {
    this.#callCostNs ??= measureCallCostNs(this.recorder.reader);
    return this.#callCostNs;
  }

  /** The client is ready. */
  start(): void {
    const { client } = this.#whole;
    this.#startUp?.ready();
    this.#opening = this.#openStorage();
    this.watch.start(client.rest);
    this.memory.start();
    this.tracker.changed();
  }

  /** An interaction goes to the bot, and its listeners are called next. Never throws. */
  received(interaction: unknown, path: InteractionPath): void {
    this.watch.received(interaction, path);
    // What goes a new way may be a target that was not known: it is to be timed from its first call on.
    if (this.#seen.note(path) && !this.tracker.rules.isEmpty) this.tracker.reconcile();
  }

  /** Forgets what each process has in its memory alone. */
  async forgetInMemory(identities?: readonly MeantTarget[]): Promise<void> {
    const targets = identities?.map(({ id, kind, name }) => ({ id, kind, name }));
    this.watch.forget(targets);
    if (this.peers.canAsk) await this.peers.ask('forget', { targets });
  }

  /** All but what is still to be written happens at once. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const recordings = this.recordings.dispose();
    this.tracker.dispose();
    this.recorder.dispose();
    this.peers.dispose();
    this.watch[Symbol.dispose]();
    this.memory[Symbol.dispose]();
    await recordings;
    await this.storage.close();
  }

  /** What the owner has set in Discord counts before the option. */
  async #openStorage(): Promise<void> {
    const { application, user } = this.#whole.client;
    const shard = { application: application?.id ?? user!.id, shard: this.peers.own };
    const mayBeSet = this.storage.mayHaveSettings(shard);
    if (!mayBeSet) this.#attachAtStart();
    const hasRules = await this.storage.open(shard);
    if (mayBeSet && !hasRules && !this.#isDisposed) this.#attachAtStart();
  }

  #attachAtStart(): void {
    const { attach, logger } = this.#whole.options;
    for (const query of attach) {
      try {
        this.tracker.attach(select(query, this.tracker.targets(), 'apart'));
      } catch (error) {
        // Frameworks may load the bot's files only now.
        this.tracker.rules.track({ cog: query, kind: ANY });
        const later = 'A cog of this name is timed as soon as it is loaded.';
        logger.warn(`The option \`attach\`: ${(error as Error).message} ${later}`);
      }
    }
    this.storage.takeRulesAsGiven();
  }

  #createTracker(): Tracker {
    const discoverer = createDiscoverer({
      client: this.#whole.client,
      surroundings: this.#surroundings,
      registered: () => this.registry.discover(),
      cogOf: (discovery) => this.#cogOf(discovery),
      failed: (adapter, error) => {
        const why = (error as Error)?.stack ?? error;
        this.#warnOnce(adapter, `Not all of what ${adapter} keeps could be found: ${why}`);
      },
    });
    return new Tracker(discoverer, this.recorder, new Rules(), {
      retentionMs: () => this.storage.retentionMs,
      forgot: (targetId) => {
        this.storage.forget(targetId);
        this.watch.tracer.setVerbose([targetId], undefined);
        this.watch.tracer.forget([targetId]);
      },
      looked: (present) => this.memory.lookForReloads(present),
    });
  }

  #createPeers(client: Client): Peers {
    const { watch } = this;
    return new Peers(client, {
      figures: (window) => this.reports.sendFigures(window),
      details: ({ targetId, window }) => this.reports.sendDetails(targetId, window),
      apply: (settings) => this.storage.hear(settings),
      inFlight: ({ limit }) => this.reports.sendInFlight(limit),
      deadlines: async ({ windowMs }) => watch.acknowledgements.send(windowMs),
      forget: async ({ targets }) => watch.forget(targets),
      setVerbose: async ({ targetIds, untilEpochMs }) => watch.tracer.setVerbose(targetIds, untilEpochMs),
      traces: async ({ targetId }) => this.reports.sendTraces(targetId),
      rest: async ({ windowMs }) => watch.sendRequests(windowMs),
      record: (asked) => this.recordings.forOthers.record(asked),
      recorded: async (asked) => this.recordings.forOthers.recorded(asked),
      endRecording: async (asked) => this.recordings.forOthers.end(asked),
      memory: () => this.memory.send(),
    });
  }

  #createStorage(): Storage {
    const { store, save, profileDir, retentionHours, heavyHitters, logger } = this.#whole.options;
    const fileOf = (application: string) => join(profileDir, `cogscope-${application}.sqlite`);
    let isAnnouncing = false;
    return new Storage(
      this.recorder,
      {
        storeOf: (application) => store ?? `sqlite:${fileOf(application)}`,
        exists: (application) => store !== undefined || existsSync(fileOf(application)),
        save,
        retentionMs: retentionHours * MS_PER_HOUR,
        origins: heavyHitters,
        warn: (message) => logger.warn(message),
      },
      {
        rules: this.tracker.rules,
        restored: () => {
          this.tracker.reconcile();
          this.tracker.applyThresholds();
        },
        announce: () => {
          if (isAnnouncing || !this.peers.canAsk) return;
          isAnnouncing = true;
          // Much may change at once, as where everything is detached.
          setImmediate(() => {
            isAnnouncing = false;
            if (!this.#isDisposed) void this.peers.ask('apply', this.storage.settings);
          });
        },
        tell: async () => (this.peers.canAsk ? this.peers.ask('apply', this.storage.settings) : undefined),
        others: () => this.peers.others,
      },
    );
  }

  #createMemory(): Memory {
    const { peers, watch } = this;
    const { client, options, rootDir } = this.#whole;
    const surroundings = this.#surroundings;
    return new Memory({
      client,
      rootDir,
      profiler: [this.#whole, this],
      profileDir: options.profileDir,
      targets: () => this.tracker.targets().values(),
      surroundings,
      inFlight: () => this.recorder.unsettled.count,
      codeOf: (fn) => surroundings.codeOf(fn),
      closureOf: (fn) => surroundings.closureOf(fn),
      locationOf: (fn) => surroundings.locationOf(fn),
      isFrameworkCode: (location) => surroundings.isFrameworkCode(location),
      lookAgain: () => this.tracker.reconcile(),
      forEachCall: (visit) => {
        this.recorder.unsettled.forEach(({ targetId }, { startedAtNs }) => {
          visit(targetId, startedAtNs);
        });
      },
      warn: (message) => options.logger.warn(message),
      askOthers: async () =>
        peers.canAsk ? peers.ask('memory', {}) : new Map(peers.others.map((shard) => [shard, undefined])),
      get shard() {
        return peers.own;
      },
      allocations: {
        contexts: watch.contexts,
        get name() {
          return client.user?.username ?? 'bot';
        },
        isTracked: (targetId) => this.tracker.tracked.has(targetId),
        cogOfFile: (file) => this.#cogOfFile(file),
      },
    });
  }

  #createReports(): Reports {
    const parts = this;
    const { client, rootDir } = this.#whole;
    return new Reports({
      recorder: this.recorder,
      tracker: this.tracker,
      watch: this.watch,
      storage: this.storage,
      peers: this.peers,
      get opened() {
        return parts.opened;
      },
      get targets() {
        return parts.tracker.targets();
      },
      pings: () => shardPings(client),
      textOf: (stack) => stackText(stack, this.#surroundings, rootDir),
    });
  }

  #createRecordings(): Recordings {
    const { peers, watch } = this;
    const { client, options } = this.#whole;
    return new Recordings({
      contexts: watch.contexts,
      requests: watch.requests,
      profileDir: options.profileDir,
      collectors: options.collectors,
      collected: {
        waitingRequests: () => watch.waitingRequests,
        get gateway() {
          return gatewayOf(client);
        },
      },
      get name() {
        return client.user?.username ?? 'bot';
      },
      get shard() {
        return peers.own;
      },
      others: {
        get canAsk() {
          return peers.canAsk;
        },
        record: (asked) => peers.ask('record', asked),
        recorded: (asked) => peers.ask('recorded', asked),
        endRecording: (asked) => peers.ask('endRecording', asked),
      },
      isTracked: (targetId) => this.tracker.tracked.has(targetId),
      cogOfFile: (file) => this.#cogOfFile(file),
    });
  }

  /** The bot starts, whether that can be recorded or not. */
  #recordStartup(): StartUp | undefined {
    const { recordStartup, logger } = this.#whole.options;
    const fail = (error: Error) => {
      if (!this.#isDisposed) logger.warn(`The start of the bot is not recorded. ${error.message}`);
    };
    try {
      const startUp = this.recordings.startUp(recordStartup?.afterReadyMs);
      startUp?.recording.done.catch(fail);
      return startUp;
    } catch (error) {
      fail(error as Error);
      return undefined;
    }
  }

  /** The cog that all targets of a file are of, else the one that the file's place makes it a part of. */
  #cogOfFile(file: string): string {
    const cogs = new Set<string>();
    for (const { cog, location } of this.tracker.targets().values()) {
      if (location?.file === file) cogs.add(cog);
    }
    const [only] = cogs;
    return cogs.size === 1 ? only! : this.#surroundings.cogOf({ file, line: 1, column: 1 });
  }

  #cogOf(discovery: Discovery): string | undefined {
    try {
      const cog = this.#whole.options.cogOf?.(discovery);
      return typeof cog === 'string' && cog !== '' ? cog : undefined;
    } catch (error) {
      this.#warnOnce('cogOf', `The option \`cogOf\` threw: ${error}`);
      return undefined;
    }
  }

  #warnOnce(about: string, message: string): void {
    if (this.#warned.has(about)) return;
    this.#warned.add(about);
    this.#whole.options.logger.warn(message);
  }
}
