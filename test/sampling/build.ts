import fc from 'fast-check';
import type { Frame, Marker, Owner, Profile, Thread } from '../../src/sampling/profile.ts';

/** Some samples in a row that are alike. */
export interface SampleSpec {
  /** The outermost first, each as `frame` reads it. */
  readonly stack: readonly (string | Frame)[];
  /** How many; 1 by default. */
  readonly times?: number;
  /** What each stands for; 1,000 by default. */
  readonly us?: number;
  /** As `owner` reads it; by default the innermost function of the bot, a package, … */
  readonly owner?: string | Owner;
  /** `main` by default; `1/worker` is another one, in shard 1. */
  readonly thread?: string;
  /** The running line of the innermost function. */
  readonly line?: number;
}

const SPECIAL: Record<string, Frame['kind']> = {
  '(idle)': 'idle',
  '(program)': 'native',
  '(garbage collector)': 'gc',
};

/**
 * A function in few characters: `play@music` is one of the bot, in the cog `music`; `map@npm:lodash` one of a package,
 * `readFileSync@node:fs` one of Node, `(idle)`, `(program)` and `(garbage collector)` are as V8 has them, and what has
 * no `@` belongs to no file. `play@music:12` begins in line 12; `music/command/play (awaiting)` is a call that waits.
 */
export function frame(text: string): Frame {
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  const place = at === -1 ? '' : text.slice(at + 1);
  const isAwaiting = name.endsWith(' (awaiting)');
  if (isAwaiting) return { name, file: '', line: 0, column: 0, kind: 'awaiting', cog: name.split('/')[0]! };
  const numbered = /^(.*?)(?::(\d+))?$/s.exec(place)!;
  const where = numbered[1]!;
  const position = { line: Number(numbered[2] ?? 1), column: 1 };
  if (place === '') return { name, file: '', line: 0, column: 0, kind: SPECIAL[name] ?? 'native' };
  if (where.startsWith('node:')) return { name, file: where, ...position, kind: 'node' };
  if (where.startsWith('npm:')) {
    const pack = where.slice('npm:'.length);
    const file = `/srv/bot/node_modules/${pack}/index.js`;
    return { name, file, ...position, kind: 'package', package: pack };
  }
  return { name, file: `/srv/bot/cogs/${where}.js`, ...position, kind: 'bot', cog: where };
}

/** `music/command/play` is a target of the cog `music`, `music` the cog itself. */
function owner(text: string): Owner {
  const cog = text.split('/')[0]!;
  return { kind: text.includes('/') ? 'target' : 'cog', name: text, cog };
}

