import { Attachment } from './attach.ts';
import { monotonicNs } from './clock.ts';
import { Identifier } from './identify.ts';
import type { Recorder } from './recorder.ts';
import type { Rules } from './rules.ts';
import type { Selection } from './select.ts';
import type { Slot } from './slots.ts';
import type { Discovery, Target } from './target.ts';

/** Where targets come from. */
export interface Discoverer {
  discover(): Discovery[];
  /**
   * Calls `changed` when what `discover` lists may have changed, until it is disposed of; `changedNow` where what is
   * new is about to run.
   */
  watch(changed: () => void, changedNow: () => void): Disposable;
}

export interface TrackerHooks {
  /** How long figures are kept, in ms. */
  readonly retentionMs: () => number;
  /** The figures of a target are not wanted any more. */
  readonly forgot: (targetId: string) => void;
  /** Told what there is, by id, after each look at it. */
  readonly looked?: (present: ReadonlyMap<string, Target>) => void;
}

/** What became of a wish to track targets. */
export interface AttachResult {
  /** Newly tracked. */
  attached: Target[];
  /** Were tracked before. */
  already: Target[];
  /** Are not tracked, and why. */
  skipped: { target: Target; reason: string }[];
}

/** What changes without a signal is noticed after this at the latest. */
const RECONCILE_INTERVAL_MS = 30_000;
/**
 * Looking for changes takes at most this share of the time, however often they are signalled; a burst of them, as
 * of reloads, may take some seconds at once.
 */
const SHARE_OF_TIME = 0.02;
const BURST_MS = 5_000;

/**
 * Keeps what is tracked equal to what the rules say, whenever either changes: cogs are loaded, unloaded and
 * reloaded, listeners removed and put on again. One attachment a slot, one open book a target; the books of a
 * target outlive its function, so that a reload does not interrupt its figures.
 */
export class Tracker {
  readonly rules: Rules;
  readonly #discoverer: Discoverer;
  readonly #recorder: Recorder;
  readonly #hooks: TrackerHooks;
  readonly #identifier = new Identifier();
  readonly #attachments = new Map<Slot, Attachment>();
  readonly #tracked = new Map<string, Target>();
  /** Tracked no more, but with figures that are kept for comparison until their time is over. */
  readonly #kept = new Map<string, Target>();
  /** Since when a target that has figures has no function that could add to them, in ms, by id. */
  readonly #goneSinceMs = new Map<string, number>();
  /** Why targets that the rules ask for are not tracked, by id. */
  readonly #failures = new Map<string, string>();
  /** By cog. */
  readonly #reloadedAtEpochMs = new Map<string, number>();
  /** By id. */
  readonly #replacedAtNs = new Map<string, number>();
  #watch: Disposable | undefined;
  #net: NodeJS.Timeout | undefined;
  #scheduled: NodeJS.Timeout | boolean = false;
  /** How long looking for changes may take by now. */
  #allowanceMs = BURST_MS;
  #lookedAtMs = 0;

  constructor(discoverer: Discoverer, recorder: Recorder, rules: Rules, hooks: TrackerHooks) {
    this.#discoverer = discoverer;
    this.#recorder = recorder;
    this.rules = rules;
    this.#hooks = hooks;
  }

  /** When a target of the cog was last put in another place, as a reload does, in Unix ms; undefined if never. */
  reloadedAtEpochMs(cog: string): number | undefined {
    return this.#reloadedAtEpochMs.get(cog);
  }

  /** When the function of a target was last replaced or taken away, by `monotonicNs`; undefined if never. */
  replacedAtNs(targetId: string): number | undefined {
    return this.#replacedAtNs.get(targetId);
  }

