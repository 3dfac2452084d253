import { monotonicNs } from '../cog/clock.ts';
import { errorKind } from '../cog/error-kind.ts';
import { type InteractionPath, pathOf } from '../frameworks/interactions.ts';
import { type MissKind, missOf, type SentFigures } from './figures.ts';
import { LeastSeen } from './least-seen.ts';
import { type AckRows, Ledger } from './ledger.ts';
import { LoopActivity } from './loop-activity.ts';
import { type PhaseTimes, TOKEN_LIFETIME_MS } from './phases.ts';
import { isOver, missed, type Received } from './received.ts';

const NS_PER_MS = 1e6;
/** Ids of Discord begin with the time in ms since 2015, shifted by 22 bits. */
const ID_EPOCH_MS = 1_420_070_400_000;
const ID_MS = 2 ** 22;

/** Discord's error codes. */
const UNKNOWN_INTERACTION = 10062;
const ALREADY_ACKNOWLEDGED = 40060;
const UNKNOWN_WEBHOOK = 10015;
const INVALID_WEBHOOK_TOKEN = 50027;

/** How many interactions that wait are followed at once, and how many that were answered are remembered. */
const MOST_OPEN = 4_096;
const MOST_ANSWERED = 1_024;

/** What of an interaction is looked at. */
interface InteractionLike {
  readonly id?: unknown;
  readonly token?: unknown;
  readonly guild?: { readonly shardId?: number } | null;
}

interface MessageLike {
  readonly interactionMetadata?: { readonly id?: unknown } | null;
  readonly interaction?: { readonly id?: unknown } | null;
}

/** What one process answers to the others. */
export interface SentDeadlines {
  readonly rows: readonly SentFigures[];
  readonly fromEpochMs: number;
}

/** What is told when a request that was sent has its response: the error, where there was one. */
export type Settled = (error?: unknown) => void;

/**
 * How the bot's interactions are acknowledged: always watched, in the memory of this process alone. Interactions and
 * requests are joined by the interaction's id, which stands in the route, so that no async context is needed.
 */
export class Acknowledgements implements Disposable {
  readonly #ledger = new Ledger();
  readonly #delays = new Map<number, LeastSeen>();
  readonly #activity = new LoopActivity();
  /** Those that this process has not acknowledged, by their id, the oldest first. */
  readonly #open = new Map<string, Received>();
  /** The same of those that are acknowledged: for what comes of them later. */
  readonly #answered = new Map<string, Received>();

