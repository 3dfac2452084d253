import { cogscope } from './cogscope.ts';
import { flame } from './flame.ts';
import type { CpuProfiler } from './profiler.ts';
import { zeroX } from './zero-x.ts';

/** What records the CPU, in the order of the table: one file here and one line in this list each. */
export function cpuProfilers(folder: string, delayMs: number): readonly CpuProfiler[] {
  return [cogscope, flame(folder), zeroX(folder, delayMs)];
}

/** Whoever is measured, whether it records or not. */
export type Bot = Pick<CpuProfiler, 'name' | 'command' | 'begin'>;

/** The bot by itself. */
export const BARE: Bot = { name: 'not recorded', command: (bot) => [bot], begin: async () => undefined };
/** All calls are timed, and nothing is recorded: what part of the cost of a recording is there without one. */
export const TIMED: Bot = {
  name: 'cogscope, only timing',
  command: (bot) => [bot],
  begin: (bot) => bot.call('attach'),
};
