import { Attachment } from './attach.ts';
import type { Recorder } from './recorder.ts';
import type { Slot } from './slots.ts';
import { type Discovery, identify, type Target } from './target.ts';

/** What became of a wish to track targets. */
export interface AttachResult {
  /** Newly tracked. */
  attached: Target[];
  /** Were tracked before. */
  already: Target[];
  /** Cannot be tracked, and why. */
  skipped: { target: Target; reason: string }[];
}

/** Knows what can be tracked and keeps what is tracked: one attachment a slot, one open book a target. */
export class Tracker {
  readonly #discover: () => Iterable<Discovery>;
  readonly #recorder: Recorder;
  readonly #attachments = new Map<Slot, Attachment>();
  readonly #tracked = new Map<string, Target>();

  constructor(discover: () => Iterable<Discovery>, recorder: Recorder) {
    this.#discover = discover;
    this.#recorder = recorder;
  }

  /** Every target of the bot as it is now, by id; those that are tracked but gone are among them. */
  targets(): Map<string, Target> {
    const targets = identify(this.#discover());
    for (const [id, target] of this.#tracked) targets.set(id, target);
    return targets;
  }

  /** The targets that are tracked, by id. */
  get tracked(): ReadonlyMap<string, Target> {
    return this.#tracked;
  }

  attach(targets: Iterable<Target>): AttachResult {
    const result: AttachResult = { attached: [], already: [], skipped: [] };
    for (const target of targets) {
      if (this.#tracked.has(target.id)) {
        result.already.push(target);
        continue;
      }
      try {
        if (target.obstacle !== undefined) throw new Error(`It cannot be timed: ${target.obstacle}.`);
        const attachment = this.#attachments.get(target.slot) ?? new Attachment(target, this.#recorder);
        this.#attachments.set(target.slot, attachment);
        attachment.record(target, this.#recorder.open(target.id));
        this.#tracked.set(target.id, target);
        result.attached.push(target);
      } catch (error) {
        result.skipped.push({ target, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return result;
  }

  /** Stops tracking, and forgets what was recorded. Targets that are not tracked are passed over. */
  detach(targets: Iterable<Target>): Target[] {
    const detached: Target[] = [];
    for (const target of targets) {
      if (!this.#tracked.delete(target.id)) continue;
      const attachment = this.#attachments.get(target.slot);
      attachment?.stop(target);
      if (attachment?.idle) {
        attachment.remove();
        this.#attachments.delete(target.slot);
      }
      this.#recorder.close(target.id);
      detached.push(target);
    }
    return detached;
  }
}
