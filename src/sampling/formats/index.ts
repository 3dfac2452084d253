import { callgrind } from './callgrind.ts';
import { chromeTrace } from './chrome-trace.ts';
import { collapsed } from './collapsed.ts';
import { cpuprofile } from './cpuprofile.ts';
import { dot } from './dot.ts';
import { flameGraph } from './flame-graph.ts';
import { flat } from './flat.ts';
import type { ProfileFormat } from './format.ts';
import { gecko } from './gecko.ts';
import { heatmap } from './heatmap.ts';
import { jsonl } from './jsonl.ts';
import { markdown } from './markdown.ts';
import { pprof } from './pprof.ts';
import { speedscope } from './speedscope.ts';
import { table } from './table.ts';
import { tree } from './tree.ts';

/** Every kind of file that a profile can be written as, in the order in which they are offered. */
export const PROFILE_FORMATS = [
  flameGraph,
  heatmap,
  table,
  tree,
  flat,
  markdown,
  collapsed,
  jsonl,
  dot,
  cpuprofile,
  speedscope,
  gecko,
  chromeTrace,
  pprof,
  callgrind,
] as const satisfies readonly ProfileFormat[];
