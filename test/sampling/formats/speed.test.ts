import { expect, test } from 'vitest';
import { callgrind } from '../../../src/sampling/formats/callgrind.ts';
import { chromeTrace } from '../../../src/sampling/formats/chrome-trace.ts';
import { cpuprofile } from '../../../src/sampling/formats/cpuprofile.ts';
import type { ProfileFormat } from '../../../src/sampling/formats/format.ts';
import { gecko } from '../../../src/sampling/formats/gecko.ts';
import { optionsFor } from '../../../src/sampling/formats/options.ts';
import { pprof } from '../../../src/sampling/formats/pprof.ts';
import { speedscope } from '../../../src/sampling/formats/speedscope.ts';
import type { Profile } from '../../../src/sampling/profile.ts';
import { largeProfile } from '../build.ts';

const VIEWED: readonly ProfileFormat[] = [cpuprofile, speedscope, gecko, chromeTrace, pprof, callgrind];

/** The quickest of some: what else runs on the machine only makes it slower. */
function quickestMs(format: ProfileFormat, profile: Profile): number {
  const options = optionsFor(format, { group: ['command'] });
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3; time++) {
    const startedAtMs = performance.now();
    format.encode(profile, options);
    quickestMs = Math.min(quickestMs, performance.now() - startedAtMs);
  }
  return quickestMs;
}

// As large as a recording gets; stacks are as deep in the small one.
const large = largeProfile();
const small = largeProfile({ nodes: 6_000, samples: 30_000 });

test.each(VIEWED)(
  '$name: ten times as much takes nowhere near a hundred times as long',
  (format) => {
    const smallMs = quickestMs(format, small);
    expect(quickestMs(format, large) / smallMs).toBeLessThan(50);
  },
  120_000,
);
