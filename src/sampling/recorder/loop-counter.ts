import type { Counter, Thread } from '../profile.ts';
import { stretchesOf } from '../stretches.ts';

const SPAN_US = 250_000;

/**
 * How busy the loop of a thread was, in percent of each quarter of a second, by its samples: the signals by which V8
 * takes these wake Node from its sleep, which then counts as busy in `eventLoopUtilization`.
 * @param isIdle of a node: whether nothing ran
 */
export function loopCounter(thread: Thread, isIdle: (node: number) => boolean): Counter[] {
  const { node, weightUs, shard } = thread;
  const { fromUs } = stretchesOf(thread);
  if (node.length === 0) return [];
  const beginUs = fromUs[0]!;
  const endUs = fromUs.at(-1)! + weightUs.at(-1)!;
  const count = Math.max(1, Math.round((endUs - beginUs) / SPAN_US));
  const spanUs = (endUs - beginUs) / count;
  if (!(spanUs > 0)) return [];
  const busyUs = new Float64Array(count);
  node.forEach((one, sample) => {
    if (isIdle(one)) return;
    // One that was late stands for several spans.
    let [atUs, leftUs] = [fromUs[sample]! - beginUs, weightUs[sample]!];
    for (let span = Math.min(count - 1, Math.floor(atUs / spanUs)); leftUs > 0 && span < count; span++) {
      const us = span === count - 1 ? leftUs : Math.min(leftUs, (span + 1) * spanUs - atUs);
      busyUs[span]! += us;
      atUs += us;
      leftUs -= us;
    }
  });
  return [
    {
      name: 'Event loop',
      unit: '%',
      shard,
      atUs: Float64Array.from(busyUs, (_, span) => Math.round(beginUs + (span + 1) * spanUs)),
      value: busyUs.map((us) => Math.min(100, (100 * us) / spanUs)),
    },
  ];
}
