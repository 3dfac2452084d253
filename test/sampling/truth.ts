import type { Frame, Profile } from '../../src/sampling/profile.ts';
import { buildProfile } from './build.ts';

/** What each function took itself, in µs, by `name\nfile`, added up sample by sample. */
export function selfUsOf(
  { frames, nodes, threads }: Profile,
  counts: (frame: Frame) => boolean = () => true,
): Map<string, number> {
  const self = new Map<string, number>();
  for (const { node, weightUs } of threads) {
    node.forEach((leaf, sample) => {
      const frame = frames[nodes.frame[leaf]!]!;
      const key = `${frame.name}\n${frame.file}`;
      if (counts(frame)) self.set(key, (self.get(key) ?? 0) + weightUs[sample]!);
    });
  }
  return self;
}

export function isRunning({ kind }: Frame): boolean {
  return kind !== 'idle';
}

export function sumOf(numbers: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const number of numbers.values()) sum += number;
  return sum;
}

/** Without what took nothing. */
export function taken(numbers: ReadonlyMap<string, number>, factor = 1): Map<string, number> {
  return new Map(
    [...numbers].filter(([, number]) => number !== 0).map(([key, number]) => [key, number * factor]),
  );
}

/** Two threads of two shards, with recursion, several lines of a function, garbage, rest, and one of each marker. */
export function knownProfile(): Profile {
  return buildProfile(
    [
      { stack: ['play@music', 'next@music:20'], times: 3, line: 21, owner: 'music/command/play' },
      { stack: ['play@music', 'next@music:20'], times: 1, line: 24, owner: 'music/command/skip' },
      { stack: ['(idle)'], times: 2 },
      { stack: ['play@music', 'next@music:20', 'play@music'], times: 2, us: 500, line: 5 },
      { stack: ['play@music', 'play@music', 'emit@node:events'], times: 4, us: 250, line: 5 },
      { stack: ['(garbage collector)'], us: 700 },
      { stack: ['rank@levels', 'map@npm:lodash'], thread: '1/worker', times: 4, line: 9 },
      { stack: ['rank@levels', '(program)'], thread: '1/worker', us: 1_234 },
    ],
    {
      markers: [
        { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 1_000, toUs: 6_500 },
        { kind: 'call', name: 'music/command/skip', thread: 0, fromUs: 3_000, toUs: 8_000 },
        { kind: 'gc', name: 'scavenge', thread: 0, fromUs: 7_300, toUs: 8_000 },
        { kind: 'stall', name: 'stall of 40 ms', thread: 1, fromUs: 500, toUs: 40_500 },
      ],
    },
  );
}

/** The same, with requests to Discord that waited, in place of the other markers. */
export function requestProfile(): Profile {
  return {
    ...knownProfile(),
    markers: [
      { kind: 'request', name: 'PATCH /channels/:id 200', thread: 0, fromUs: 500, toUs: 9_000 },
      { kind: 'wait', name: 'queue PATCH /channels/:id', thread: 0, fromUs: 500, toUs: 1_500 },
      { kind: 'request', name: 'GET /users/:id 404', thread: 1, fromUs: 1_000, toUs: 3_000 },
      { kind: 'wait', name: 'limit PATCH /channels/:id', thread: 0, fromUs: 2_000, toUs: 7_500 },
      { kind: 'event', name: 'MESSAGE_CREATE', thread: 1, fromUs: 3_500, toUs: 4_000 },
    ],
  };
}