/** A profile of these samples, one after the other in each thread. */
export function buildProfile(samples: readonly SampleSpec[], rest: Partial<Profile> = {}): Profile {
  const frames = new Numbered<Frame>((one) => JSON.stringify(one));
  const owners = new Numbered<Owner>(({ kind, name }) => `${kind} ${name}`);
  const nodes = new Numbered<{ parent: number; frame: number }>((one) => `${one.parent} ${one.frame}`);
  const lines = new Map<string, { node: number; line: number; ticks: number }>();
  const threads = new Map<string, { at: number[]; weight: number[]; node: number[]; owner: number[] }>();
  for (const { stack, times = 1, us = 1_000, owner: whose, thread = 'main', line } of samples) {
    const path = stack.map((one) => (typeof one === 'string' ? frame(one) : one));
    let node = -1;
    for (const one of path) node = nodes.of({ parent: node, frame: frames.of(one) });
    const belongs = typeof whose === 'string' ? owner(whose) : (whose ?? ownerOf(path));
    let columns = threads.get(thread);
    if (columns === undefined) threads.set(thread, (columns = { at: [], weight: [], node: [], owner: [] }));
    for (let time = 0; time < times; time++) {
      const before = columns.at.length - 1;
      columns.at.push(before === -1 ? us : columns.at[before]! + us);
      columns.weight.push(us);
      columns.node.push(node);
      columns.owner.push(owners.of(belongs));
    }
    if (line === undefined) continue;
    const key = `${node} ${line}`;
    const ticks = (lines.get(key)?.ticks ?? 0) + times;
    lines.set(key, { node, line, ticks });
  }
  // Columns of lines are in the order of nodes.
  const ticks = [...lines.values()].sort((a, b) => a.node - b.node || a.line - b.line);
  const built = [...threads].map(([name, columns], index): Thread => {
    const [, shard = '0', short] = /^(?:(\d+)\/)?(.*)$/s.exec(name)!;
    return {
      name: short!,
      shard: Number(shard),
      id: index,
      atUs: Float64Array.from(columns.at),
      weightUs: Float64Array.from(columns.weight),
      node: Uint32Array.from(columns.node),
      owner: Uint32Array.from(columns.owner),
      missed: 0,
      startPauseMs: 70,
    };
  });
  return {
    name: 'bot',
    startedAtEpochMs: 1_800_000_000_000,
    durationUs: Math.max(0, ...built.map(({ atUs }) => atUs.at(-1) ?? 0)),
    intervalUs: 1_000,
    nodeVersion: 'v24.21.0',
    frames: frames.all,
    nodes: {
      frame: Uint32Array.from(nodes.all, (one) => one.frame),
      parent: Int32Array.from(nodes.all, (one) => one.parent),
      lines: {
        node: Uint32Array.from(ticks, (one) => one.node),
        line: Uint32Array.from(ticks, (one) => one.line),
        ticks: Uint32Array.from(ticks, (one) => one.ticks),
      },
    },
    owners: owners.all,
    threads: built,
    markers: [],
    counters: [],
    ...rest,
  };
}

/** Gives what is the same the same number. */
class Numbered<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (one: T) => string;

  constructor(keyOf: (one: T) => string) {
    this.#keyOf = keyOf;
  }

  of(one: T): number {
    const key = this.#keyOf(one);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.all.push(one) - 1));
    return number;
  }
}

/** Whom samples of a stack belong to when nothing else is known. */
function ownerOf(stack: readonly Frame[]): Owner {
  for (const { kind, cog, package: pack } of [...stack].reverse()) {
    if (kind === 'bot') return { kind: 'cog', name: cog ?? 'bot', cog: cog ?? 'bot' };
    if (kind === 'package') return { kind, name: pack ?? '' };
    if (kind === 'gc' || kind === 'idle' || kind === 'profiler') return { kind, name: '' };
  }
  return { kind: stack.at(-1)?.kind === 'node' ? 'node' : 'native', name: '' };
}

/** What all samples stand for, in µs. */
export function recordedUs({ threads }: Profile): number {
  let us = 0;
  for (const { weightUs } of threads) for (const weight of weightUs) us += weight;
  return us;
}

/** How many samples there are. */
export function samplesOf({ threads }: Profile): number {
  return threads.reduce((sum, { node }) => sum + node.length, 0);
}

/** Names that break what does not expect them. */
export const HOSTILE_NAMES = [
  'line\nbreak',
  'carriage\r\nreturn',
  'semi;colon',
  'two  spaces 12',
  'pipe | table | `code` *bold* _it_',
  '```\nfence',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"quotes" \'apostrophes\' \\backslash\\',
  '\u202egnitirw \u2066isolate',
  '\u0000\u0007\u001b[31mred',
  '@everyone <@123456789012345678>',
  '\ud800 lone surrogate',
  'émoji 🎵 函数',
  '__proto__',
  'constructor',
  '',
  ' ',
  '%s %d {{y}}',
  'x'.repeat(100_000),
] as const;

/** A profile in which everything that can have a name has a hostile one. */
export function hostileProfile(): Profile {
  const samples = HOSTILE_NAMES.flatMap((name, index): SampleSpec[] => {
    const bot: Frame = { name, file: `/srv/${name}.js`, line: 1, column: 1, kind: 'bot', cog: name };
    const pack: Frame = { name, file: name, line: 2, column: 2, kind: 'package', package: name };
    const own: Owner = { kind: 'target', name: `${name}/command/${name}`, cog: name };
    return [{ stack: [bot, pack], owner: own, times: index + 1, thread: index % 2 ? name : 'main', line: 3 }];
  });
  const markers = HOSTILE_NAMES.map(
    (name, index): Marker => ({ kind: 'call', name, thread: 0, fromUs: index, toUs: index + 10 }),
  );
  const counters = HOSTILE_NAMES.map((name) => {
    return { name, unit: name, shard: 0, atUs: Float64Array.of(5), value: Float64Array.of(3) };
  });
  return buildProfile(samples, { name: HOSTILE_NAMES.join(' '), markers, counters });
}

