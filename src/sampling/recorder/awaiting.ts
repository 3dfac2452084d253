import { underLabels } from '../grouped.ts';
import { Pairs } from '../pairs.ts';
import type { Frame, Profile } from '../profile.ts';
import type { CallPaths } from './call-paths.ts';
import { cogOf } from './owners.ts';
import { NOBODY } from './timeline.ts';

const NONE = -1;

/**
 * Puts the stack of each sample under the calls that waited for what ran: V8 knows of no function that is not on the
 * stack. Where nothing was waited for, it is the same profile.
 * @param who of each thread, whose code ran in each sample
 */
export function withAwaiting(profile: Profile, who: readonly Int32Array[], calls: CallPaths): Profile {
  const paths = new AwaitingPaths(calls);
  const isTarget = profile.owners.map(({ kind }) => kind === 'target');
  const isStack = Array.from(profile.nodes.frame, (frame, node) => {
    const { kind } = profile.frames[frame]!;
    // What V8 shows beside all stacks.
    return profile.nodes.parent[node]! >= 0 || (kind !== 'gc' && kind !== 'native' && kind !== 'idle');
  });
  const pathOf = (thread: number, sample: number) => {
    const { node, owner } = profile.threads[thread]!;
    const isUnder = isTarget[owner[sample]!]! && isStack[node[sample]!]!;
    return isUnder ? paths.of(who[thread]![sample]!) : NONE;
  };
  const isAny = profile.threads.some(({ node }, thread) =>
    node.some((_, sample) => pathOf(thread, sample) !== NONE),
  );
  return isAny ? underLabels(profile, paths.labels, paths, pathOf) : profile;
}

/** The calls that wait, of each path of calls: as paths of labels. */
class AwaitingPaths {
  readonly labels: Frame[] = [];
  readonly #calls: CallPaths;
  readonly #numbers = new Map<string, number>();
  /** A path, or none, and a label. */
  readonly #paths = new Pairs();
  readonly #known: number[] = [];

  constructor(calls: CallPaths) {
    this.#calls = calls;
  }

  of(who: number): number {
    if (who === NOBODY) return NONE;
    return (this.#known[who] ??= this.#calls
      .aroundOf(who)
      .filter(({ isAwaiting }) => isAwaiting)
      .reduce((path, { target }) => this.#paths.of(path, this.#labelOf(target)), NONE));
  }

  namesOf(path: number): number[] {
    const names: number[] = [];
    for (let at = path; at !== NONE; at = this.#paths.firstOf(at)) names.unshift(this.#paths.secondOf(at));
    return names;
  }

  #labelOf(target: string): number {
    let number = this.#numbers.get(target);
    if (number === undefined) {
      const name = `${target} (awaiting)`;
      number =
        this.labels.push({ name, file: '', line: 0, column: 0, kind: 'awaiting', cog: cogOf(target) }) - 1;
      this.#numbers.set(target, number);
    }
    return number;
  }
}
