import { Bag } from '../cog/bag.ts';
import { epochOffsetMs, monotonicNs } from '../cog/clock.ts';
import { errorKind } from '../cog/error-kind.ts';
import type { InteractionPath } from '../frameworks/interactions.ts';
import { blockerOf, LEAST_WAIT_MS, type LoopSource } from './blockers.ts';
import { type AckFigures, missOf, type SentFigures } from './figures.ts';
import { IdTable, readId } from './id-table.ts';
import { LeastSeen } from './least-seen.ts';
import { AckLedger, type AckRows } from './ledger.ts';
import { LoopActivity } from './loop-activity.ts';
import { TOKEN_LIFETIME_MS } from './phases.ts';
import { answeredBy, isOver, lookAt, missed, type Received } from './received.ts';

const NS_PER_MS = 1e6;
/** Ids of Discord begin with the time in ms since 2015, shifted by 22 bits. */
const ID_EPOCH_MS = 1_420_070_400_000;
const ID_MS = 2 ** 22;
/** No clock is that wrong: an id that says so was not made by Discord. */
const MOST_SKEW_MS = 86_400_000;

/** Discord's error codes. */
const UNKNOWN_INTERACTION = 10062;
const ALREADY_ACKNOWLEDGED = 40060;
const UNKNOWN_WEBHOOK = 10015;
const INVALID_WEBHOOK_TOKEN = 50027;

/** How many interactions that wait are followed at once; those beyond are only counted. */
const MOST_OPEN = 4_096;
/**
 * How many that were answered are remembered. What is kept for long is copied by the garbage collector meanwhile: a
 * thousand would cost more than all the rest of this.
 */
const MOST_ANSWERED = 256;
/** How often it is looked for interactions that nothing can come of any more. */
const EXPIRE_EACH_MS = 1_000;

/** What one process answers to the others. */
export interface SentDeadlines {
  readonly rows: readonly SentFigures[];
  readonly fromEpochMs: number;
}

/**
 * How the bot's interactions are acknowledged: always watched, in the memory of this process alone. Interactions and
 * requests are joined by the interaction's id, which stands in the route, so that no async context is needed.
 */
export class Acknowledgements implements Disposable {
  readonly #loopSources: readonly LoopSource[];
  readonly #ledger = new AckLedger();
  readonly #delays = new Map<number, LeastSeen>();
  readonly #activity: LoopActivity;
  /** Those that are followed. */
  readonly #known = new IdTable<Received>();
  /** Those that an acknowledgement was sent for, and that are not answered. */
  readonly #sent = new Bag<Received>();
  /** The answered ones by their token, up to when somebody asked for one last: most bots send one request. */
  readonly #tokens = new Map<unknown, Received>();
  /** How many answers these are. */
  #answersByToken = 0;
  /** Where interactions are counted now, by the name of the command: to find that takes longer than to count them. */
  readonly #places = new Map<string, AckFigures>();
  /** Those that are answered, in a ring: for what comes of them later. */
  readonly #answered: (Received | undefined)[] = new Array(MOST_ANSWERED).fill(undefined);
  #answers = 0;
  /** How many are not answered. */
  #open = 0;
  #expiredAtMs = Number.NEGATIVE_INFINITY;
  /** As of then: it takes less to look at one clock for each interaction than at two. */
  #epochOffsetMs = 0;

  /**
   * @param loopSources what knows who held the loop when
   * @param isSampled whether V8 samples the CPU now
   */
  constructor(loopSources: readonly LoopSource[] = [], isSampled?: () => boolean) {
    this.#loopSources = loopSources;
    this.#activity = new LoopActivity(isSampled);
  }

