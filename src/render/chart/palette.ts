import type { Role } from './timeline.ts';

/**
 * A dark card of its own: pictures are seen on Discord's dark themes and on its light one, and cannot know on which.
 */
export const BACKGROUND = '#1f2430';
export const GRID = '#3b4458';
export const TEXT = '#eceff4';
export const QUIET_TEXT = '#b6bfce';
/** Of what went wrong; it stands with a mark as well. */
export const FAILED_TEXT = '#ff9b73';

/**
 * The colours of Okabe and Ito, "Color Universal Design" (2008), which people with any colour vision tell apart. Those
 * that share a panel differ in lightness too, and lines in their dashes.
 */
export const COLOURS = {
  typical: '#56b4e9',
  high: '#f0e442',
  worst: '#cc79a7',
  amount: '#56b4e9',
  bad: '#d55e00',
} as const satisfies Record<Role, string>;
