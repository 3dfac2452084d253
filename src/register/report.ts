/** Says on stderr, in one line, why there is no profiler. */
export function reportOff(error: unknown): void {
  try {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`[cogscope] The profiler is off: ${reason.split('\n')[0]}`);
  } catch {
    // The bot has a console of its own, which fails.
  }
}
