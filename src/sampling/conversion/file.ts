import { factsOf } from '../facts.ts';
import type { Profile } from '../profile.ts';
import type { RecordingFacts } from '../recorder/recording-info.ts';
import { encodeRecording } from '../recording-file.ts';

const US_PER_MS = 1e3;

/** A recording as it is kept, in memory that threads share, and what there is to tell of it. */
export function fileOf(profile: Profile, notes: readonly string[] = []) {
  const file = encodeRecording(profile);
  const bytes = new Uint8Array(new SharedArrayBuffer(file.length));
  bytes.set(file);
  return { bytes, facts: recordingFacts(profile, notes) };
}

function recordingFacts(profile: Profile, notes: readonly string[]): RecordingFacts {
  const { samples, running, recordedUs, runningUs, missed, rateHz } = factsOf(profile);
  let ownUs = 0;
  for (const { owner, weightUs } of profile.threads) {
    owner.forEach((one, sample) => {
      if (profile.owners[one]!.kind === 'profiler') ownUs += weightUs[sample]!;
    });
  }
  return {
    samples,
    running,
    recordedMs: recordedUs / US_PER_MS,
    runningMs: runningUs / US_PER_MS,
    ownMs: ownUs / US_PER_MS,
    missed,
    rateHz,
    threads: profile.threads.map(({ name }) => name),
    notes,
  };
}
