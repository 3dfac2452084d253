import { cut, plain } from '../../render/text.ts';
import { formatDuration, formatNumber, plural } from '../../render/units.ts';
import { type Facts, factsOf } from '../facts.ts';
import { placeOf } from '../functions.ts';
import type { Frame, Profile } from '../profile.ts';
import { sufficiency } from '../uncertainty.ts';

/** Longer names are cut: code that is generated has names of any length. */
const LONGEST_NAME = 120;
const ANONYMOUS = '(anonymous)';

/** The name of a function, in one line. */
export function functionName({ name }: Pick<Frame, 'name'>): string {
  return inLine(name) || ANONYMOUS;
}

/** Where a function is, in one line. Empty for what is in no file. */
export function functionPlace(frame: Pick<Frame, 'file' | 'line'>): string {
  return inLine(placeOf(frame));
}

/** Whatever it is, in one line that does not become too long. */
export function inLine(text: string): string {
  return cut(plain(text).trim(), LONGEST_NAME);
}

/** Such as `12.3 %`. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** What was recorded, and how well; a fact a line. */
export function factLines(profile: Profile, facts: Facts = factsOf(profile)): string[] {
  const { name, startedAtEpochMs, durationUs, intervalUs, nodeVersion, threads } = profile;
  const { samples, running, usable, rateHz, missed, startPauseMs } = facts;
  return [
    `${inLine(name)}, ${new Date(startedAtEpochMs).toISOString()}, Node ${inLine(nodeVersion)}`,
    [
      `${formatDuration(durationUs / 1_000)} recorded`,
      plural(threads.length, 'thread'),
      plural(samples, 'sample'),
      `${formatNumber(rateHz)}/s of ${formatNumber(1_000_000 / intervalUs)}/s`,
      `${missed} missed`,
      `the start held the bot up for ${formatDuration(startPauseMs)}`,
    ].join(', '),
    `Something ran in ${percent(running, samples)}, and functions are known in ${percent(usable, running)} of that`,
    sufficiency(running, durationUs).text,
  ];
}
