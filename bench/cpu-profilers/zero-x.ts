import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CpuProfiler } from './profiler.ts';

const OUTPUT = 'picture';
/** It counts waiting as it counts all else; here it is left out, as others do. */
const IDLE = /^epoll_p?wait/;

interface Frame {
  readonly name: string;
  readonly kind?: string;
}

/** @param folder of the packages that are measured @param delayMs from the start of the bot to what is recorded */
export function zeroX(folder: string, delayMs: number): CpuProfiler {
  return {
    name: '0x',
    command: (bot) => [
      ...[join(folder, '0x/cmd.js'), `--collect-delay=${delayMs}`, `--output-dir=${OUTPUT}`],
      ...['--', 'node', bot],
    ],
    begin: async () => undefined,
    async picture(bot) {
      await bot.call('end');
      await bot.ended;
      return join(bot.folder, OUTPUT, 'flamegraph.html');
    },
    async stacks(bot) {
      const output = join(bot.folder, OUTPUT);
      const log = readdirSync(output).find((name) => name.endsWith('-v8.log'))!;
      const load = createRequire(join(folder, '0x/'));
      const ticksOf = load('./lib/v8-log-to-ticks.js') as (
        log: string,
        options: object,
      ) => Promise<Frame[][]>;
      const options = { pathToNodeBinary: process.execPath, collectDelay: delayMs };
      const ticks = await ticksOf(join(output, log), options);
      return ticks
        .map((frames) => ({ frames: frames.map(({ name }) => name), weight: 1 }))
        .filter(({ frames }) => !frames.some((frame) => IDLE.test(frame)));
    },
  };
}
