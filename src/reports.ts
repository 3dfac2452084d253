import type { Stack } from './cog/error-stack.ts';
import { identityFrom } from './cog/identify.ts';
import type { Origin } from './cog/origins.ts';
import type { Recorder } from './cog/recorder.ts';
import type { Selectable } from './cog/select.ts';
import type { Target } from './cog/target.ts';
import type { Tracker } from './cog/tracker.ts';
import { type Deadlines, deadlineRows } from './deadline/report.ts';
import { detailsOf, type SentDetails, type ShardDetails, type TargetDetails } from './details.ts';
import type { StackText } from './frameworks/stack-text.ts';
import { inFlightHere, suspects } from './inflight/calls.ts';
import { type InFlight, inFlightOf, type SentInFlight } from './inflight/report.ts';
import type { Usual } from './inflight/stuck.ts';
import { type CallSamples, observe, samplesOf } from './observations.ts';
import { type RestReport, restReport } from './rest/report.ts';
import type { Peer, Peers, Window } from './shards/peers.ts';
import type { ShardPing } from './shards/pings.ts';
import { Figures, type SentFigures } from './store/figures.ts';
import { type HeavyHitterOfAll, heaviestOf, totalsOf } from './store/heaviest/summary.ts';
import type { Storage } from './store/storage.ts';
import { type Grouping, type Summary, type SummaryRow, summarise } from './store/summary.ts';
import { Timeline } from './store/timeline.ts';
import { mergeTraces, type TraceSet } from './trace/kept-traces.ts';
import { receiveTraces, type SentTraces, sendTraces } from './trace/sent-traces.ts';
import type { Watch } from './watch.ts';

/** What reports are made of. */
export interface Sources {
  readonly recorder: Recorder;
  readonly tracker: Tracker;
  readonly watch: Watch;
  readonly storage: Storage;
  readonly peers: Peers;
  /** Resolved when what was kept before is there: it counts from the start. */
  readonly opened: Promise<void> | undefined;
  /** Everything of the bot that can be tracked; to find it takes time. */
  readonly targets: ReadonlyMap<string, Target>;
  textOf(stack: Stack): StackText;
  pings(): readonly ShardPing[];
}

/** What is usual for a target is told by so much of the past. */
const USUAL_OVER_MS = 3_600_000;
/** The calls of a target that were kept as they went. */
export interface TracesOfAll extends TraceSet {
  /** Shards that did not answer. */
  readonly missingShards: readonly number[];
}

/** What is known of other shards. */
interface FromOthers<T> {
  readonly shards: Map<number, T>;
  /** Those of them that did not answer, but write to the same store. */
  readonly stored: readonly number[];
  readonly missing: readonly number[];
}

/** Everything that has figures: what is tracked, what was, and what is in a summary by target. */
export function knownTargets(
  rows: readonly SummaryRow[],
  recorded: ReadonlyMap<string, Target>,
): Map<string, Selectable> {
  return new Map<string, Selectable>([...rows.map(({ id }) => [id, identityFrom(id)] as const), ...recorded]);
}

