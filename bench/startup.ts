import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { median } from './statistics.ts';

const BOT = fileURLToPath(new URL('./processes/bot.js', import.meta.url));
const PAIRS = 25;
const START_AT_MOST = { wallMs: 60, residentBytes: 8e6 };

interface Cost {
  readonly wallMs: number;
  readonly residentBytes: number;
}

/** Pairs of processes, so that what the machine does meanwhile falls on both: the differences are within pairs. */
export const startup = {
  name: 'startup',
  title: 'what cogscope adds to the start of a bot',
  method:
    `Medians over ${PAIRS} pairs of a discord.js bot with 10 commands and 10 listeners, each a new process, up to where\n` +
    'it would log in. First use: loads the command desk and finds the targets, once, when the bot is ready.',
  async *run() {
    const bare: Cost[] = [];
    const started: Cost[] = [];
    const asked: Cost[] = [];
    // The first of each only brings the files into the cache.
    for (let pair = -1; pair < PAIRS; pair++) {
      const order = pair % 2 === 0 ? (['bare', 'profiled'] as const) : (['profiled', 'bare'] as const);
      for (const bot of order) {
        const costs = await start(bot);
        if (pair < 0) continue;
        if (bot === 'bare') bare.push(costs.started);
        else {
          started.push(costs.started);
          asked.push({
            wallMs: costs.asked!.wallMs,
            residentBytes: costs.asked!.residentBytes - costs.started.residentBytes,
          });
        }
      }
    }
    const added = (key: keyof Cost) => median(started.map((cost, pair) => cost[key] - bare[pair]![key]));
    const wall = { case: 'time', unit: 'ms' } as const;
    const resident = { case: 'resident memory', unit: 'bytes' } as const;
    yield { ...wall, subject: 'bare bot', value: median(bare.map(({ wallMs }) => wallMs)) };
    yield { ...resident, subject: 'bare bot', value: median(bare.map(({ residentBytes }) => residentBytes)) };
    yield { ...wall, subject: 'cogscope adds', value: added('wallMs'), atMost: START_AT_MOST.wallMs };
    yield {
      ...resident,
      subject: 'cogscope adds',
      value: added('residentBytes'),
      atMost: START_AT_MOST.residentBytes,
    };
    yield { ...wall, subject: 'first use adds', value: median(asked.map(({ wallMs }) => wallMs)) };
    yield {
      ...resident,
      subject: 'first use adds',
      value: median(asked.map(({ residentBytes }) => residentBytes)),
    };
  },
} as const satisfies Benchmark;

async function start(bot: 'bare' | 'profiled'): Promise<{ started: Cost; asked?: Cost }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', BOT, bot]);
  return JSON.parse(stdout);
}
