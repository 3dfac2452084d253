import { setTimeout as sleep } from 'node:timers/promises';
import { largeProfile } from '../../test/sampling/build.ts';
import { serve } from '../child.ts';
import { ConversionThread, fileOf, PROFILE_FORMATS } from '../internals.ts';

/** A bot's thread that has a large recording written as files, and does nothing else. */

const IDLE_MS = 500;
const { bytes } = fileOf(largeProfile());
const sources = [{ id: 'large', bytes }];
const thread = new ConversionThread();

async function measured(work: () => Promise<unknown>) {
  let heldMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    heldMs = Math.max(heldMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  const startedAtMs = performance.now();
  await work();
  const madeMs = performance.now() - startedAtMs;
  clearInterval(timer);
  return { madeMs, heldMs };
}

const convert = (format: string) =>
  measured(async () => {
    const file = await thread.run('export', sources, { format, options: {} });
    if (file.length === 0) throw new Error(`${format} is empty.`);
  });

const api = {
  /** Has the thread start, and the recording unpacked. */
  async setUp() {
    const names = PROFILE_FORMATS.map(({ name }) => name);
    for (const name of names) await convert(name);
    return names;
  },
  idle: () => measured(() => sleep(IDLE_MS)),
  convert,
};
export type ConversionsProcess = typeof api;

serve(api);
