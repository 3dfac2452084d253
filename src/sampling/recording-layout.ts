import type { ByteReader, ByteWriter } from '../store/bytes.ts';
import {
  type Counter,
  FRAME_KINDS,
  type Frame,
  MARKER_KINDS,
  type Marker,
  type NodeTable,
  type Owner,
  type Profile,
  type Thread,
} from './profile.ts';
import {
  COUNT_COLUMN,
  DOUBLE_COLUMN,
  indexColumn,
  PARENT_COLUMN,
  readColumn,
  readCount,
  writeColumn,
} from './recording-columns.ts';
import { readTexts, TextTable } from './recording-texts.ts';

/** Texts, functions, markers: of each there may be so many. Made into objects, more would not fit into memory. */
const MOST_OBJECTS = 2 ** 21;

/** In files they are their numbers: new ones are added at the end, in the next version. */
const OWNER_KINDS: readonly Owner['kind'][] = [
  'target',
  'cog',
  'package',
  'node',
  'gc',
  'native',
  'idle',
  'profiler',
];
/** Without what targets are within, and without counters. */
const FIRST_VERSION = 1;
const KINDS_OF_FRAMES: readonly Frame['kind'][] = FRAME_KINDS;
const KINDS_OF_MARKERS: readonly Marker['kind'][] = MARKER_KINDS;

/**
 * All texts once, then the rest, in which a text is its number and a list has its length before it:
 *
 *     name, node version, startedAtEpochMs, durationUs, intervalUs (doubles)
 *     frames: columns name, file, line, column, kind, package + 1, cog + 1 (0: none)
 *     nodes: columns frame, parent; of their lines node, line, ticks
 *     owners: columns kind, name, cog + 1
 *     threads, each: name, shard, id, missed, startPauseMs (double), columns atUs, weightUs, node, owner
 *     markers: columns kind, name, thread, fromUs, toUs
 *     since version 2: of owners the column of how many they are within, and one of all their names;
 *     counters, each: name, unit, shard, columns atUs, value
 *     since version 3: markers of requests and their waits; since version 4: of events
 *
 * @throws RangeError where it is larger than can be read back
 */
export function writeProfile(writer: ByteWriter, profile: Profile): void {
  const texts = new TextTable();
  const { frames, nodes, owners, threads, markers, counters } = profile;
  const name = texts.of(profile.name);
  const nodeVersion = texts.of(profile.nodeVersion);
  const columns: ArrayLike<number>[] = [
    frames.map((frame) => texts.of(frame.name)),
    frames.map((frame) => texts.of(frame.file)),
    frames.map((frame) => frame.line),
    frames.map((frame) => frame.column),
    frames.map((frame) => KINDS_OF_FRAMES.indexOf(frame.kind)),
    frames.map((frame) => texts.orNone(frame.package)),
    frames.map((frame) => texts.orNone(frame.cog)),
    nodes.frame,
    nodes.parent,
    nodes.lines.node,
    nodes.lines.line,
    nodes.lines.ticks,
    owners.map((owner) => OWNER_KINDS.indexOf(owner.kind)),
    owners.map((owner) => texts.of(owner.name)),
    owners.map((owner) => texts.orNone(owner.cog)),
  ];
  const threadNames = threads.map((thread) => texts.of(thread.name));
  const markerColumns: ArrayLike<number>[] = [
    markers.map((marker) => KINDS_OF_MARKERS.indexOf(marker.kind)),
    markers.map((marker) => texts.of(marker.name)),
    markers.map((marker) => marker.thread),
    markers.map((marker) => marker.fromUs),
    markers.map((marker) => marker.toUs),
    owners.map(({ within = [] }) => within.length),
    owners.flatMap(({ within = [] }) => within.map((one) => texts.of(one))),
  ];
  const counterTexts = counters.map((counter) => [texts.of(counter.name), texts.of(counter.unit)]);
  if (Math.max(texts.size, frames.length, owners.length, markers.length, counters.length) > MOST_OBJECTS) {
    throw new RangeError('The recording has too many functions or markers to be kept.');
  }
  texts.write(writer);
  writer.varint(name);
  writer.varint(nodeVersion);
  for (const number of [profile.startedAtEpochMs, profile.durationUs, profile.intervalUs])
    writer.double(number);
  for (const column of columns) writeColumn(writer, column);
  writer.varint(threads.length);
  threads.forEach((thread, index) => {
    for (const number of [threadNames[index]!, thread.shard, thread.id, thread.missed]) writer.varint(number);
    writer.double(thread.startPauseMs);
    for (const column of [thread.atUs, thread.weightUs, thread.node, thread.owner])
      writeColumn(writer, column);
  });
  for (const column of markerColumns) writeColumn(writer, column);
  writer.varint(counters.length);
  counters.forEach(({ shard, atUs, value }, index) => {
    for (const number of [...counterTexts[index]!, shard]) writer.varint(number);
    writeColumn(writer, atUs);
    writeColumn(writer, value);
  });
}

/**
 * @param version of the layout
 * @throws RangeError where it is none, or something in it points to what is not there
 */
export function readProfile(reader: ByteReader, version: number): Profile {
  const texts = readTexts(reader, MOST_OBJECTS);
  const text = (number: number): string => {
    const found = texts[number];
    if (found === undefined) throw new RangeError('A text is not there.');
    return found;
  };
  const name = text(reader.varint());
  const nodeVersion = text(reader.varint());
  const startedAtEpochMs = reader.double();
  const durationUs = reader.double();
  const intervalUs = reader.double();
  const frames = readFrames(reader, text);
  const nodes = readNodes(reader, frames.length);
  const owners = readOwners(reader, text);
  const threads = Array.from({ length: readCount(reader, MOST_OBJECTS) }, () =>
    readThread(reader, text, nodes.frame.length, owners.length),
  );
  const markers = readMarkers(reader, text, threads.length);
  const isFirst = version === FIRST_VERSION;
  return {
    name,
    startedAtEpochMs,
    durationUs,
    intervalUs,
    nodeVersion,
    frames,
    nodes,
    owners: isFirst ? owners : readWithin(reader, text, owners),
    threads,
    markers,
    counters: isFirst ? [] : readCounters(reader, text),
  };
}

