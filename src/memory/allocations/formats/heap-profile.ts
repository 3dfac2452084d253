import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame } from '../../../sampling/profile.ts';
import type { AllocationFormat } from './format.ts';

/** As V8's inspector has it; lines and columns count from 0 there. */
interface WrittenNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  selfSize: number;
  readonly id: number;
  readonly children: WrittenNode[];
}

/** V8's own format, with the functions where they were written. */
export const heapProfile = {
  name: 'heapprofile',
  label: 'Heap profile of V8',
  extension: 'heapprofile',
  viewers: ['Chromium DevTools (Memory)', 'VS Code', 'speedscope'],
  encode({ frames, nodes, samples }) {
    const scripts = new Map<string, number>();
    // 1 is the root.
    const head = nodeOf({ name: '(root)', file: '', line: 0, column: 0 }, 1, scripts);
    const all = Array.from(nodes.frame, (frame, index) => nodeOf(frames[frame]!, index + 2, scripts));
    for (const [index, node] of all.entries()) (all[nodes.parent[index]!] ?? head).children.push(node);
    for (const [index, node] of samples.node.entries()) all[node]!.selfSize += samples.bytes[index]!;
    const written = Array.from(samples.node, (node, index) => ({
      size: samples.bytes[index]!,
      nodeId: node + 2,
      ordinal: samples.ordinal[index]!,
    }));
    return JSON.stringify({ head, samples: written });
  },
} as const satisfies AllocationFormat;

function nodeOf(
  { name, file, line, column }: Pick<Frame, 'name' | 'file' | 'line' | 'column'>,
  id: number,
  scripts: Map<string, number>,
): WrittenNode {
  if (file !== '' && !scripts.has(file)) scripts.set(file, scripts.size + 1);
  return {
    callFrame: {
      functionName: name === '(anonymous)' ? '' : name.toWellFormed(),
      scriptId: String(scripts.get(file) ?? 0),
      url: isAbsolute(file) ? pathToFileURL(file).href : file.toWellFormed(),
      lineNumber: line - 1,
      columnNumber: column - 1,
    },
    selfSize: 0,
    id,
    children: [],
  };
}