  /** An interaction reached the bot, and its listeners are called next. Never throws. */
  received(interaction: unknown): void {
    const path = pathOf(interaction);
    if (path === undefined) return;
    const { id, token, guild } = interaction as InteractionLike;
    if (typeof id !== 'string' || this.#open.has(id) || this.#answered.has(id)) return;
    const atEpochMs = Date.now();
    const atMs = nowMs();
    this.#expire(atMs);
    this.#activity.start();
    const lateMs = this.#lateMs(id, guild?.shardId ?? 0, atMs);
    const loopMs = Math.min(lateMs, this.#activity.mostWaitedMs());
    this.#ledger.change(path, atEpochMs, ({ counts }) => counts.count++);
    const gatewayMs = lateMs - loopMs;
    const nothingYet = { sentAtMs: undefined, inFlight: 0, isOurs: false, error: undefined };
    this.#open.set(id, { path, token, atEpochMs, atMs, gatewayMs, loopMs, ...nothingYet });
  }

  /** An interaction with us: it tells only how late what comes from Discord is. */
  receivedOurs({ id, guild }: InteractionLike): void {
    if (typeof id === 'string') this.#lateMs(id, guild?.shardId ?? 0, nowMs());
  }

  /** Whether `messageSeen` is worth calling. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /**
   * A message came. Where it is the answer to an interaction that this process has not acknowledged, another process
   * of the bot has. Nothing shows that of answers that only their user sees, and without the intent for messages.
   */
  messageSeen(message: unknown): void {
    const { interactionMetadata, interaction } = (message ?? {}) as MessageLike;
    const id = (interactionMetadata ?? interaction)?.id;
    const found = typeof id === 'string' ? this.#open.get(id) : undefined;
    if (found === undefined || found.sentAtMs !== undefined) return;
    this.#close(id as string, found);
    this.#count(found, 'elsewhere');
  }

  /**
   * An acknowledgement is sent.
   * @returns what is to be told of the response; undefined for an interaction that is not known
   */
  sent(id: string): Settled | undefined {
    const known = this.#open.get(id) ?? this.#answered.get(id);
    if (known === undefined) return undefined;
    const sentAtMs = nowMs();
    known.sentAtMs ??= sentAtMs;
    known.inFlight++;
    return (error) => this.#settled(id, known, sentAtMs, error);
  }

  /** A request with the token of an interaction, beyond its acknowledgement, has failed. */
  tokenFailed(token: string, error: unknown): void {
    const code = codeOf(error);
    if (code !== INVALID_WEBHOOK_TOKEN && code !== UNKNOWN_WEBHOOK) return;
    for (const answered of this.#answered.values()) {
      if (answered.token === token) this.#count(answered, 'expired');
    }
  }

  /**
   * The figures of so long, with those that have missed the deadline, though something may still come of them.
   * @param windowMs up to an hour, by ten minutes; default, and for more: since the beginning
   */
  read(windowMs = Number.POSITIVE_INFINITY): { rows: AckRows; fromEpochMs: number } {
    const atMs = nowMs();
    this.#expire(atMs);
    const fromEpochMs = this.#ledger.fromEpochMs(windowMs);
    const rows = this.#ledger.read(windowMs);
    for (const open of this.#open.values()) {
      if (open.atEpochMs >= fromEpochMs && isOver(open, atMs)) rows.of(open.path).missed(missed(open));
    }
    return { rows, fromEpochMs };
  }

  send(windowMs?: number): SentDeadlines {
    const { rows, fromEpochMs } = this.read(windowMs);
    return { rows: rows.send(), fromEpochMs };
  }

  /** @param paths of which commands; without them, of all. Those that are under way are forgotten too. */
  forget(paths?: readonly InteractionPath[]): void {
    this.#ledger.forget(paths);
    const isMeant = (own: InteractionPath) =>
      paths?.some(({ kind, name }) => own.kind === kind && own.name === name) ?? true;
    for (const known of [this.#open, this.#answered]) {
      for (const [id, { path }] of known) if (isMeant(path)) known.delete(id);
    }
  }

  [Symbol.dispose](): void {
    this.#activity[Symbol.dispose]();
    this.#open.clear();
    this.#answered.clear();
  }

  #settled(id: string, received: Received, sentAtMs: number, error: unknown): void {
    received.inFlight--;
    const code = error === undefined ? undefined : codeOf(error);
    // While another one is under way, that is what has acknowledged it.
    const isDouble = code === ALREADY_ACKNOWLEDGED && (received.isOurs || received.inFlight > 0);
    if (isDouble && this.#knows(id, received)) this.#count(received, 'doubles');
    // Acknowledged by another request or process, or forgotten.
    if (isDouble || this.#open.get(id) !== received) return;
    const times = [
      received.gatewayMs,
      received.loopMs,
      sentAtMs - received.atMs,
      nowMs() - sentAtMs,
    ] as const;
    if (error === undefined) {
      received.isOurs = true;
      this.#close(id, received);
      this.#ledger.change(received.path, received.atEpochMs, (figures) => figures.acknowledged(times));
    } else if (code === ALREADY_ACKNOWLEDGED) {
      this.#close(id, received);
      this.#count(received, 'elsewhere');
    } else if (code === UNKNOWN_INTERACTION) {
      this.#close(id, received);
      this.#miss(received, 'late', times, errorKind(error));
    } else {
      // Another attempt may follow.
      received.error = errorKind(error);
    }
  }

  /** Whether it has not been forgotten. */
  #knows(id: string, received: Received): boolean {
    return this.#open.get(id) === received || this.#answered.get(id) === received;
  }

  /** By how much it is late, in ms, for the gateway and the loop together. */
  #lateMs(id: string, shard: number, atMs: number): number {
    let delays = this.#delays.get(shard);
    if (delays === undefined) this.#delays.set(shard, (delays = new LeastSeen()));
    return delays.excessOf(atMs - (Math.floor(Number(id) / ID_MS) + ID_EPOCH_MS), atMs);
  }

  /** Nothing can come any more of those whose token is too old; and there is an end to how many are followed. */
  #expire(atMs: number): void {
    for (const [id, open] of this.#open) {
      if (atMs - open.atMs < TOKEN_LIFETIME_MS && this.#open.size < MOST_OPEN) return;
      this.#open.delete(id);
      if (!isOver(open, atMs)) continue;
      this.#ledger.change(open.path, open.atEpochMs, (figures) => figures.missed(missed(open)));
    }
  }

  #close(id: string, received: Received): void {
    this.#open.delete(id);
    this.#answered.set(id, received);
    if (this.#answered.size <= MOST_ANSWERED) return;
    const [oldest] = this.#answered.keys();
    this.#answered.delete(oldest!);
  }

  #count({ path, atEpochMs }: Received, name: 'elsewhere' | 'doubles' | 'expired'): void {
    this.#ledger.change(path, atEpochMs, ({ counts }) => counts[name]++);
  }

  #miss({ path, atEpochMs }: Received, kind: MissKind, times: PhaseTimes, error: string): void {
    this.#ledger.change(path, atEpochMs, (figures) => figures.missed(missOf(kind, atEpochMs, times, error)));
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

function nowMs(): number {
  return monotonicNs() / NS_PER_MS;
}
