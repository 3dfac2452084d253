import { ProfilerError } from '../../errors.ts';

/** Who records what in this process, whichever copy of this package does it. */
interface Holder {
  readonly startedBy: string;
  readonly what: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
}

const SLOT = Symbol.for('cogscope.recording');
const shared = globalThis as { [SLOT]?: Holder | undefined };

/**
 * One recording at a time: two would see each other.
 * @throws ProfilerError RECORDING_BUSY, with who runs what, since when, and for how long
 */
export function takeSlot(startedBy: string, what: string, durationMs: number): Disposable {
  const other = shared[SLOT];
  if (other !== undefined) {
    const elapsedMs = Date.now() - other.startedAtEpochMs;
    const leftMs = Math.max(0, other.durationMs - elapsedMs);
    const seconds = (ms: number) => Math.ceil(ms / 1_000);
    throw new ProfilerError(
      'RECORDING_BUSY',
      other.startedBy,
      other.what,
      seconds(elapsedMs),
      seconds(leftMs),
    );
  }
  const own: Holder = { startedBy, what, durationMs, startedAtEpochMs: Date.now() };
  shared[SLOT] = own;
  return {
    [Symbol.dispose]() {
      if (shared[SLOT] === own) shared[SLOT] = undefined;
    },
  };
}
