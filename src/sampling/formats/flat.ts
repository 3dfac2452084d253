import { isHidden } from '../filter.ts';
import { type FlatTable, flatTable } from '../flat.ts';
import { lineHits } from '../functions.ts';
import { weightOf } from '../nodes.ts';
import type { Profile } from '../profile.ts';
import type { FormatOptions, ProfileFormat } from './format.ts';
import { factLines, functionName, functionPlace, inLine } from './lines.ts';
import { footLines, REPORT_SORTS } from './tree.ts';

/** A function or a line. */
interface Row {
  readonly frame: number;
  /** Of a line: which. */
  readonly line?: number;
  /** Undefined of a line: V8 knows only which one is running. */
  readonly total?: number;
  readonly self: number;
}

const HEAD = '   Count  Overhead  File:Line; Function';

/** Functions or lines without who called them, as Julia's profiler prints it. */
export const flat: ProfileFormat = {
  name: 'flat',
  label: 'List of functions or lines',
  extension: 'txt',
  mediaType: 'text/plain',
  viewers: ['any text editor'],
  takes: ['group', 'sort', 'minCount', 'noise', 'granularity', 'width'],
  sorts: REPORT_SORTS,
  encode(profile, options) {
    const isByLine = options.granularity === 'line';
    const body = isByLine
      ? [HEAD, ...rowLines(profile, linesOf(profile), options)]
      : groupedLines(profile, flatTable(profile, options.group), options);
    return `${[...factLines(profile), '', ...body, '', ...footLines(profile)].join('\n')}\n`;
  },
};

function linesOf(profile: Profile): Row[] {
  return lineHits(profile).map(({ frame, line, count }) => ({ frame, line, self: count }));
}

/** A table for each group, with its name above. */
function groupedLines(profile: Profile, table: FlatTable, options: FormatOptions): string[] {
  const rows = new Map<number, Row[]>();
  table.frame.forEach((frame, row) => {
    const group = table.group[row]!;
    const found = rows.get(group) ?? [];
    rows.set(group, found);
    found.push({ frame, total: table.totalCount[row]!, self: table.selfCount[row]! });
  });
  return [...rows].flatMap(([group, found]) => {
    const head = group === -1 ? [] : ['', `[${pathOf(profile, table, group)}]`];
    return [...head, HEAD, ...rowLines(profile, found, options)];
  });
}

/** Such as `shard 0 main / music`. */
function pathOf({ frames }: Profile, { tree }: FlatTable, group: number): string {
  const names: string[] = [];
  for (let node = group; node !== -1; node = tree.parent[node]!) {
    names.unshift(inLine(tree.groups[tree.label[node]! - frames.length]!));
  }
  return names.join(' / ');
}

function rowLines(profile: Profile, rows: readonly Row[], options: FormatOptions): string[] {
  const { frames } = profile;
  const all = weightOf(profile).count;
  const countOf = ({ total, self }: Row) => total ?? self;
  const orders: Record<string, (a: Row, b: Row) => number> = {
    location: (a, b) => {
      const [one, other] = [frames[a.frame]!, frames[b.frame]!];
      if (one.file !== other.file) return one.file < other.file ? -1 : 1;
      return (a.line ?? one.line) - (b.line ?? other.line) || a.frame - b.frame;
    },
    total: (a, b) => countOf(b) - countOf(a),
    self: (a, b) => b.self - a.self,
  };
  return rows
    .filter((row) => !isHidden(countOf(row), all, options))
    .sort((a, b) => orders[options.sort]!(a, b) || orders['location']!(a, b))
    .map((row) => {
      const frame = frames[row.frame]!;
      const place = functionPlace(row.line === undefined ? frame : { ...frame, line: row.line });
      const name = place === '' ? functionName(frame) : `${place}; ${functionName(frame)}`;
      const total = row.total === undefined ? '–' : String(row.total);
      const line = `${total.padStart(8)}  ${rounded(row.self).padStart(8)}  ${name}`;
      return line.length <= options.width ? line : `${line.slice(0, options.width - 3).toWellFormed()}...`;
    });
}

/** Hits of a line are a share of samples, and need not be whole. */
function rounded(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(1);
}
