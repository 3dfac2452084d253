import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Profile } from 'pprof-format';
import type { DemoBot } from '../demo-load/demo-bot.ts';
import type { CpuProfiler, Stack } from './profiler.ts';

const POLL_MS = 10;

/** @param folder of the packages that are measured */
export function flame(folder: string): CpuProfiler {
  const cli = join(folder, '@platformatic/flame/bin/flame.js');
  return {
    name: '@platformatic/flame',
    command: (bot) => [cli, 'run', '--manual', bot],
    begin: toggle,
    async picture(bot) {
      await toggle(bot);
      const profile = await written(bot, /^cpu-profile-.*\.pb$/);
      const generating = spawn(process.execPath, [cli, 'generate', profile], {
        cwd: bot.folder,
        stdio: 'ignore',
      });
      await once(generating, 'exit');
      return join(bot.folder, await written(bot, /^cpu-profile-.*\.html$/));
    },
    async stacks(bot) {
      return stacksOf(readFileSync(join(bot.folder, await written(bot, /^cpu-profile-.*\.pb$/))));
    },
  };
}

async function toggle(bot: DemoBot): Promise<void> {
  process.kill(await bot.call('pid'), 'SIGUSR2');
}

async function written(bot: DemoBot, pattern: RegExp): Promise<string> {
  for (;;) {
    const name = readdirSync(bot.folder).find((file) => pattern.test(file));
    if (name !== undefined) return name;
    await sleep(POLL_MS);
  }
}

/** It does not record what is idle. */
function stacksOf(file: Buffer): Stack[] {
  const { sample, location, function: functions, stringTable } = Profile.decode(file);
  const text = (index: number | bigint) => stringTable.strings[Number(index)] ?? '';
  const functionsById = new Map(
    functions.map((one) => [Number(one.id), `${text(one.name)} ${text(one.filename)}`]),
  );
  const locationsById = new Map(
    location.map(({ id, line }) => [
      Number(id),
      line.map(({ functionId }) => functionsById.get(Number(functionId))!),
    ]),
  );
  return sample.map(({ locationId, value }) => ({
    frames: locationId.flatMap((id) => locationsById.get(Number(id)) ?? []).reverse(),
    // The last kind of value is the one that counts: wall time.
    weight: Number(value.at(-1)),
  }));
}
