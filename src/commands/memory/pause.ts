import type { ExpectedPause } from '../../memory/pause.ts';
import { formatBytes, formatDurationShort } from '../../render/units.ts';

/** Discord takes no answer to an interaction after that. */
const DEADLINE_MS = 3_000;

/** For how long the bot will be held up, in sentences: said before the owner decides. */
export function pauseText({ atLeastMs, atMostMs, heapUsedBytes, isMeasured }: ExpectedPause): string {
  const pause = `**${formatDurationShort(atLeastMs)} to ${formatDurationShort(atMostMs)}**`;
  return [
    `The heap has ${formatBytes(heapUsedBytes)}. To look at all of it holds up this process for ${pause}, ${
      isMeasured ? 'as it took the last time' : 'by what is usual for heaps of this size'
    }: it does nothing else meanwhile.`,
    ...(atMostMs > DEADLINE_MS
      ? ['Interactions that come at its beginning may fail, as Discord waits for 3 s.']
      : []),
  ].join(' ');
}

/** The page's button that goes on all the same. */
export function holdUpLabel({ atMostMs }: ExpectedPause): string {
  return `Hold up the bot, up to ${formatDurationShort(atMostMs)}`;
}
