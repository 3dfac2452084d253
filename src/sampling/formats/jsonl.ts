import { NumberedTexts } from '../numbered.ts';
import { Pairs } from '../pairs.ts';
import type { Profile } from '../profile.ts';
import type { ProfileFormat } from './format.ts';

const VERSION = 1;
const CHUNK = 256;

/** What the values of a row are, in their order. Strings are told by their number; -1 for none. */
const COLUMNS = {
  frame: ['name', 'file', 'line', 'column', 'kind', 'package', 'cog'],
  node: ['parent', 'frame'],
  owner: ['kind', 'name', 'cog'],
  thread: ['name', 'shard', 'id', 'missed', 'startPauseMs'],
  sample: ['thread', 'owner', 'node', 'count', 'us'],
  line: ['node', 'line', 'ticks'],
  marker: ['kind', 'name', 'thread', 'fromUs', 'toUs'],
  counter: ['name', 'unit', 'shard', 'atUs', 'value'],
} as const;
type RecordName = keyof typeof COLUMNS;

/** JSON Lines for scripts, as docs/profile-formats.md says. Samples are added up by thread, owner and node. */
export const jsonl: ProfileFormat = {
  name: 'jsonl',
  label: 'JSON Lines',
  extension: 'jsonl',
  mediaType: 'application/jsonl',
  viewers: ['jq', 'any script'],
  takes: [],
  encode(profile) {
    const { name, startedAtEpochMs, durationUs, intervalUs, nodeVersion } = profile;
    const strings = new NumberedTexts();
    const numberOf = (text: string | undefined) => (text === undefined ? -1 : strings.of(text));
    const rows = rowsOf(profile, numberOf);
    const { samples, totalUs } = sampleRows(profile);
    const meta = { name, startedAtEpochMs, durationUs, intervalUs, nodeVersion, columns: COLUMNS };
    const lines = [JSON.stringify({ type: 'meta', v: VERSION, ...meta })];
    for (const [from, chunk] of chunksOf(strings.all)) {
      lines.push(JSON.stringify({ type: 'string', from, strings: chunk }));
    }
    for (const [type, all] of Object.entries({ ...rows, sample: samples })) {
      for (const [from, chunk] of chunksOf(all)) lines.push(JSON.stringify({ type, from, rows: chunk }));
    }
    const counted = samples.reduce((sum, [, , , count]) => sum + count!, 0);
    lines.push(JSON.stringify({ type: 'end', samples: counted, us: totalUs, lines: lines.length + 1 }));
    return `${lines.map(unmoved).join('\n')}\n`;
  },
};

/** The same JSON, without what would turn a line round where it is looked at. */
function unmoved(json: string): string {
  return json.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => {
    return `\\u${mark.charCodeAt(0).toString(16)}`;
  });
}

/** Everything but the samples; what is used comes before what uses it. */
function rowsOf(
  { frames, nodes, owners, threads, markers, counters }: Profile,
  numberOf: (text: string | undefined) => number,
): Record<Exclude<RecordName, 'sample'>, number[][]> {
  const { parent, lines } = nodes;
  return {
    frame: frames.map(({ name, file, line, column, kind, package: pack, cog }) => [
      ...[numberOf(name), numberOf(file), line, column],
      ...[numberOf(kind), numberOf(pack), numberOf(cog)],
    ]),
    node: Array.from(nodes.frame, (frame, node) => [parent[node]!, frame]),
    owner: owners.map(({ kind, name, cog }) => [numberOf(kind), numberOf(name), numberOf(cog)]),
    thread: threads.map(({ name, shard, id, missed, startPauseMs }) => {
      return [numberOf(name), shard, id, missed, startPauseMs];
    }),
    line: Array.from(lines.node, (node, row) => [node, lines.line[row]!, lines.ticks[row]!]),
    marker: markers.map(({ kind, name, thread, fromUs, toUs }) => {
      return [numberOf(kind), numberOf(name), thread, fromUs, toUs];
    }),
    counter: counters.flatMap(({ name, unit, shard, atUs, value }) => {
      const common = [numberOf(name), numberOf(unit), shard];
      return Array.from(atUs, (us, index) => [...common, us, value[index]!]);
    }),
  };
}

function sampleRows({ threads }: Profile) {
  const samples: number[][] = [];
  let totalUs = 0;
  threads.forEach(({ node, owner, weightUs }, thread) => {
    const pairs = new Pairs();
    const first = samples.length;
    for (let sample = 0; sample < node.length; sample++) {
      const pair = pairs.of(owner[sample]!, node[sample]!);
      const row = (samples[first + pair] ??= [thread, owner[sample]!, node[sample]!, 0, 0]);
      row[3]!++;
      row[4]! += weightUs[sample]!;
      totalUs += weightUs[sample]!;
    }
  });
  return { samples, totalUs };
}

function* chunksOf<T>(all: readonly T[]): Generator<[from: number, chunk: T[]]> {
  for (let from = 0; from < all.length; from += CHUNK) yield [from, all.slice(from, from + CHUNK)];
}
