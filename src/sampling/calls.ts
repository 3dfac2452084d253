import type { Profile, Thread } from './profile.ts';

/** What the time of the calls of a target was, together; the three add up to `wallUs`. */
export interface CallTimes {
  readonly target: string;
  readonly calls: number;
  readonly wallUs: number;
  /** Its code ran; of calls that overlap, that of all of them. */
  readonly ownUs: number;
  /** It had to wait, or could not go on, while other code ran. */
  readonly othersUs: number;
  /** Nothing ran. */
  readonly idleUs: number;
}

/** Where the time of calls went, of every target whose calls are among the markers, the most time first. */
export function callTimes(profile: Profile): CallTimes[] {
  const isIdle = profile.owners.map(({ kind }) => kind === 'idle');
  const busy = profile.threads.map((thread) => new Timeline(thread, (owner) => !isIdle[owner]));
  const own = new Map<string, Timeline>();
  const times = new Map<string, { calls: number; wallUs: number; ownUs: number; busyUs: number }>();
  for (const { kind, name, thread, fromUs, toUs } of profile.markers) {
    if (kind !== 'call') continue;
    const key = `${thread} ${name}`;
    let timeline = own.get(key);
    if (timeline === undefined) {
      const isOwn = profile.owners.map((owner) => owner.kind === 'target' && owner.name === name);
      timeline = new Timeline(profile.threads[thread]!, (owner) => isOwn[owner]!);
      own.set(key, timeline);
    }
    const sum = times.get(name) ?? { calls: 0, wallUs: 0, ownUs: 0, busyUs: 0 };
    times.set(name, sum);
    const wallUs = Math.max(0, toUs - fromUs);
    sum.calls++;
    sum.wallUs += wallUs;
    // Weights of samples that were late can reach over the ends of a call.
    const busyUs = Math.min(wallUs, busy[thread]!.between(fromUs, toUs));
    sum.busyUs += busyUs;
    sum.ownUs += Math.min(busyUs, timeline.between(fromUs, toUs));
  }
  return [...times]
    .map(([target, { calls, wallUs, ownUs, busyUs }]) => {
      return { target, calls, wallUs, ownUs, othersUs: busyUs - ownUs, idleUs: wallUs - busyUs };
    })
    .sort((a, b) => b.wallUs - a.wallUs);
}

/** How much of a thread's time was of some kind, up to each moment. */
class Timeline {
  readonly #atUs: number[] = [];
  /** The sum of the weights before each sample. */
  readonly #sumsUs: number[] = [0];

  constructor({ atUs, weightUs, owner }: Thread, isIn: (owner: number) => boolean) {
    let sumUs = 0;
    for (let sample = 0; sample < owner.length; sample++) {
      if (!isIn(owner[sample]!)) continue;
      this.#atUs.push(atUs[sample]!);
      this.#sumsUs.push((sumUs += weightUs[sample]!));
    }
  }

  between(fromUs: number, toUs: number): number {
    return this.#sumsUs[this.#countUpTo(toUs)]! - this.#sumsUs[this.#countUpTo(fromUs)]!;
  }

  #countUpTo(us: number): number {
    let [low, high] = [0, this.#atUs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#atUs[middle]! <= us) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
