import { formatCount } from '../../render/units.ts';
import { type CallTree, callTree, invertedTree } from '../call-tree.ts';
import { factsOf } from '../facts.ts';
import { isHidden } from '../filter.ts';
import { threadName } from '../groups.ts';
import { linksOf, weightOf } from '../nodes.ts';
import type { Profile } from '../profile.ts';
import type { FormatOptions, ProfileFormat } from './format.ts';
import { factLines, functionName, functionPlace, inLine, percent } from './lines.ts';

/** What the children of a node are sorted by, as the value of each: texts upwards, numbers downwards. */
export const REPORT_SORTS = ['location', 'total', 'self'] as const;

const HEAD = 'Overhead ╎ [+more levels] Count  File:Line; Function';
/** A mark in each so many levels of indentation. */
const RULED_LEVELS = 5;

/** Who called whom, indented, as Julia's profiler prints it. */
export const tree: ProfileFormat = {
  name: 'tree',
  label: 'Tree of calls',
  extension: 'txt',
  mediaType: 'text/plain',
  viewers: ['any text editor'],
  takes: ['group', 'sort', 'maxDepth', 'minCount', 'noise', 'recursion', 'width', 'inverted'],
  sorts: REPORT_SORTS,
  encode(profile, options) {
    const { group, recursion, inverted } = options;
    const calls = inverted ? invertedTree(profile, { group }) : callTree(profile, { group, recursion });
    const lines = [...factLines(profile), '', HEAD, '='.repeat(HEAD.length)];
    for (const line of treeLines(profile, calls, options)) lines.push(line);
    lines.push('', ...footLines(profile));
    if (calls.cutCount > 0) lines.push(`${formatCount(calls.cutCount)} samples are deeper than is followed`);
    return `${lines.join('\n')}\n`;
  },
};

/** How many samples there are, and how much of its time each thread was at work. */
export function footLines(profile: Profile): string[] {
  return profile.threads.map((thread) => {
    const { samples, recordedUs, runningUs } = factsOf(profile, [thread]);
    const utilization = percent(runningUs, recordedUs);
    return `${inLine(threadName(thread))}: ${formatCount(samples)} samples, utilization ${utilization}`;
  });
}

function* treeLines(profile: Profile, tree: CallTree, options: FormatOptions): Generator<string> {
  const { parent, selfCount, totalCount } = tree;
  const { child, next, root } = linksOf(parent);
  const texts = new Labels(profile, tree);
  const digits = Math.max(String(weightOf(profile).count).length, 8);
  const sorted = (first: number, above: number): number[] => {
    const nodes: number[] = [];
    for (let node = first; node !== -1; node = next[node]!) {
      if (!isHidden(totalCount[node]!, above, options)) nodes.push(node);
    }
    // From the last to the first: the stack gives them back the other way round.
    return nodes.sort((a, b) => -texts.order(a, b, options.sort));
  };
  const stack = sorted(root, weightOf(profile).count);
  const depth = new Uint32Array(parent.length);
  while (stack.length > 0) {
    const node = stack.pop()!;
    const level = parent[node]! < 0 ? 0 : depth[parent[node]!]! + 1;
    depth[node] = level;
    const overhead = selfCount[node] === 0 ? '' : String(selfCount[node]);
    const start = `${overhead.padStart(digits)} ${indent(level, options.width >> 2)}`;
    const line = `${start}${String(totalCount[node]).padEnd(3)} ${texts.of(tree.label[node]!)}`;
    yield line.length <= options.width ? line : `${line.slice(0, options.width - 3).toWellFormed()}...`;
    if (level + 1 >= options.maxDepth) continue;
    for (const below of sorted(child[node]!, totalCount[node]!)) stack.push(below);
  }
}

/** A column a level, with a mark in some; those beyond the most are counted. */
function indent(level: number, most: number): string {
  const shown = Math.min(level, most);
  let text = '╎';
  for (let at = 1; at <= shown; at++) text += at % RULED_LEVELS === 0 ? '╎' : ' ';
  return level > shown ? `${text}+${level - shown} ` : text;
}

/** What stands for functions and groups: each is put together once, however many nodes have it. */
class Labels {
  readonly #texts: string[] = [];
  readonly #profile: Profile;
  readonly #tree: CallTree;

  constructor(profile: Profile, tree: CallTree) {
    this.#profile = profile;
    this.#tree = tree;
  }

  of(label: number): string {
    return (this.#texts[label] ??= this.#make(label));
  }

  order(a: number, b: number, sort: string): number {
    const { label, selfCount, totalCount } = this.#tree;
    const counts = sort === 'self' ? selfCount : totalCount;
    if (sort !== 'location' && counts[a] !== counts[b]) return counts[b]! - counts[a]!;
    return this.#orderOfLabels(label[a]!, label[b]!);
  }

  #orderOfLabels(a: number, b: number): number {
    const { frames } = this.#profile;
    const [one, other] = [frames[a], frames[b]];
    const order =
      one === undefined || other === undefined
        ? compared(this.of(a), this.of(b))
        : compared(one.file, other.file) || one.line - other.line || compared(one.name, other.name);
    return order || a - b;
  }

  #make(label: number): string {
    const frame = this.#profile.frames[label];
    if (frame === undefined) return `[${inLine(this.#tree.groups[label - this.#profile.frames.length]!)}]`;
    const place = functionPlace(frame);
    return place === '' ? functionName(frame) : `${place}; ${functionName(frame)}`;
  }
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
