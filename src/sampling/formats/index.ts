import { ProfilerError } from '../../errors.ts';
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
import { recording } from './recording.ts';
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
  recording,
] as const satisfies readonly ProfileFormat[];

export type FormatName = (typeof PROFILE_FORMATS)[number]['name'];

/** @throws ProfilerError INVALID_OPTION */
export function formatNamed(name: string): ProfileFormat {
  const found = PROFILE_FORMATS.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = PROFILE_FORMATS.map((format) => `\`${format.name}\``).join(', ');
  throw new ProfilerError('INVALID_OPTION', 'format', `must be one of ${names}`);
}
