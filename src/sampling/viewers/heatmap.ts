import type { Profile } from '../profile.ts';
import { type PageOptions, pack } from './pack.ts';
import { htmlPage } from './page.ts';

/** The lines that ran, file by file, as a page of one file, which works from a disk. */
export function heatmapPage(profile: Profile, options: PageOptions = {}): string {
  return htmlPage({ name: 'heatmap', title: 'lines' }, pack([profile], options));
}