type Text = (number: number) => string;

/** The first column of what is made into objects. */
function readObjects(reader: ByteReader, kind: typeof COUNT_COLUMN): Uint32Array {
  const column = readColumn(reader, kind);
  if (column.length > MOST_OBJECTS) throw new RangeError('There is more than is read.');
  return column;
}

/** A number that is no index of anything. */
function readWhole(reader: ByteReader): number {
  const number = reader.varint();
  if (!Number.isSafeInteger(number)) throw new RangeError('A number is out of range.');
  return number;
}

function readFrames(reader: ByteReader, text: Text): Frame[] {
  const names = readObjects(reader, COUNT_COLUMN);
  const count = names.length;
  const files = readColumn(reader, COUNT_COLUMN, count);
  const lines = readColumn(reader, COUNT_COLUMN, count);
  const columns = readColumn(reader, COUNT_COLUMN, count);
  const kinds = readColumn(reader, indexColumn(KINDS_OF_FRAMES.length), count);
  const packages = readColumn(reader, COUNT_COLUMN, count);
  const cogs = readColumn(reader, COUNT_COLUMN, count);
  return Array.from(names, (name, at) => ({
    name: text(name),
    file: text(files[at]!),
    line: lines[at]!,
    column: columns[at]!,
    kind: KINDS_OF_FRAMES[kinds[at]!]!,
    ...(packages[at] !== 0 && { package: text(packages[at]! - 1) }),
    ...(cogs[at] !== 0 && { cog: text(cogs[at]! - 1) }),
  }));
}

function readNodes(reader: ByteReader, frameCount: number): NodeTable {
  const frame = readColumn(reader, indexColumn(frameCount));
  const parent = readColumn(reader, PARENT_COLUMN, frame.length);
  if (parent.some((above, node) => above >= node)) throw new RangeError('A node comes before its parent.');
  const node = readColumn(reader, indexColumn(frame.length));
  if (node.some((one, at) => at > 0 && one < node[at - 1]!)) throw new RangeError('Lines are out of order.');
  const line = readColumn(reader, COUNT_COLUMN, node.length);
  const ticks = readColumn(reader, COUNT_COLUMN, node.length);
  return { frame, parent, lines: { node, line, ticks } };
}

function readOwners(reader: ByteReader, text: Text): Owner[] {
  const kinds = readObjects(reader, indexColumn(OWNER_KINDS.length));
  const names = readColumn(reader, COUNT_COLUMN, kinds.length);
  const cogs = readColumn(reader, COUNT_COLUMN, kinds.length);
  return Array.from(kinds, (kind, at) => ({
    kind: OWNER_KINDS[kind]!,
    name: text(names[at]!),
    ...(cogs[at] !== 0 && { cog: text(cogs[at]! - 1) }),
  }));
}

function readThread(reader: ByteReader, text: Text, nodeCount: number, ownerCount: number): Thread {
  const name = text(reader.varint());
  const shard = readWhole(reader);
  const id = readWhole(reader);
  const missed = readWhole(reader);
  const startPauseMs = reader.double();
  const atUs = readColumn(reader, DOUBLE_COLUMN);
  const weightUs = readColumn(reader, DOUBLE_COLUMN, atUs.length);
  const node = readColumn(reader, indexColumn(nodeCount), atUs.length);
  const owner = readColumn(reader, indexColumn(ownerCount), atUs.length);
  return { name, shard, id, atUs, weightUs, node, owner, missed, startPauseMs };
}

function readMarkers(reader: ByteReader, text: Text, threadCount: number): Marker[] {
  const kinds = readObjects(reader, indexColumn(KINDS_OF_MARKERS.length));
  const names = readColumn(reader, COUNT_COLUMN, kinds.length);
  const threads = readColumn(reader, indexColumn(threadCount), kinds.length);
  const fromUs = readColumn(reader, DOUBLE_COLUMN, kinds.length);
  const toUs = readColumn(reader, DOUBLE_COLUMN, kinds.length);
  return Array.from(kinds, (kind, at) => ({
    kind: KINDS_OF_MARKERS[kind]!,
    name: text(names[at]!),
    thread: threads[at]!,
    fromUs: fromUs[at]!,
    toUs: toUs[at]!,
  }));
}

function readWithin(reader: ByteReader, text: Text, owners: readonly Owner[]): Owner[] {
  const counts = readColumn(reader, COUNT_COLUMN, owners.length);
  const names = readObjects(reader, COUNT_COLUMN);
  let at = 0;
  const all = owners.map((owner, index) => {
    const within = Array.from(names.subarray(at, (at += counts[index]!)), text);
    if (within.length < counts[index]!) throw new RangeError('There is less than was announced.');
    return within.length === 0 ? owner : { ...owner, within };
  });
  if (at !== names.length) throw new RangeError('There is more than was announced.');
  return all;
}

function readCounters(reader: ByteReader, text: Text): Counter[] {
  return Array.from({ length: readCount(reader, MOST_OBJECTS) }, () => {
    const name = text(reader.varint());
    const unit = text(reader.varint());
    const shard = readWhole(reader);
    const atUs = readColumn(reader, DOUBLE_COLUMN);
    const value = readColumn(reader, DOUBLE_COLUMN, atUs.length);
    return { name, unit, shard, atUs, value };
  });
}
