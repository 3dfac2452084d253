import { AWAITS, NOBODY, type TimelinePart } from './timeline.ts';

/** A call that another one is within. */
interface Around {
  /** The id of its target. */
  readonly target: string;
  /** Whether its own code was not on the stack meanwhile: it waited. */
  readonly isAwaiting: boolean;
}

/**
 * How the loop came to whose code ran: each call, and those it is within, by the numbers that the timeline has for
 * such paths. A path is another one, or none, and one call more.
 */
export class CallPaths {
  readonly #targets: string[] = [];
  readonly #outer: number[] = [NOBODY];
  readonly #steps: number[] = [0];

  add({ newTargets, newPaths }: Pick<TimelinePart, 'newTargets' | 'newPaths'>): void {
    this.#targets.push(...newTargets);
    for (let at = 0; at < newPaths.length; at += 2) {
      this.#outer.push(newPaths[at]!);
      this.#steps.push(newPaths[at + 1]!);
    }
  }

  /** The id of a target, by its number. */
  targetNumbered(number: number): string {
    return this.#targets[number - 1]!;
  }

  /** The id of the target whose code ran. */
  targetOf(who: number): string {
    return this.targetNumbered(this.#steps[who]! >> 1);
  }

  /** The calls that this one is within, the outermost first. */
  aroundOf(who: number): Around[] {
    const around: Around[] = [];
    for (let at = this.#outer[who]!; at !== NOBODY; at = this.#outer[at]!) {
      around.unshift({ target: this.targetOf(at), isAwaiting: this.#steps[at]! % 2 === AWAITS });
    }
    return around;
  }
}
