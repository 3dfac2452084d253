import { statSync } from 'node:fs';
import { live } from '../examples/demo/crowd.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { BARE, cpuProfilers, TIMED } from './cpu-profilers/index.ts';
import type { CpuProfiler, Stack } from './cpu-profilers/profiler.ts';
import { compareOnDemoLoad, DEMO_LOAD_METHOD } from './demo-load/compare.ts';
import { DemoBot } from './demo-load/demo-bot.ts';

/** A `node_modules` in which `@platformatic/flame` and `0x` are: they are no dependencies of ours. */
const FOLDER = process.env['COGSCOPE_CPU_PROFILERS'];

/** From the start of a bot on, nothing is recorded for so long. */
const WARM_UP_MS = 10_000;
const CROWD_MS = 15_000;

/** What was planted and computes: by a part of the file's path, or the target's id. */
const FAULTS: Readonly<Record<string, { readonly pattern: RegExp; readonly burnMs: number }>> = {
  rank: { pattern: /leveling\/rank\.js|leveling\/command\/rank/, burnMs: 60 },
  filter: { pattern: /moderation\/messageCreate\.js/, burnMs: 150 / 40 },
};

const PERCENT = 100;

export const cpuProfilersBench = {
  name: 'cpu-profilers',
  title: 'what profilers of the CPU find in the demo bot, what they cost, and when there is a picture',
  method:
    FOLDER === undefined
      ? 'Not measured: the others are not installed. Install @platformatic/flame and 0x anywhere, and name their node_modules\n' +
        'in COGSCOPE_CPU_PROFILERS.'
      : `Percent of the time that ran under the planted faults, in ${CROWD_MS / 1e3} s with the demo's crowd; from the request to end until\n` +
        `the page is written, and its size.\n${DEMO_LOAD_METHOD}`,
  async *run() {
    if (FOLDER === undefined) return;
    for (const profiler of cpuProfilers(FOLDER, WARM_UP_MS)) yield* found(profiler);
    yield* compareOnDemoLoad([BARE, TIMED, ...cpuProfilers(FOLDER, WARM_UP_MS)]);
  },
} as const satisfies Benchmark;

/** One recording of the bot with the crowd on it. */
async function* found(profiler: CpuProfiler): AsyncIterable<Row> {
  const subject = profiler.name;
  const startedAt = performance.now();
  await using bot = await DemoBot.start(profiler.command);
  await live(
    bot.discord,
    AbortSignal.timeout(Math.max(0, Math.round(startedAt + WARM_UP_MS - performance.now()))),
  );
  await profiler.begin(bot);
  await live(bot.discord, AbortSignal.timeout(CROWD_MS));
  const endedAt = performance.now();
  const picture = await profiler.picture(bot);
  const pictureMs = performance.now() - endedAt;
  const stacks = await profiler.stacks(bot);
  for (const [fault, { pattern }] of Object.entries(FAULTS)) {
    const value = shareOf(stacks, ({ frames }) => frames.some((frame) => pattern.test(frame)));
    yield { case: `under ${fault}`, subject, value, unit: 'percent' };
  }
  yield { case: 'until the page', subject, value: pictureMs, unit: 'ms' };
  yield { case: 'page', subject, value: statSync(picture).size, unit: 'bytes' };
}

function shareOf(stacks: readonly Stack[], isCounted: (stack: Stack) => boolean): number {
  let all = 0;
  let counted = 0;
  for (const stack of stacks) {
    all += stack.weight;
    if (isCounted(stack)) counted += stack.weight;
  }
  return (counted / all) * PERCENT;
}