/** A profile as large as is asked for, the same each time; many functions are on several levels. */
export function largeProfile({
  nodes = 60_000,
  samples = 300_000,
  frames = 4_000,
  depth = 60,
} = {}): Profile {
  const random = generator(nodes);
  const names = Array.from({ length: frames }, (_, index): Frame => {
    const place = ['music', 'levels', 'npm:discord.js', 'npm:undici', 'node:events'][index % 5]!;
    return frame(`function${index}@${place}:${index + 1}`);
  });
  const parent = new Int32Array(nodes).fill(-1);
  const depths = new Uint32Array(nodes);
  for (let node = 1; node < nodes; node++) {
    const above = node - 1 - Math.floor(random() * Math.min(node, 8));
    if (depths[above]! >= depth) continue;
    parent[node] = above;
    depths[node] = depths[above]! + 1;
  }
  const owners = Array.from({ length: 40 }, (_, index) => owner(`cog${index % 8}/command/run ${index}`));
  // What a function calls belongs to whom it belongs itself.
  const ownerOf = new Uint32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const isInner = depths[node]! > 3 && parent[node]! >= 0;
    ownerOf[node] = isInner ? ownerOf[parent[node]!]! : Math.floor(random() * owners.length);
  }
  const threads = [0.9, 0.1].map((part, id): Thread => {
    const count = Math.floor(samples * part);
    const node = Uint32Array.from({ length: count }, () => Math.floor(random() * nodes));
    return {
      name: id === 0 ? 'main' : 'worker',
      shard: 0,
      id,
      atUs: Float64Array.from({ length: count }, (_, index) => (index + 1) * 1_000),
      weightUs: new Float64Array(count).fill(1_000),
      node,
      owner: node.map((at) => ownerOf[at]!),
      missed: 0,
      startPauseMs: 200,
    };
  });
  return {
    ...buildProfile([]),
    durationUs: samples * 0.9 * 1_000,
    frames: names,
    nodes: {
      frame: Uint32Array.from({ length: nodes }, () => Math.floor(random() * frames)),
      parent,
      lines: {
        node: Uint32Array.from({ length: nodes }, (_, index) => index),
        line: new Uint32Array(nodes).fill(7),
        ticks: new Uint32Array(nodes).fill(3),
      },
    },
    owners,
    threads,
  };
}

/** Numbers from 0 to 1 that are the same each time. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const FUNCTIONS = [
  ...['play@music', 'next@music:20', 'rank@levels', 'emit@node:events', 'parse@npm:ms'],
  ...['parse', '(program)', 'music/command/play (awaiting)'],
];

const sampleSpecs: fc.Arbitrary<SampleSpec> = fc.oneof(
  fc.constantFrom<SampleSpec>(
    { stack: ['(idle)'] },
    { stack: ['(garbage collector)'] },
    { stack: ['(program)'] },
  ),
  fc.record(
    {
      stack: fc.array(fc.constantFrom(...FUNCTIONS), { minLength: 1, maxLength: 8 }),
      times: fc.integer({ min: 1, max: 5 }),
      us: fc.integer({ min: 1, max: 5_000 }),
      owner: fc.constantFrom('music/command/play', 'levels/listener/messageCreate', 'music'),
      thread: fc.constantFrom('main', 'worker', '1/main'),
      line: fc.integer({ min: 1, max: 30 }),
    },
    { requiredKeys: ['stack', 'thread'] },
  ),
);

/** Profiles of any shape: recursion, several threads and shards, samples of nothing. */
export const profiles: fc.Arbitrary<Profile> = fc
  .array(sampleSpecs, { maxLength: 40 })
  .map((samples) => buildProfile(samples));
