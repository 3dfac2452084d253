import type { InteractionPath } from '../frameworks/interactions.ts';
import { Durations } from '../store/durations.ts';
import type { Blocker } from './blockers.ts';
import { longestPhase, NEAR_MISS_MS, PHASES, type Phase, type PhaseTimes, wholeOf } from './phases.ts';

/** What is counted of interactions. */
const COUNTS = [
  /** All of them. */
  'count',
  /** Those that this process acknowledged, and Discord took it. */
  'acknowledged',
  /** Of those, the ones that took longer than 2 s. */
  'nearMisses',
  /** Acknowledged too late: Discord refused with error 10062. */
  'late',
  /** This process sent no acknowledgement, or got no response, within 3 s. */
  'unanswered',
  /** What was sent within 3 s failed with another error, and nothing better followed. */
  'failed',
  /** Acknowledged by another process of the bot, or in a way that is not seen from here. */
  'elsewhere',
  /** Acknowledgements beyond the first, which Discord refused with error 40060. */
  'doubles',
  /** Requests with a token that was not good any more: it is for 15 minutes. */
  'expired',
] as const;
export type Counts = Record<(typeof COUNTS)[number], number>;

/** How an interaction can miss the deadline. */
export type MissKind = 'late' | 'unanswered' | 'failed';

/** An interaction that missed the deadline. */
export interface Miss {
  readonly kind: MissKind;
  /** When it reached the bot, in Unix ms. */
  readonly atEpochMs: number;
  /** Of one that was not acknowledged, up to the deadline. */
  readonly times: PhaseTimes;
  /** What took the most of it. */
  readonly blamed: Phase;
  /** Who held the loop while it waited for it; missing where that is not known, or it waited for less than 250 ms. */
  readonly blockedBy?: Blocker;
  /** Class and code of the error that the acknowledgement failed with. */
  readonly error?: string;
}

const MOST_MISSES = 8;
/** Of each command: more that each held the loop in its way for long there are hardly. */
const MOST_BLOCKERS = 16;
/** The phases, and the whole. */
const DURATIONS = PHASES.length + 1;

/** The figures of one command as they travel between processes. */
export interface SentFigures extends InteractionPath {
  readonly counts: Counts;
  readonly missesBy: readonly number[];
  readonly slowMs: readonly number[];
  readonly maxMs: readonly number[];
  /** Encoded histograms, in base64. */
  readonly histograms: readonly string[];
  readonly blockedByMs: readonly (readonly [targetId: string, ms: number])[];
  readonly misses: readonly Miss[];
}

/** How interactions of one command were acknowledged. */
export class AckFigures {
  readonly path: InteractionPath;
  readonly counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counts;
  /** Misses by the phase that took the most, in the order of the phases. */
  readonly missesBy = new Array<number>(PHASES.length).fill(0);
  /** What near misses and misses spent in each phase, in ms. */
  readonly slowMs = new Array<number>(PHASES.length).fill(0);
  /** Who held the loop for how much of what those spent waiting for it, in ms, by the id of the target. */
  readonly blockedByMs = new Map<string, number>();
  /** Those of each phase, and of the whole. */
  readonly durations: readonly Durations[] = Array.from({ length: DURATIONS }, () => new Durations());
  #misses: Miss[] = [];

  constructor(path: InteractionPath) {
    this.path = path;
  }

  /** The latest, newest first. */
  get misses(): readonly Miss[] {
    return this.#misses;
  }

  acknowledged(times: PhaseTimes, blockedBy?: Blocker): void {
    this.counts.acknowledged++;
    this.#add(times);
    if (wholeOf(times) <= NEAR_MISS_MS) return;
    this.counts.nearMisses++;
    this.#addSlow(times, blockedBy);
  }

  missed(miss: Miss): void {
    this.counts[miss.kind]++;
    this.missesBy[PHASES.indexOf(miss.blamed)]!++;
    this.#addSlow(miss.times, miss.blockedBy);
    // Of what was never acknowledged, it is not known how long that would have taken.
    if (miss.kind === 'late') this.#add(miss.times);
    this.#keep([miss]);
  }

  /** Adds what `send` gave. Throws a RangeError where a histogram cannot have come from it. */
  merge(sent: SentFigures): void {
    for (const name of COUNTS) this.counts[name] += sent.counts[name];
    for (const at of PHASES.keys()) {
      this.missesBy[at]! += sent.missesBy[at]!;
      this.slowMs[at]! += sent.slowMs[at]!;
    }
    for (const [at, durations] of this.durations.entries()) {
      durations.merge(sent.maxMs[at]!, sent.histograms[at]!);
    }
    for (const [targetId, ms] of sent.blockedByMs) this.#addBlocker(targetId, ms);
    this.#keep(sent.misses);
  }

  send(): SentFigures {
    const { counts, missesBy, slowMs, durations, misses } = this;
    const blockedByMs = [...this.blockedByMs];
    const maxMs = durations.map((own) => own.maxMs);
    const histograms = durations.map((own) => own.encode());
    return { ...this.path, counts, missesBy, slowMs, maxMs, histograms, blockedByMs, misses };
  }

  #add(times: PhaseTimes): void {
    for (let at = 0; at < DURATIONS; at++) {
      this.durations[at]!.add(at < PHASES.length ? times[at]! : wholeOf(times));
    }
  }

  #addSlow(times: PhaseTimes, blockedBy: Blocker | undefined): void {
    for (const at of PHASES.keys()) this.slowMs[at]! += times[at]!;
    if (blockedBy !== undefined) this.#addBlocker(blockedBy.targetId, blockedBy.ms);
  }

  #addBlocker(targetId: string, ms: number): void {
    const known = this.blockedByMs;
    known.set(targetId, (known.get(targetId) ?? 0) + ms);
    if (known.size <= MOST_BLOCKERS) return;
    const [least] = [...known].reduce((a, b) => (b[1] < a[1] ? b : a));
    known.delete(least);
  }

  #keep(misses: readonly Miss[]): void {
    this.#misses = [...misses, ...this.#misses]
      .sort((a, b) => b.atEpochMs - a.atEpochMs)
      .slice(0, MOST_MISSES);
  }
}

/** @param received when it came, and who held the loop before */
export function missOf(
  kind: MissKind,
  { atEpochMs, blockedBy }: { readonly atEpochMs: number; readonly blockedBy?: Blocker | undefined },
  times: PhaseTimes,
  error?: string,
): Miss {
  return {
    kind,
    atEpochMs,
    times,
    blamed: longestPhase(times),
    ...(blockedBy && { blockedBy }),
    ...(error !== undefined && { error }),
  };
}
