import type { Owner, Profile } from '../../../src/sampling/profile.ts';
import { buildProfile, frame } from '../build.ts';

const COGS = ['music', 'levels', 'economy', 'moderation', 'welcome', 'games', 'polls', 'logs', 'tickets'];
const PLACES = [
  ...COGS,
  'npm:discord.js',
  'npm:undici',
  'npm:ws',
  'node:events',
  'node:internal/streams/readable',
];
const FUNCTIONS = 4_000;
const DEEPEST = 60;
const COMMANDS = 40;
/** How often the one that is called next is the one that is called most. */
const USUAL = 0.95;
/** How often a function calls nothing more. */
const LEAF = 0.08;

/**
 * A recording as large as they get, the same each time: a few ways through the code take most of the time, and there
 * are many that were sampled once, as it is in a bot.
 * @param nodes how many functions called by others; samples are added until there are as many
 */
export function bigBot(nodes = 60_000): Profile {
  const random = generator(1);
  const frames = Array.from({ length: FUNCTIONS }, (_, index) =>
    frame(`function${index}@${PLACES[index % PLACES.length]}:${1 + (index % 900)}`),
  );
  const owners = Array.from({ length: COMMANDS }, (_, index): Owner => {
    const cog = COGS[index % COGS.length]!;
    return { kind: 'target', name: `${cog}/command/run ${index}`, cog };
  });
  const known = new Map<string, number>();
  const frameOf: number[] = [];
  const parentOf: number[] = [];
  const sampled: number[] = [];
  const owned: number[] = [];
  while (frameOf.length < nodes) {
    const command = skewed(random, COMMANDS, 0.2);
    let node = -1;
    for (let depth = 0; depth < DEEPEST && frameOf.length < nodes; depth++) {
      const step = depth === 0 ? command : skewed(random, 30, USUAL);
      const key = `${node} ${step}`;
      let next = known.get(key);
      if (next === undefined) {
        next = frameOf.length;
        known.set(key, next);
        const caller = node < 0 ? command * 97 : frameOf[node]!;
        frameOf.push((caller * 31 + step * 7 + 13) % FUNCTIONS);
        parentOf.push(node);
      }
      node = next;
      if (depth > 4 && random() < LEAF) break;
    }
    sampled.push(node);
    owned.push(command);
  }
  const { length } = sampled;
  return {
    ...buildProfile([]),
    durationUs: length * 1_000,
    frames,
    nodes: {
      frame: Uint32Array.from(frameOf),
      parent: Int32Array.from(parentOf),
      lines: {
        node: Uint32Array.from(sampled.toSorted((a, b) => a - b)),
        line: Uint32Array.from({ length }, (_, index) => 1 + (index % 40)),
        ticks: new Uint32Array(length).fill(1),
      },
    },
    owners,
    threads: [
      {
        name: 'main',
        shard: 0,
        id: 0,
        atUs: Float64Array.from({ length }, (_, index) => (index + 1) * 1_000),
        weightUs: new Float64Array(length).fill(1_000),
        node: Uint32Array.from(sampled),
        owner: Uint32Array.from(owned),
        missed: 0,
        startPauseMs: 200,
      },
    ],
  };
}

/** The first most often, each further one less so. */
function skewed(random: () => number, count: number, usual: number): number {
  let index = 0;
  while (index < count - 1 && random() > usual) index++;
  return index;
}

/** Numbers from 0 to 1 that are the same each time. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
