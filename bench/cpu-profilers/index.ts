import type { Loaded } from '../demo-load/compare.ts';
import { cogscope } from './cogscope.ts';
import { flame } from './flame.ts';
import type { CpuProfiler } from './profiler.ts';
import { zeroX } from './zero-x.ts';

/** What records the CPU, in the order of the table: one file here and one line in this list each. */
export function cpuProfilers(folder: string, delayMs: number): readonly CpuProfiler[] {
  return [cogscope, flame(folder), zeroX(folder, delayMs)];
}

/** The bot by itself. */
export const BARE: Loaded = { name: 'not recorded', begin: async () => undefined };
/** All calls are timed, and nothing is recorded: what part of the cost of a recording is there without one. */
export const TIMED: Loaded = { name: 'cogscope, only timing', begin: (bot) => bot.call('attach') };
