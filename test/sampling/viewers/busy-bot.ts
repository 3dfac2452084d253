import type { Marker, Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, type SampleSpec } from '../build.ts';

const TICK = ['processTicksAndRejections@node:internal/process/task_queues:72'];
const SOCKET = ['onStreamRead@node:internal/stream_base_commons:166', 'emit@node:events:466'];
const DISPATCH = [
  'onMessage@npm:ws:901',
  'emit@node:events:466',
  'handle@npm:discord.js:12',
  'emit@node:events:466',
];

/** What a bot with some work of each kind does in 10 s, 9,200 samples of which are idle. */
const SAMPLES: readonly SampleSpec[] = [
  { stack: ['(idle)'], times: 9_200 },
  { stack: ['(program)'], times: 60 },
  { stack: ['(garbage collector)'], times: 40 },
  {
    stack: [...TICK, 'play@music:12', 'findSong@music:40', 'levenshtein@npm:fastest-levenshtein:3'],
    times: 170,
    owner: 'music/command/play',
    line: 9,
  },
  {
    stack: [...TICK, 'play@music:12', 'findSong@music:40'],
    times: 60,
    owner: 'music/command/play',
    line: 44,
  },
  {
    stack: [...TICK, 'play@music:12', 'findSong@music:40'],
    times: 12,
    owner: 'music/command/play',
    line: 47,
  },
  { stack: [...TICK, 'play@music:12'], times: 5, owner: 'music/command/play', line: 15 },
  {
    stack: [...TICK, 'play@music:12', 'readFileSync@node:fs:435'],
    times: 45,
    owner: 'music/command/play',
    line: 440,
  },
  {
    stack: [...SOCKET, ...DISPATCH, 'messageCreate@levels:8', 'xpOf@levels:31'],
    times: 120,
    owner: 'levels/listener/messageCreate',
    line: 33,
  },
  {
    stack: [...SOCKET, ...DISPATCH, 'messageCreate@levels:8', 'save@levels:60', 'stringify'],
    times: 80,
    owner: 'levels/listener/messageCreate',
  },
  {
    stack: [...SOCKET, ...DISPATCH, '_patch@npm:discord.js:77'],
    times: 64,
  },
  {
    stack: [
      'listOnTimeout@node:internal/timers:519',
      'interest@economy:5',
      'compound@economy:20',
      'compound@economy:20',
    ],
    times: 50,
    owner: 'economy/task/interest',
    line: 22,
  },
  { stack: ['listOnTimeout@node:internal/timers:519'], times: 4 },
  { stack: [...TICK, 'warn@moderation:4', 'test'], times: 28, owner: 'moderation/command/warn' },
  { stack: ['index@worker', 'encode@worker:9'], times: 300, thread: 'encoder', line: 11 },
  { stack: ['(idle)'], times: 700, thread: 'encoder' },
  { stack: ['(idle)'], times: 950, thread: '1/main' },
  {
    stack: [...TICK, 'play@music:12', 'findSong@music:40'],
    times: 50,
    thread: '1/main',
    owner: 'music/command/play',
    line: 44,
  },
  // Too little to be drawn by themselves.
  ...Array.from(
    { length: 30 },
    (_, index): SampleSpec => ({
      stack: [...TICK, `rare${index}@odds:${index + 1}`],
      us: 100,
      owner: 'odds',
    }),
  ),
];

const MARKERS: readonly Marker[] = [
  { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 1_000, toUs: 1_900_000 },
  { kind: 'call', name: 'music/command/play', thread: 0, fromUs: 2_000_000, toUs: 3_100_000 },
  { kind: 'call', name: 'levels/listener/messageCreate', thread: 0, fromUs: 5_000, toUs: 215_000 },
  { kind: 'call', name: 'welcome/listener/guildMemberAdd', thread: 0, fromUs: 5_000, toUs: 7_000 },
  { kind: 'stall', name: '', thread: 0, fromUs: 10_000, toUs: 180_000 },
  { kind: 'stall', name: '', thread: 0, fromUs: 900_000, toUs: 1_010_000 },
];

export function busyBot(): Profile {
  return buildProfile(SAMPLES, { name: 'Jukebox', markers: MARKERS });
}

/** The same bot after somebody has worked on it: songs are found sooner, levels are saved slower, and some is new. */
export function changedBot(): Profile {
  const samples = SAMPLES.flatMap((sample): SampleSpec[] => {
    const last = String(sample.stack.at(-1));
    const { times = 1 } = sample;
    if (last.startsWith('levenshtein')) return [{ ...sample, times: 20 }];
    if (last === 'stringify') return [{ ...sample, times: times * 3 }];
    if (last.startsWith('readFileSync')) return [];
    if (last.startsWith('xpOf'))
      return [sample, { ...sample, stack: [...sample.stack, 'sqrt@levels:90'], times: 60 }];
    return [sample];
  });
  return buildProfile(samples, { name: 'Jukebox', markers: MARKERS });
}
