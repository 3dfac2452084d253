import type { Client } from 'discord.js';
import type { SentDeadlines } from '../deadline/acknowledgements.ts';
import type { SentDetails } from '../details.ts';
import type { SentInFlight } from '../inflight/report.ts';
import type { SentMemory } from '../memory/report.ts';
import type { MeantTarget, SentRest } from '../rest/requests.ts';
import type { RecordAnswer, RecordAsked, RecordedAnswer } from '../sampling/shard-recordings.ts';
import type { SentFigures } from '../store/figures.ts';
import type { Settings } from '../store/settings.ts';
import type { SentTraces } from '../trace/sent-traces.ts';

/** Which figures: those of the last so many ms, or since something happened. */
export interface Window {
  readonly windowMs?: number | undefined;
  readonly since?: 'start' | 'reload' | undefined;
}

/** What a profiler does for those of the other shards. Arguments and results travel as JSON. */
export interface Peer {
  figures(window: Window): Promise<SentFigures>;
  details(asked: { readonly targetId: string; readonly window: Window }): Promise<SentDetails>;
  /** @returns the tokens of the erasures that are carried out there */
  apply(settings: Settings): Promise<readonly string[]>;
  deadlines(asked: { readonly windowMs?: number | undefined }): Promise<SentDeadlines>;
  inFlight(asked: { readonly limit: number }): Promise<SentInFlight>;
  /**
   * Forgets deadlines, requests and single calls as they went.
   * @param asked.targets of which targets; without them, of all
   */
  forget(asked: { readonly targets?: readonly MeantTarget[] | undefined }): Promise<void>;
  /** @param asked.untilEpochMs without it, they are verbose no more */
  setVerbose(asked: {
    readonly targetIds: readonly string[];
    readonly untilEpochMs?: number | undefined;
  }): Promise<void>;
  traces(asked: { readonly targetId: string }): Promise<SentTraces>;
  rest(asked: { readonly windowMs?: number | undefined }): Promise<SentRest>;
  record(asked: RecordAsked): Promise<RecordAnswer>;
  recorded(asked: { readonly token: string }): Promise<RecordedAnswer>;
  /** @param asked.isKept whether what was recorded until then is to be kept */
  endRecording(asked: { readonly token: string; readonly isKept: boolean }): Promise<void>;
  memory(asked: object): Promise<SentMemory>;
}

/** The profilers of this process, for those of others to find, whichever copy of this package they come from. */
const PEERS = Symbol.for('cogscope.peers');
const shared = globalThis as { [PEERS]?: WeakMap<object, Peer> };
shared[PEERS] ??= new WeakMap();
const peers = shared[PEERS];

/** A shard may be busy, or hang: the others are shown without it. */
const ANSWER_WITHIN_MS = 4_000;

/** The other processes of a bot that is spread over several, as far as they can be asked: by a ShardingManager. */
export class Peers {
  readonly #client: Client;

  constructor(client: Client, own: Peer) {
    this.#client = client;
    peers.set(client, own);
  }

  dispose(): void {
    peers.delete(this.#client);
  }

  /** The first shard of this process, which stands for it. */
  get own(): number {
    const { shard, options } = this.#client;
    if (shard) return shard.ids[0] ?? 0;
    return Array.isArray(options.shards) ? Math.min(...options.shards) : 0;
  }

  /** The shards that other processes may stand for. */
  get others(): number[] {
    const { shard, options } = this.#client;
    const ids = shard?.ids ?? (Array.isArray(options.shards) ? options.shards : undefined);
    // One process for all shards, as a bot has by default.
    if (ids === undefined) return [];
    const count = shard?.count ?? options.shardCount ?? 1;
    return Array.from({ length: count }, (_, id) => id).filter((id) => !ids.includes(id));
  }

  /** Whether the others can be asked. */
  get canAsk(): boolean {
    return this.#client.shard !== null && this.others.length > 0;
  }

  /** @returns what each shard answered; undefined for one that did not, or has no profiler */
  async ask<Method extends keyof Peer>(
    method: Method,
    argument: Parameters<Peer[Method]>[0],
  ): Promise<Map<number, Awaited<ReturnType<Peer[Method]>> | undefined>> {
    const answers = this.others.map(async (id) => [id, await this.#askOne(id, method, argument)] as const);
    return new Map(await Promise.all(answers)) as never;
  }

  async #askOne(shard: number, method: keyof Peer, argument: unknown): Promise<unknown> {
    const timeout = Promise.withResolvers<undefined>();
    const timer = setTimeout(timeout.resolve, ANSWER_WITHIN_MS, undefined).unref();
    try {
      // The function travels as text: it must not refer to anything around it.
      const answer = this.#client.shard!.broadcastEval(
        async (client, context) => {
          const found = (globalThis as never as Record<symbol, WeakMap<object, Peer> | undefined>)[
            Symbol.for('cogscope.peers')
          ]?.get(client);
          return (await found?.[context.method as keyof Peer](context.argument as never)) ?? null;
        },
        { shard, context: { method, argument } },
      );
      return (await Promise.race([answer, timeout.promise])) ?? undefined;
    } catch {
      // It is being spawned, or gone.
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
