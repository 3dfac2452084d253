import { collapsed } from './collapsed.ts';
import { dot } from './dot.ts';
import { flat } from './flat.ts';
import type { ProfileFormat } from './format.ts';
import { jsonl } from './jsonl.ts';
import { markdown } from './markdown.ts';
import { table } from './table.ts';
import { tree } from './tree.ts';

/** Every kind of file that a profile can be written as, in the order in which they are offered. */
export const PROFILE_FORMATS = [
  table,
  tree,
  flat,
  markdown,
  collapsed,
  jsonl,
  dot,
] as const satisfies readonly ProfileFormat[];
