import { mainOwners } from '../flat.ts';
import { functionName } from '../formats/lines.ts';
import { functionWeights } from '../functions.ts';
import { weightOf } from '../nodes.ts';
import type { FrameKind, Profile } from '../profile.ts';
import { placeFrom } from './place.ts';
import { type Share, shareOf } from './share.ts';

/** A function, and what it took of the time in which something ran. */
export interface FunctionRow {
  /** By which it is asked about: its index in the frames of the recording. */
  readonly frame: number;
  /** In one line, not too long. */
  readonly name: string;
  /** Such as `cogs/music.js:12`; empty for what is in no file. */
  readonly place: string;
  readonly kind: FrameKind;
  /** The cog, of a function of the bot. */
  readonly cog?: string;
  /** Whom most of its samples belong to, such as `music/command/play`. */
  readonly owner: string;
  /** What it ran itself. */
  readonly self: Share;
  /** With what it called, recursion once. */
  readonly total: Share;
}

/**
 * Every function that was seen.
 * @param profile what ran
 */
export function functionRows(profile: Profile, rootDir: string): FunctionRow[] {
  const { selfCount, selfUs, totalCount, totalUs } = functionWeights(profile);
  const owners = mainOwners(profile);
  const all = weightOf(profile);
  return profile.frames.flatMap((one, frame) => {
    if (totalCount[frame] === 0) return [];
    return {
      frame,
      name: functionName(one),
      place: placeFrom(rootDir, one),
      kind: one.kind,
      ...(one.cog !== undefined && { cog: one.cog }),
      owner: owners[frame]!,
      self: shareOf({ count: selfCount[frame]!, us: selfUs[frame]! }, all),
      total: shareOf({ count: totalCount[frame]!, us: totalUs[frame]! }, all),
    };
  });
}
