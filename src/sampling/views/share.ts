import { filtered } from '../filter.ts';
import type { Weight } from '../nodes.ts';
import type { Profile } from '../profile.ts';
import { marginOf } from '../uncertainty.ts';

/** A part of a time, and how sure that is; shares are from 0 to 1. */
export interface Share extends Weight {
  readonly share: number;
  /** How far it may lie from the truth, in 19 of 20 recordings. */
  readonly margin: number;
}

export function shareOf({ count, us }: Weight, all: Weight): Share {
  return { count, us, share: all.us === 0 ? 0 : us / all.us, margin: marginOf(count, all.count) };
}

/** What most views are about: the samples in which something of the bot ran. Frames and owners keep their numbers. */
export function whatRan(profile: Profile): Profile {
  return filtered(profile, { mode: 'cpu', profiler: false });
}
