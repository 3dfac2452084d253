import type { Profile } from '../profile.ts';
import { type PageOptions, pack } from './pack.ts';
import { htmlPage } from './page.ts';

/** A flame graph as a page of one file, which works from a disk. */
export function flameGraphPage(profile: Profile, options: PageOptions = {}): string {
  return htmlPage({ name: 'flame-graph', title: 'flame graph' }, pack([profile], options));
}

/** The same of two recordings: what became slower, faster, is new or gone. */
export function comparisonPage(before: Profile, now: Profile, options: PageOptions = {}): string {
  return htmlPage({ name: 'flame-graph', title: 'what changed' }, pack([before, now], options));
}
