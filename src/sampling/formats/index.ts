import { COLLAPSED } from './collapsed.ts';
import { DOT } from './dot.ts';
import { FLAT } from './flat.ts';
import type { ProfileFormat } from './format.ts';
import { JSONL } from './jsonl.ts';
import { MARKDOWN } from './markdown.ts';
import { TABLE } from './table.ts';
import { TREE } from './tree.ts';

/** Every kind of file that a profile can be written as, in the order in which they are offered. */
export const PROFILE_FORMATS = [
  TABLE,
  TREE,
  FLAT,
  MARKDOWN,
  COLLAPSED,
  JSONL,
  DOT,
] as const satisfies readonly ProfileFormat[];
