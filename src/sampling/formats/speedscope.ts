import { grouped } from '../grouped.ts';
import { threadName } from '../groups.ts';
import type { Profile, Thread } from '../profile.ts';
import type { ProfileFormat } from './format.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';

/** speedscope's own format: a profile a thread, over the same frames. */
export const speedscope: ProfileFormat = {
  name: 'speedscope',
  label: 'speedscope',
  extension: 'speedscope.json',
  mediaType: 'application/json',
  viewers: ['speedscope'],
  takes: ['group'],
  encode(profile, { group }) {
    const shown = grouped(profile, group);
    const stacks = stacksOf(shown);
    const profiles = shown.threads.map((thread) => profileOf(thread, stacks));
    const head = {
      $schema: SCHEMA,
      name: shown.name.toWellFormed(),
      exporter: 'cogscope',
      activeProfileIndex: 0,
    };
    const shared = { frames: framesOf(shown) };
    const fields = [...Object.entries(head), ['shared', shared] as const];
    const written = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return `{${written.join(',')},"profiles":[\n${profiles.join(',\n')}\n]}\n`;
  },
};

function framesOf({ frames }: Profile): object[] {
  return frames.map(({ name, file, line, column }) => ({
    name: name.toWellFormed(),
    ...(file !== '' && { file: file.toWellFormed() }),
    ...(line > 0 && { line }),
    ...(column > 0 && { col: column }),
  }));
}

/** The frames of each node as they are written, without the brackets: a node has those of its parent, and one more. */
function stacksOf({ nodes: { frame, parent } }: Profile): readonly string[] {
  const stacks: string[] = [];
  frame.forEach((which, node) => {
    const above = parent[node]!;
    stacks.push(above === -1 ? `${which}` : `${stacks[above]!},${which}`);
  });
  return stacks;
}

function profileOf(thread: Thread, stacks: readonly string[]): string {
  const samples: string[] = [];
  const weights: number[] = [];
  let endValue = 0;
  let last = -1;
  thread.node.forEach((node, sample) => {
    const weight = thread.weightUs[sample]!;
    endValue += weight;
    if (node === last) {
      weights[weights.length - 1]! += weight;
    } else {
      samples.push(`[${stacks[node]!}]`);
      weights.push(weight);
    }
    last = node;
  });
  const name = JSON.stringify(threadName(thread).toWellFormed());
  return (
    `{"type":"sampled","name":${name},"unit":"microseconds","startValue":0,"endValue":${endValue},` +
    `"samples":[${samples.join(',')}],"weights":${JSON.stringify(weights)}}`
  );
}
