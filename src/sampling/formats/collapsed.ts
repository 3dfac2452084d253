import { type CallTree, callTree } from '../call-tree.ts';
import { placeOf } from '../functions.ts';
import type { Profile } from '../profile.ts';
import type { ProfileFormat } from './format.ts';

/** What would end a name or a line for some reader, or turn it round; and the sign that escapes begin with. */
const SPECIAL = /[;%\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const LONGEST_NAME = 1_000;
/** A string has to be less than 512 Mi characters. */
const MOST_CHARACTERS = 256 * 1_024 * 1_024;

/**
 * Stacks as lines, as flame graph scripts read them: names from the outermost on, and the time in µs. The first names
 * are the thread, the cog and the command. What would break a line is escaped as in URLs.
 */
export const collapsed: ProfileFormat = {
  name: 'collapsed',
  label: 'Collapsed stacks',
  extension: 'collapsed.txt',
  mediaType: 'text/plain',
  viewers: ['speedscope', 'flamegraph.pl', 'inferno', 'Grafana Pyroscope'],
  takes: ['group', 'recursion', 'maxDepth'],
  // Each line repeats all of its stack: those of endless recursion would fill the disk.
  defaults: { group: ['thread', 'cog', 'command'], maxDepth: 512 },
  encode(profile, { group, recursion, maxDepth }) {
    const tree = callTree(profile, { group, recursion });
    const names = labelNames(profile, tree.groups);
    const { shown, us } = shownNodes(tree, names, maxDepth);
    const stacks: string[] = [];
    const lines: string[] = [];
    // Whole µs, and yet the right sum: what is rounded off is added to the next.
    let carryUs = 0;
    for (let node = 0; node < shown.length; node++) {
      if (shown[node] !== node) continue;
      const above = tree.parent[node]!;
      const name = names[tree.label[node]!]!;
      // A group that is named as what is in it, such as `(idle)`, is told once.
      const isTold = above >= 0 && isGroup(profile, tree, above) && names[tree.label[above]!] === name;
      stacks[node] = above < 0 ? name : isTold ? stacks[above]! : `${stacks[above]!};${name}`;
      if (us[node] === 0) continue;
      const value = Math.round(us[node]! + carryUs);
      carryUs += us[node]! - value;
      if (value > 0) lines.push(`${stacks[node]!} ${value}\n`);
    }
    return lines.join('');
  },
};

function isGroup({ frames }: Profile, { label }: CallTree, node: number): boolean {
  return label[node]! >= frames.length;
}

/**
 * The node that each is a line of, itself or what it is below of: what is too deep is part of the last that is not. No
 * deeper than what fits a string in any case.
 */
function shownNodes({ parent, label, selfUs }: CallTree, names: readonly string[], maxDepth: number) {
  const size = parent.length;
  const depth = new Uint32Array(size);
  const length = new Float64Array(size);
  for (let node = 0; node < size; node++) {
    const above = parent[node]!;
    depth[node] = above < 0 ? 1 : depth[above]! + 1;
    length[node] = names[label[node]!]!.length + 1 + (above < 0 ? 0 : length[above]!);
  }
  for (let most = maxDepth; ; most = Math.ceil(Math.min(most, size) / 2)) {
    const shown = new Uint32Array(size);
    const us = new Float64Array(size);
    for (let node = 0; node < size; node++) {
      shown[node] = depth[node]! > most ? shown[parent[node]!]! : node;
      us[shown[node]!]! += selfUs[node]!;
    }
    const characters = length.reduce((sum, one, node) => (us[node]! > 0 ? sum + one : sum), 0);
    if (characters <= MOST_CHARACTERS || most <= 1) return { shown, us };
  }
}

function labelNames({ frames }: Profile, groups: readonly string[]): string[] {
  const functions = frames.map((frame) => {
    const place = placeOf(frame);
    const name = frame.name || '(anonymous)';
    return escaped(place === '' ? name : `${name}@${place}`);
  });
  return [...functions, ...groups.map(escaped)];
}

function escaped(text: string): string {
  const short = text.slice(0, LONGEST_NAME).toWellFormed();
  return short.replace(SPECIAL, encodeURIComponent) || '(anonymous)';
}