/** What this process knows, for the others; and what all of them know together. */
export class Reports {
  readonly #sources: Sources;
  readonly #startedAtEpochMs = Date.now();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** See `Profiler.summary`. */
  async summary(by: Grouping, window: Window): Promise<Summary> {
    const { tracker, peers, storage } = this.#sources;
    const own = await this.#collect(window);
    const { shards, missing } = await this.#othersFigures(window);
    shards.set(peers.own, own);
    // Each is put together anew when it is asked for.
    const { recorded } = tracker;
    let targets: ReadonlyMap<string, Target> | undefined;
    const identityOf = (id: string) =>
      recorded.get(id) ?? (targets ??= this.#sources.targets).get(id) ?? identityFrom(id);
    return {
      fromEpochMs: this.#windowStart(window),
      toEpochMs: Date.now(),
      rows: await summarise(by, shards, this.#fromOf(window), identityOf),
      missingShards: missing,
      problem: storage.state.problem,
    };
  }

  /** See `Profiler.details`. */
  async details(targetId: string, window: Window): Promise<TargetDetails | undefined> {
    const { tracker, peers, storage } = this.#sources;
    const own = await this.#ownDetails(targetId, window);
    const { shards, stored, missing } = await this.#othersDetails(targetId, window);
    shards.set(peers.own, own);
    const identity = tracker.recorded.get(targetId) ?? identityFrom(targetId);
    const details = await detailsOf(identity, shards, this.#fromOf(window));
    return (
      details && {
        ...details,
        summary: {
          fromEpochMs: this.#windowStart(window),
          toEpochMs: Date.now(),
          missingShards: missing,
          shardsWithoutCalls: stored,
          problem: storage.state.problem,
        },
        thresholdMs: tracker.rules.thresholdMsOf(targetId),
      }
    );
  }

  /** See `Profiler.deadlines`. */
  async deadlines(windowMs: number | undefined): Promise<Deadlines> {
    const { watch, peers } = this.#sources;
    const { rows, fromEpochMs } = watch.acknowledgements.read(windowMs);
    const answers = peers.canAsk ? await peers.ask('deadlines', { windowMs }) : new Map<number, undefined>();
    for (const answer of answers.values()) if (answer !== undefined) rows.merge(answer.rows);
    return {
      fromEpochMs: Math.min(
        fromEpochMs,
        ...[...answers.values()].map((answer) => answer?.fromEpochMs ?? fromEpochMs),
      ),
      toEpochMs: Date.now(),
      rows: deadlineRows(rows),
      missingShards: peers.others.filter((shard) => answers.get(shard) === undefined),
    };
  }

  /** See `Profiler.inFlight`. */
  async inFlight(limit: number): Promise<InFlight> {
    const { peers } = this.#sources;
    const asking = peers.canAsk ? peers.ask('inFlight', { limit }) : undefined;
    const own = await this.sendInFlight(limit);
    const answers = (await asking) ?? new Map<number, SentInFlight | undefined>();
    const others = [...answers.values()].filter((answer) => answer !== undefined);
    return {
      atEpochMs: Date.now(),
      ...inFlightOf([own, ...others], limit),
      missingShards: peers.others.filter((shard) => answers.get(shard) === undefined),
    };
  }

  /** See `Profiler.traces`. */
  async traces(targetId: string): Promise<TracesOfAll> {
    const { watch, peers } = this.#sources;
    const answers = peers.canAsk ? await peers.ask('traces', { targetId }) : new Map<number, undefined>();
    const sent = [...answers.values()].flatMap((answer) => answer ?? []);
    return {
      ...mergeTraces([watch.tracer.traces(targetId), ...sent.map(receiveTraces)]),
      missingShards: peers.others.filter((shard) => answers.get(shard) === undefined),
    };
  }

  /** What this process has kept of the calls of a target, for the others. */
  sendTraces(targetId: string): SentTraces {
    return sendTraces(this.#sources.watch.tracer.traces(targetId));
  }

  /** See `Profiler.rest`. */
  async rest(windowMs: number | undefined): Promise<RestReport> {
    const { peers, watch } = this.#sources;
    const shards = new Map([[peers.own, watch.sendRequests(windowMs)]]);
    if (peers.canAsk) {
      for (const [shard, sent] of await peers.ask('rest', { windowMs })) {
        if (sent !== undefined) shards.set(shard, sent);
      }
    }
    return restReport(
      shards,
      peers.others.filter((shard) => !shards.has(shard)),
    );
  }

  /** See `Profiler.heaviest`. */
  async heaviest(origin: Origin, window: Window): Promise<HeavyHitterOfAll[]> {
    const { shards } = await this.#othersFigures(window);
    shards.set(this.#sources.peers.own, await this.#collect(window));
    return heaviestOf(origin, await totalsOf(shards.values()));
  }

  /** See `Profiler.calls`. */
  calls(targetId: string): CallSamples | undefined {
    const { recorder, peers, textOf } = this.#sources;
    const found = recorder.look(targetId);
    return found && samplesOf(found.calls, peers.own, textOf);
  }

  /** The figures of this process, for the others. */
  async sendFigures(window: Window): Promise<SentFigures> {
    return (await this.#collect(window)).send();
  }

  /** What this process knows of a target, for the others. */
  async sendDetails(targetId: string, window: Window): Promise<SentDetails> {
    const { timeline, ...rest } = await this.#ownDetails(targetId, window);
    return { ...rest, timeline: await timeline.send() };
  }

  /** The calls that this process has in flight, for the others. */
  async sendInFlight(limit: number): Promise<SentInFlight> {
    const { recorder, tracker, peers, watch, pings } = this.#sources;
    const { unsettled, store } = recorder;
    const usual = await this.#usualOf(suspects(unsettled));
    const here = inFlightHere(
      {
        unsettled,
        shard: peers.own,
        erasures: store.erasures,
        usualOf: (id) => usual.get(id),
        goneOf: ({ targetId, index }, startedAtNs) => {
          if (index === -1 || !tracker.tracked.has(targetId)) return 'detached';
          return startedAtNs < (tracker.replacedAtNs(targetId) ?? 0) ? 'replaced' : undefined;
        },
        waits: watch.waits,
      },
      limit,
    );
    return { ...here, pings: pings() };
  }

  /** How long the calls of targets usually take, in this process. */
  async #usualOf(targetIds: ReadonlySet<string>): Promise<Map<string, Usual>> {
    const usual = new Map<string, Usual>();
    if (targetIds.size === 0) return usual;
    const { rows } = await this.#collect({ windowMs: USUAL_OVER_MS });
    for (const id of targetIds) {
      const row = rows.get(id);
      if (row !== undefined && row.count > 0)
        usual.set(id, { count: row.count, p99Ms: row.quantilesMs([0.99])[0]! });
    }
    return usual;
  }

  #windowStart({ windowMs = Number.POSITIVE_INFINITY, since }: Window): number {
    const fromEpochMs = Date.now() - Math.min(windowMs, this.#sources.storage.retentionMs);
    return since === undefined ? fromEpochMs : Math.max(fromEpochMs, this.#startedAtEpochMs);
  }

  /** From when on the calls of a target count, in Unix ms. */
  #fromOf(window: Window): (targetId: string) => number {
    const fromEpochMs = this.#windowStart(window);
    if (window.since !== 'reload') return () => fromEpochMs;
    const { tracker } = this.#sources;
    return (id) => Math.max(fromEpochMs, tracker.reloadedAtEpochMs(identityFrom(id).cog) ?? 0);
  }

  async #collect(window: Window): Promise<Figures> {
    await this.#sources.opened;
    return this.#sources.storage.collect(this.#fromOf(window), this.#windowStart(window));
  }

  #othersFigures(window: Window): Promise<FromOthers<Figures>> {
    return this.#fromOthers('figures', window, Figures.receive, (silent) =>
      this.#sources.storage.collectOthers(silent, this.#fromOf(window), this.#windowStart(window)),
    );
  }

  async #ownDetails(targetId: string, window: Window): Promise<ShardDetails & { isTracked: boolean }> {
    const { recorder, tracker, storage, peers, opened, textOf } = this.#sources;
    await opened;
    const timeline = await storage.timeline(targetId, this.#fromOf(window)(targetId));
    const found = recorder.look(targetId);
    const target =
      tracker.recorded.get(targetId) ?? (timeline.isKnown ? this.#sources.targets.get(targetId) : undefined);
    const location = target?.location;
    return {
      timeline,
      ...(found && { observations: observe(found, peers.own, textOf) }),
      isTracked: tracker.tracked.has(targetId),
      ...(location && { location }),
    };
  }

  #othersDetails(targetId: string, window: Window): Promise<FromOthers<ShardDetails>> {
    return this.#fromOthers(
      'details',
      { targetId, window },
      async (sent) => ({ ...sent, timeline: await Timeline.receive(targetId, sent.timeline) }),
      async (silent) => {
        const fromEpochMs = this.#fromOf(window)(targetId);
        const timelines = await this.#sources.storage.othersTimelines(silent, targetId, fromEpochMs);
        return new Map([...timelines].map(([shard, timeline]) => [shard, { timeline }]));
      },
    );
  }

  /** What other shards answer; of those that do not, what they have written to the same store. */
  async #fromOthers<Method extends 'figures' | 'details', T>(
    method: Method,
    argument: Parameters<Peer[Method]>[0],
    receive: (sent: Awaited<ReturnType<Peer[Method]>>) => Promise<T>,
    read: (silent: readonly number[]) => Promise<Map<number, T>>,
  ): Promise<FromOthers<T>> {
    const { peers } = this.#sources;
    const { others, canAsk } = peers;
    const shards = new Map<number, T>();
    if (canAsk) {
      for (const [shard, sent] of await peers.ask(method, argument)) {
        if (sent !== undefined) shards.set(shard, await receive(sent));
      }
    }
    const stored = await read(others.filter((shard) => !shards.has(shard)));
    for (const [shard, found] of stored) shards.set(shard, found);
    return { shards, stored: [...stored.keys()], missing: others.filter((shard) => !shards.has(shard)) };
  }
}
