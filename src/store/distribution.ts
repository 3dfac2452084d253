import { decodeBins, startOfBinNs } from './histogram.ts';
import { NS_PER_MS, type SealedRow } from './row.ts';

/** How many calls took from so long up to so long, in ms. */
export interface DurationClass {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

const MOST_CLASSES = 16;
/** How many bins make a class: parts of an octave (a doubling), then whole octaves. */
const WIDTHS = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256];

/**
 * The durations of calls in at most 16 classes, from the shortest call to the longest without a gap. Each is about as
 * many times as long as the one before; they end where bins of the histogram end, so that each call is in its class.
 * Where not all calls were timed, the counts are estimates for all.
 */
export function distributionOf({
  minNs,
  maxNs,
  histogram,
}: Pick<SealedRow, 'minNs' | 'maxNs' | 'histogram'>): DurationClass[] {
  const bins = decodeBins(histogram);
  if (bins.length === 0) return [];
  const first = bins[0]![0];
  const last = bins.at(-1)![0];
  const classOf = (bin: number, width: number) => Math.floor(bin / width);
  const width = WIDTHS.find((bins) => classOf(last, bins) - classOf(first, bins) < MOST_CLASSES)!;
  const counts = new Array<number>(classOf(last, width) - classOf(first, width) + 1).fill(0);
  for (const [bin, count] of bins) counts[classOf(bin, width) - classOf(first, width)]! += count;
  return counts.map((count, at) => {
    const startBin = (classOf(first, width) + at) * width;
    const fromNs = at === 0 ? minNs : startOfBinNs(startBin);
    const toNs = at === counts.length - 1 ? maxNs : startOfBinNs(startBin + width);
    return { fromMs: fromNs / NS_PER_MS, toMs: toNs / NS_PER_MS, count };
  });
}
