import type { SummaryOptions } from '../../profiler.ts';

const MS_PER_MINUTE = 60_000;

/** The spans of time that menus offer; the first is what they show until another is chosen. */
const WINDOWS = [
  { value: 'all', label: 'All that is kept', window: {} },
  { value: '5m', label: 'The last 5 minutes', window: { windowMs: 5 * MS_PER_MINUTE } },
  { value: '1h', label: 'The last hour', window: { windowMs: 60 * MS_PER_MINUTE } },
  { value: '1d', label: 'The last 24 hours', window: { windowMs: 24 * 60 * MS_PER_MINUTE } },
  { value: 'start', label: 'Since the bot started', window: { since: 'start' } },
  { value: 'reload', label: 'Since each cog was reloaded', window: { since: 'reload' } },
] as const satisfies readonly { value: string; label: string; window: SummaryOptions }[];

/** Those that are known of what each process has in its memory alone. */
export const WINDOWS_IN_MEMORY = [WINDOWS[0], WINDOWS[1], WINDOWS[2]] as const;

/** Those that do not reach beyond what is kept. */
export function windowsWithin(retentionMs: number) {
  return WINDOWS.filter(({ window }) => !('windowMs' in window) || window.windowMs < retentionMs);
}

export function windowOf(value: string) {
  return WINDOWS.find((window) => window.value === value) ?? WINDOWS[0];
}

export function windowInMemory(value: string) {
  return WINDOWS_IN_MEMORY.find((window) => window.value === value) ?? WINDOWS_IN_MEMORY[0];
}
