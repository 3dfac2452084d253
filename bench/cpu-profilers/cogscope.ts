import { join } from 'node:path';
import type { CpuProfiler } from './profiler.ts';

export const cogscope = {
  name: 'cogscope',
  command: (bot) => [bot],
  begin: (bot) => bot.call('record'),
  async picture(bot) {
    const path = join(bot.folder, 'flame-graph.html');
    await bot.call('picture', path);
    return path;
  },
  async stacks(bot) {
    const lines = (await bot.call('text', 'collapsed')).trimEnd().split('\n');
    return lines
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return { frames: line.slice(0, end).split(';').map(unescaped), weight: Number(line.slice(end + 1)) };
      })
      .filter(({ frames }) => !frames.includes('(idle)'));
  },
} as const satisfies CpuProfiler;

/** `burn@lib/burn.js:2` to `burn lib/burn.js:2`. */
function unescaped(frame: string): string {
  return decodeURIComponent(frame).replace('@', ' ');
}
