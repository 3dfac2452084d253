import { attach } from './attach.ts';
import { detach } from './detach.ts';
import { help } from './help.ts';
import { methods } from './methods.ts';
import { ignore } from './rules-ignore.ts';
import { threshold } from './rules-threshold.ts';
import { tracking } from './rules-tracking.ts';
import { settings } from './settings.ts';
import type { Subcommand } from './subcommand.ts';
import { view } from './view.ts';

/** Every subcommand of `/profiler`, in the order in which Discord lists them. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  attach,
  detach,
  view,
  methods,
  settings,
  help,
  tracking,
  threshold,
  ignore,
];