  /**
   * An interaction reached the bot, and its listeners are called next. Never throws.
   * @param path as `pathOf` gives it
   */
  received(interaction: unknown, path: InteractionPath): void {
    const { id, token, shard } = lookAt(interaction);
    if (id === undefined || this.#known.get(id) !== undefined) return;
    const atMs = nowMs();
    if (atMs - this.#expiredAtMs > EXPIRE_EACH_MS) this.#expire(atMs);
    this.#activity.start();
    const atEpochMs = atMs + this.#epochOffsetMs;
    const lateMs = this.#lateMs(id.value, shard, atMs, atEpochMs);
    const loopMs = Math.min(lateMs, this.#activity.mostWaitedMs(atMs));
    const figures = this.#figuresOf(path, atEpochMs);
    figures.counts.count++;
    if (this.#open >= MOST_OPEN) return;
    this.#open++;
    this.#known.add({
      high: id.high,
      low: id.low,
      path: figures.path,
      figures,
      token,
      isKnown: true,
      isByToken: false,
      isOpen: true,
      atEpochMs,
      atMs,
      gatewayMs: lateMs - loopMs,
      loopMs,
      blockedBy:
        loopMs < LEAST_WAIT_MS
          ? undefined
          : blockerOf(this.#loopSources, (atMs - loopMs) * NS_PER_MS, atMs * NS_PER_MS),
      sentAtMs: undefined,
      place: 0,
      inFlight: 0,
      isOurs: false,
      error: undefined,
    });
  }

  /** An interaction with us: it tells only how late what comes from Discord is. */
  receivedOurs(interaction: unknown): void {
    const { id, shard } = lookAt(interaction);
    if (id !== undefined) this.#lateMs(id.value, shard, nowMs(), Date.now());
  }

  /** Whether `messageSeen` is worth calling. */
  get isWaiting(): boolean {
    return this.#open > 0;
  }

  /**
   * A message came. Where it is the answer to an interaction that this process has not acknowledged, another process
   * of the bot has. Nothing shows that of answers that only their user sees, and without the intent for messages.
   */
  messageSeen(message: unknown): void {
    const id = answeredBy(message);
    const found = id && this.#known.get(id);
    if (found === undefined || !found.isOpen || found.sentAtMs !== undefined) return;
    this.#close(found);
    found.figures.counts.elsewhere++;
  }

  /** An acknowledgement is sent: `settled` is to be told of what comes of it. */
  sent(received: Received, atNs: number): void {
    if (received.sentAtMs === undefined) {
      received.sentAtMs = atNs / NS_PER_MS;
      this.#sent.add(received);
    }
    received.inFlight++;
  }

  /**
   * An acknowledgement that was sent has its response.
   * @param sentAtNs as `sent` was told
   * @param atNs when it had it
   * @param error where there was one
   */
  settled(received: Received, sentAtNs: number, atNs: number, error?: unknown): void {
    received.inFlight--;
    const code = error === undefined ? undefined : codeOf(error);
    // While another one is under way, that is what has acknowledged it.
    const isDouble = code === ALREADY_ACKNOWLEDGED && (received.isOurs || received.inFlight > 0);
    if (isDouble && received.isKnown) this.#count(received, 'doubles');
    // Acknowledged by another request or process, or forgotten.
    if (isDouble || !received.isKnown || !received.isOpen) return;
    const sentAtMs = sentAtNs / NS_PER_MS;
    const times = [
      received.gatewayMs,
      received.loopMs,
      sentAtMs - received.atMs,
      atNs / NS_PER_MS - sentAtMs,
    ] as const;
    if (error === undefined) {
      received.isOurs = true;
      this.#close(received);
      received.figures.acknowledged(times, received.blockedBy);
    } else if (code === ALREADY_ACKNOWLEDGED) {
      this.#close(received);
      received.figures.counts.elsewhere++;
    } else if (code === UNKNOWN_INTERACTION) {
      this.#close(received);
      received.figures.missed(missOf('late', received, times, errorKind(error)));
    } else {
      // Another attempt may follow.
      received.error = errorKind(error);
    }
  }

  /** The interaction whose id stands in a text, from a character on; undefined where it is not known, or not any more. */
  interactionIn(text: string, at: number): Received | undefined {
    const id = readId(text, at);
    return id && this.#known.get(id);
  }

  /** The same by the token of an interaction that an acknowledgement was sent for. */
  pathOfToken(token: string): InteractionPath | undefined {
    return this.#byToken(token)?.path;
  }

  /** A request with the token of an interaction, beyond its acknowledgement, has failed. */
  tokenFailed(token: string, error: unknown): void {
    const code = codeOf(error);
    if (code !== INVALID_WEBHOOK_TOKEN && code !== UNKNOWN_WEBHOOK) return;
    const received = this.#byToken(token);
    if (received !== undefined && !received.isOpen) this.#count(received, 'expired');
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
    for (const known of this.#known.values()) {
      if (known.isOpen && known.atEpochMs >= fromEpochMs && isOver(known, atMs))
        rows.of(known.path).missed(missed(known));
    }
    return { rows, fromEpochMs };
  }

  send(windowMs?: number): SentDeadlines {
    const { rows, fromEpochMs } = this.read(windowMs);
    return { rows: rows.send(), fromEpochMs };
  }

  /** @param paths of which commands; without them, of all. Those that are under way are forgotten too. */
  forget(paths?: readonly InteractionPath[]): void {
    const isMeant = (own: InteractionPath) =>
      paths?.some(({ kind, name }) => own.kind === kind && own.name === name) ?? true;
    this.#ledger.forget(paths && isMeant);
    this.#places.clear();
    for (const known of this.#known.values()) if (isMeant(known.path)) this.#drop(known);
  }

  [Symbol.dispose](): void {
    this.#activity[Symbol.dispose]();
    for (const known of this.#known.values()) this.#drop(known);
  }

  #figuresOf(path: InteractionPath, atEpochMs: number): AckFigures {
    const known = this.#places.get(path.name);
    if (known?.path.kind === path.kind) return known;
    const figures = this.#ledger.of(path, atEpochMs);
    this.#places.set(path.name, figures);
    return figures;
  }

  #byToken(token: string): Received | undefined {
    for (let at = Math.max(this.#answersByToken, this.#answers - MOST_ANSWERED); at < this.#answers; at++) {
      const received = this.#answered[at % MOST_ANSWERED]!;
      if (!received.isKnown) continue;
      received.isByToken = true;
      this.#tokens.set(received.token, received);
    }
    this.#answersByToken = this.#answers;
    const answered = this.#tokens.get(token);
    if (answered !== undefined) return answered;
    for (const received of this.#sent) if (received.token === token) return received;
    return undefined;
  }

  /** By how much it is late, in ms, for the gateway and the loop together. */
  #lateMs(id: number, shard: number, atMs: number, atEpochMs: number): number {
    const madeEpochMs = Math.floor(id / ID_MS) + ID_EPOCH_MS;
    if (!(Math.abs(atEpochMs - madeEpochMs) < MOST_SKEW_MS)) return 0;
    let delays = this.#delays.get(shard);
    if (delays === undefined) this.#delays.set(shard, (delays = new LeastSeen()));
    return delays.excessOf(atMs - madeEpochMs, atMs);
  }

  /** Nothing can come any more of those whose token is too old. Where there are too many, those that are over go too. */
  #expire(atMs: number): void {
    this.#expiredAtMs = atMs;
    this.#epochOffsetMs = epochOffsetMs();
    // The ledger begins a new slot now and then.
    this.#places.clear();
    const areTooMany = this.#open >= MOST_OPEN;
    for (const known of this.#known.values()) {
      if (!known.isOpen) continue;
      const isTooOld = atMs - known.atMs > TOKEN_LIFETIME_MS;
      if (!isTooOld && !(areTooMany && isOver(known, atMs))) continue;
      this.#drop(known);
      known.figures.missed(missed(known));
    }
  }

  /** It is answered: for a while it is remembered. */
  #close(received: Received): void {
    received.isOpen = false;
    this.#open--;
    this.#sent.delete(received);
    const at = this.#answers++ % MOST_ANSWERED;
    const oldest = this.#answered[at];
    this.#answered[at] = received;
    if (oldest !== undefined) this.#drop(oldest);
  }

  /** Does nothing where that has happened. */
  #drop(received: Received): void {
    if (!received.isKnown) return;
    received.isKnown = false;
    this.#known.delete(received);
    if (received.isOpen) {
      this.#open--;
      this.#sent.delete(received);
    }
    if (received.isByToken) this.#tokens.delete(received.token);
  }

  /** That may be long after the interaction came. */
  #count({ figures }: Received, name: 'doubles' | 'expired'): void {
    this.#ledger.of(figures.path, Date.now()).counts[name]++;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

function nowMs(): number {
  return monotonicNs() / NS_PER_MS;
}
