import { attach } from './attach.ts';
import { cpu, pyspy } from './cpu.ts';
import { cleanup } from './data-cleanup.ts';
import { clear } from './data-clear.ts';
import { exportData } from './data-export.ts';
import { importData } from './data-import.ts';
import { delta } from './delta.ts';
import { detach } from './detach.ts';
import { growth } from './heap-growth.ts';
import { objects } from './heap-objects.ts';
import { sample } from './heap-sample.ts';
import { snapshot } from './heap-snapshot.ts';
import { sources } from './heap-sources.ts';
import { help } from './help.ts';
import { inflight } from './inflight.ts';
import { inspect } from './inspect.ts';
import { memory } from './memory.ts';
import { methods } from './methods.ts';
import { ignore } from './rules-ignore.ts';
import { threshold } from './rules-threshold.ts';
import { tracking } from './rules-tracking.ts';
import { caches } from './runtime-caches.ts';
import { save } from './save.ts';
import { settings } from './settings.ts';
import type { Subcommand } from './subcommand.ts';
import { verbose } from './verbose.ts';
import { view } from './view.ts';

/** Every subcommand of `/profiler`, in the order in which Discord lists them. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  attach,
  detach,
  view,
  inspect,
  inflight,
  memory,
  methods,
  verbose,
  cpu,
  pyspy,
  save,
  delta,
  settings,
  help,
  tracking,
  threshold,
  ignore,
  exportData,
  importData,
  clear,
  cleanup,
  growth,
  objects,
  sample,
  sources,
  snapshot,
  caches,
];
