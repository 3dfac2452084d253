import { type CallTree, callTree } from './call-tree.ts';
import type { GroupLevel } from './groups.ts';
import { outermost, type Weights } from './nodes.ts';
import { Pairs } from './pairs.ts';
import type { Profile } from './profile.ts';

/** What functions have in a group: as columns. */
export interface FlatTable extends Weights {
  /** The node of `tree` that stands for the innermost group; -1 without groups. */
  readonly group: Int32Array;
  /** An index of `frames` of the profile. */
  readonly frame: Int32Array;
  readonly tree: CallTree;
}

/** Every function once in each group that it is in; recursion counts once. */
export function flatTable(profile: Profile, group: readonly GroupLevel[] = []): FlatTable {
  const tree = callTree(profile, { group });
  const { parent, label } = tree;
  const size = parent.length;
  const groupOf = new Int32Array(size);
  const rows = new Pairs();
  const rowOf = new Int32Array(size).fill(-1);
  for (let node = 0; node < size; node++) {
    const above = parent[node]!;
    const isGroup = label[node]! >= profile.frames.length;
    groupOf[node] = isGroup ? node : above < 0 ? -1 : groupOf[above]!;
    if (!isGroup) rowOf[node] = rows.of(groupOf[node]!, label[node]!);
  }
  const columns = {
    selfUs: new Float64Array(rows.size),
    selfCount: new Float64Array(rows.size),
    totalUs: new Float64Array(rows.size),
    totalCount: new Float64Array(rows.size),
  };
  const isOutermost = outermost(parent, rowOf, rows.size);
  for (let node = 0; node < size; node++) {
    const row = rowOf[node]!;
    if (row < 0) continue;
    columns.selfUs[row]! += tree.selfUs[node]!;
    columns.selfCount[row]! += tree.selfCount[node]!;
    if (isOutermost[node] === 0) continue;
    columns.totalUs[row]! += tree.totalUs[node]!;
    columns.totalCount[row]! += tree.totalCount[node]!;
  }
  return { tree, group: rows.firsts(), frame: rows.seconds(), ...columns };
}

/** Whom most samples of each function belong to, by the index of its frame; empty where there are none. */
export function mainOwners(profile: Profile): string[] {
  const { tree, group, frame, totalCount } = flatTable(profile, ['command']);
  const most = new Float64Array(profile.frames.length);
  const names = new Array<string>(profile.frames.length).fill('');
  totalCount.forEach((count, row) => {
    const index = frame[row]!;
    if (count <= most[index]!) return;
    most[index] = count;
    names[index] = tree.groups[tree.label[group[row]!]! - profile.frames.length]!;
  });
  return names;
}
