import { Numbered } from './numbered.ts';
import { Pairs, Sums } from './pairs.ts';
import type { Counter, Frame, Marker, Owner, Profile, Thread } from './profile.ts';

const US_PER_MS = 1_000;

/**
 * Several profiles as one: all threads, over the same frames, nodes and owners. Those that were recorded at the same
 * time, such as those of shards, keep their times; others come one after the other, without what was between them.
 */
export function merged(profiles: readonly Profile[]): Profile {
  const [first, ...others] = [...profiles].sort((a, b) => a.startedAtEpochMs - b.startedAtEpochMs);
  if (first === undefined) throw new RangeError('There is nothing to merge.');
  if (others.length === 0) return first;
  const frames = new Numbered<Frame>(({ name, file, line, column, kind, package: pack, cog }) =>
    JSON.stringify([name, file, line, column, kind, pack, cog]),
  );
  const owners = new Numbered<Owner>(({ kind, name, cog, within }) =>
    JSON.stringify([kind, name, cog, within]),
  );
  const nodes = new Pairs();
  const lines = new Pairs();
  const ticks = new Sums();
  const threads: Thread[] = [];
  const markers: Marker[] = [];
  const counters: Counter[] = [];
  const clock = new Clock(first.startedAtEpochMs);
  for (const profile of [first, ...others]) {
    const offsetUs = clock.place(profile);
    const frameOf = profile.frames.map((frame) => frames.of(frame));
    const ownerOf = profile.owners.map((owner) => owners.of(owner));
    const nodeOf = new Int32Array(profile.nodes.frame.length);
    profile.nodes.frame.forEach((frame, node) => {
      const above = profile.nodes.parent[node]!;
      nodeOf[node] = nodes.of(above < 0 ? -1 : nodeOf[above]!, frameOf[frame]!);
    });
    profile.nodes.lines.node.forEach((node, row) => {
      const { line, ticks: hits } = profile.nodes.lines;
      ticks.add(lines.of(nodeOf[node]!, line[row]!), hits[row]!);
    });
    const firstThread = threads.length;
    for (const thread of profile.threads) {
      threads.push({
        ...thread,
        atUs: thread.atUs.map((atUs) => atUs + offsetUs),
        node: thread.node.map((node) => nodeOf[node]!),
        owner: thread.owner.map((owner) => ownerOf[owner]!),
      });
    }
    for (const { thread, fromUs, toUs, ...marker } of profile.markers) {
      const times = { fromUs: fromUs + offsetUs, toUs: toUs + offsetUs };
      markers.push({ ...marker, thread: firstThread + thread, ...times });
    }
    for (const counter of profile.counters) {
      counters.push({ ...counter, atUs: counter.atUs.map((atUs) => atUs + offsetUs) });
    }
  }
  return {
    name: distinct(profiles, ({ name }) => name),
    startedAtEpochMs: first.startedAtEpochMs,
    durationUs: clock.endUs,
    intervalUs: Math.min(...profiles.map(({ intervalUs }) => intervalUs)),
    nodeVersion: distinct(profiles, ({ nodeVersion }) => nodeVersion),
    frames: frames.all,
    nodes: {
      frame: Uint32Array.from(nodes.seconds()),
      parent: nodes.firsts(),
      lines: sortedLines(lines, ticks),
    },
    owners: owners.all,
    threads,
    markers,
    counters,
  };
}

/** Where each profile begins on the clock of all. */
class Clock {
  endUs = 0;
  readonly #startedAtEpochMs: number;
  /** How much of the time between recordings was left out. */
  #leftOutUs = 0;

  constructor(startedAtEpochMs: number) {
    this.#startedAtEpochMs = startedAtEpochMs;
  }

  /** In the order in which they were recorded. */
  place({ startedAtEpochMs, durationUs }: Profile): number {
    const sinceFirstUs = (startedAtEpochMs - this.#startedAtEpochMs) * US_PER_MS;
    const gapUs = Math.max(0, sinceFirstUs - this.#leftOutUs - this.endUs);
    this.#leftOutUs += gapUs;
    const offsetUs = sinceFirstUs - this.#leftOutUs;
    this.endUs = Math.max(this.endUs, offsetUs + durationUs);
    return offsetUs;
  }
}

function distinct(profiles: readonly Profile[], of: (profile: Profile) => string): string {
  return [...new Set(profiles.map(of))].join(', ');
}

/** In the order of nodes. */
function sortedLines(lines: Pairs, ticks: Sums): Profile['nodes']['lines'] {
  const rows = Uint32Array.from({ length: lines.size }, (_, row) => row).sort(
    (a, b) => lines.firstOf(a) - lines.firstOf(b) || lines.secondOf(a) - lines.secondOf(b),
  );
  return {
    node: rows.map((row) => lines.firstOf(row)),
    line: rows.map((row) => lines.secondOf(row)),
    ticks: rows.map((row) => ticks.at(row)),
  };
}