  /** Every target of the bot as it is now, by id; those that are tracked but gone are among them. */
  targets(): Map<string, Target> {
    const targets = this.#identifier.identify(this.#discoverer.discover());
    for (const [id, target] of this.#tracked) if (!targets.has(id)) targets.set(id, target);
    return targets;
  }

  /** The targets that are tracked, by id; also those whose function is gone for now. */
  get tracked(): ReadonlyMap<string, Target> {
    return this.#tracked;
  }

  /** The targets that have figures: those that are tracked, and those that were. */
  get recorded(): ReadonlyMap<string, Target> {
    return new Map([...this.#kept, ...this.#tracked]);
  }

  /** Why a target is not tracked although it was asked for, as a sentence without its full stop. */
  reasonAgainst(target: Target): string | undefined {
    return target.obstacle ?? this.#failures.get(target.id) ?? this.rules.objection(target);
  }

  attach({ groups, named, targets }: Selection): AttachResult {
    const before = new Set(this.#tracked.keys());
    for (const group of groups) this.rules.track(group);
    for (const { id } of targets) this.rules.decide(id, undefined);
    for (const { id } of named) this.rules.decide(id, true);
    this.reconcile();
    const result: AttachResult = { attached: [], already: [], skipped: [] };
    for (const target of targets) {
      if (before.has(target.id)) result.already.push(target);
      else if (this.#tracked.has(target.id)) result.attached.push(target);
      else result.skipped.push({ target, reason: this.reasonAgainst(target) ?? 'it is gone' });
    }
    return result;
  }

  /**
   * Stops tracking.
   * @param keepFigures whether what was recorded stays, for comparison, until its time is over
   * @returns what was tracked and is no more
   */
  detach({ groups, targets }: Selection, keepFigures = false): Target[] {
    const detached = targets.filter(({ id }) => this.#tracked.has(id) || this.#kept.has(id));
    for (const group of groups) this.rules.track(group, false);
    for (const target of targets) {
      this.rules.decide(target.id, undefined);
      if (this.rules.wants(target)) this.rules.decide(target.id, false);
    }
    for (const target of detached) this.#release(target, keepFigures);
    this.reconcile();
    return detached;
  }

  /**
   * Sets below which duration calls are counted, but not kept as samples.
   * @param targets of which targets; without it, of all that have no threshold of their own
   */
  setThreshold(thresholdMs: number, targets?: readonly Target[]): void {
    if (targets === undefined) this.rules.setThresholdMs(thresholdMs);
    for (const { id } of targets ?? []) this.rules.setThresholdMs(thresholdMs, id);
    this.applyThresholds();
  }

  applyThresholds(): void {
    for (const id of this.#tracked.keys()) this.#recorder.open(id, this.rules.thresholdMsOf(id));
  }

  /** Makes what is tracked equal to what the rules say of what there is now. */
  reconcile(): void {
    const startedAtMs = performance.now();
    if (!this.rules.isEmpty || this.#tracked.size > 0 || this.#kept.size > 0) this.#follow();
    this.#watchWhileNeeded();
    const endedAtMs = performance.now();
    const earnedMs = (endedAtMs - this.#lookedAtMs) * SHARE_OF_TIME;
    this.#allowanceMs = Math.min(BURST_MS, this.#allowanceMs + earnedMs) - (endedAtMs - startedAtMs);
    this.#lookedAtMs = endedAtMs;
  }

  /**
   * Says that something may have changed: it is looked at before the bot hears of another event, or soon after,
   * where changes come so thick that looking would take time from the bot.
   */
  readonly changed = (): void => {
    if (this.#scheduled !== false) return;
    const waitMs = -this.#allowanceMs / SHARE_OF_TIME;
    const look = () => {
      if (this.#scheduled === false) return;
      this.#scheduled = false;
      this.reconcile();
    };
    this.#scheduled = waitMs > 0 ? setTimeout(look, waitMs).unref() : true;
    if (waitMs <= 0) queueMicrotask(look);
  };

  /** The same in the middle of a call of the bot: looks before it returns, unless that would take too much time. */
  readonly changedNow = (): void => {
    if (this.#allowanceMs < 0) {
      this.changed();
      return;
    }
    try {
      this.reconcile();
    } catch {
      // The bot must not notice: the next look meets it again.
    }
  };

  /** Detaches everything. What was recorded is left to whoever keeps it. */
  dispose(): void {
    for (const target of this.#tracked.values()) this.#release(target, true);
    this.#kept.clear();
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    clearInterval(this.#net);
    if (typeof this.#scheduled === 'object') clearTimeout(this.#scheduled);
    this.#scheduled = false;
  }

  #follow(): void {
    const present = this.#identifier.identify(this.#discoverer.discover());
    for (const [id, target] of this.#tracked) {
      // Unloaded, or reloaded into another place. Calls that are still running have its books.
      const slot = present.get(id)?.slot;
      if (slot === target.slot) continue;
      this.#leave(target);
      if (slot !== undefined) this.#reloadedAtEpochMs.set(target.cog, Date.now());
      // What is gone for now stays, unless it would not be tracked if it came back.
      else if (!this.rules.wants(target)) this.#release(target, false);
    }
    this.#failures.clear();
    for (const [id, target] of present) {
      if (this.rules.wants(target)) this.#keep(target);
      else if (this.#tracked.has(id)) this.#release(target, false);
    }
    this.#forgetThoseGone(present);
    this.#hooks.looked?.(present);
  }

  /** Once something has been gone for longer than figures are kept, nothing is left to forget but its name. */
  #forgetThoseGone(present: ReadonlyMap<string, Target>): void {
    const nowMs = performance.now();
    for (const [id, target] of this.recorded) {
      if (this.#tracked.has(id) && present.has(id)) {
        this.#goneSinceMs.delete(id);
        continue;
      }
      const sinceMs = this.#goneSinceMs.get(id) ?? nowMs;
      this.#goneSinceMs.set(id, sinceMs);
      if (nowMs - sinceMs > this.#hooks.retentionMs()) this.#release(target, false);
    }
  }

  /** Tracks a target, or goes on doing so where its function was replaced. */
  #keep(target: Target): void {
    try {
      if (target.obstacle !== undefined) throw new Error(target.obstacle);
      const attachment = this.#attachmentAt(target);
      if (attachment.records(target)) return;
      if (this.#tracked.has(target.id)) this.#replacedAtNs.set(target.id, monotonicNs());
      attachment.record(target, this.#recorder.open(target.id, this.rules.thresholdMsOf(target.id)));
      this.#tracked.set(target.id, target);
      this.#kept.delete(target.id);
    } catch (error) {
      this.#failures.set(target.id, error instanceof Error ? error.message : String(error));
    }
  }

  #attachmentAt(target: Target): Attachment {
    const former = this.#attachments.get(target.slot);
    if (former?.inPlace) return former;
    // Replaced by the bot, or wrapped by another tool: either way the former proxy is inert from now on.
    former?.remove();
    const attachment = new Attachment(target, this.#recorder);
    this.#attachments.set(target.slot, attachment);
    return attachment;
  }

  /** Takes the proxy away, if it is still there. */
  #leave(target: Target): void {
    const attachment = this.#attachments.get(target.slot);
    if (attachment?.records(target)) this.#replacedAtNs.set(target.id, monotonicNs());
    attachment?.stop(target);
    if (!attachment?.idle) return;
    attachment.remove();
    this.#attachments.delete(target.slot);
  }

  #release(target: Target, keepFigures: boolean): void {
    const tracked = this.#tracked.get(target.id);
    if (tracked !== undefined) this.#leave(tracked);
    this.#tracked.delete(target.id);
    this.#replacedAtNs.delete(target.id);
    if (keepFigures) {
      this.#kept.set(target.id, target);
    } else {
      this.#kept.delete(target.id);
      this.#goneSinceMs.delete(target.id);
      this.#recorder.close(target.id);
      this.#hooks.forgot(target.id);
    }
  }

  #watchWhileNeeded(): void {
    if (this.rules.isEmpty) {
      this.#watch?.[Symbol.dispose]();
      this.#watch = undefined;
    } else {
      this.#watch ??= this.#discoverer.watch(this.changed, this.changedNow);
    }
    if (this.rules.isEmpty && this.#kept.size === 0) {
      clearInterval(this.#net);
      this.#net = undefined;
    } else {
      this.#net ??= setInterval(this.changed, RECONCILE_INTERVAL_MS).unref();
    }
  }
}
