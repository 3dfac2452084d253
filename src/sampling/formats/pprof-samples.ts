import { ByteWriter } from '../../store/bytes.ts';
import { ownerName } from '../groups.ts';
import { Pairs } from '../pairs.ts';
import type { Profile } from '../profile.ts';
import { Rounding, RunningLines } from '../running-lines.ts';

/** Fields of the protocol buffer that are bytes with their length before them: the number, and that they are so. */
const SAMPLE = (2 << 3) | 2;
const LOCATION_IDS = (1 << 3) | 2;
const VALUES = (2 << 3) | 2;
const LABEL = (3 << 3) | 2;
/** Fields that are numbers. */
const LABEL_KEY = 1 << 3;
const LABEL_TEXT = 2 << 3;
const LABEL_NUMBER = 3 << 3;

const NS_PER_US = 1_000;

/** Lines of functions, numbered from 1: the first are those where the functions begin. */
export class Places {
  readonly #numbers = new Pairs();

  constructor({ frames }: Profile) {
    frames.forEach(({ line }, frame) => {
      this.#numbers.of(frame, line);
    });
  }

  idOf(frame: number, line: number): number {
    return this.#numbers.of(frame, line) + 1;
  }

  /** By their numbers. */
  get all(): { readonly frame: number; readonly line: number }[] {
    const lines = this.#numbers.seconds();
    return Array.from(this.#numbers.firsts(), (frame, place) => ({ frame, line: lines[place]! }));
  }
}

/**
 * The samples as they stand in the file, after all else: a message is what its parts are, one after the other. There
 * may be some 100 thousand of them with long stacks: as objects, or each in bytes of its own, they would take seconds.
 *
 * @param text gives a text its number
 */
export function encodeSamples(profile: Profile, places: Places, text: (value: string) => number): Uint8Array {
  const { frames, nodes } = profile;
  const lines = new RunningLines(nodes);
  const labels = labelsOf(profile, text);
  const callerSizes = callerSizesOf(profile);
  const wallNs = new Rounding();
  const writer = new ByteWriter();
  for (const { thread, owner, node, count, us } of alikeOf(profile)) {
    const frame = nodes.frame[node]!;
    const counts = new Rounding();
    for (const { line, share } of lines.sharesOf(node, frames[frame]!.line)) {
      const wall = wallNs.next(share * us * NS_PER_US);
      const part = counts.next(share * count);
      if (part === 0 && wall === 0) continue;
      const values = [part, frames[frame]!.kind === 'idle' ? 0 : wall, wall];
      const place = places.idOf(frame, line);
      const stackSize = sizeOf(place) + callerSizes[node]!;
      const valuesSize = values.reduce((size, value) => size + sizeOf(value), 0);
      const { size: labelsSize, fields } = labels(thread, owner);
      writer.varint(SAMPLE);
      writer.varint(fieldSize(stackSize) + fieldSize(valuesSize) + labelsSize);
      writer.varint(LOCATION_IDS);
      writer.varint(stackSize);
      writer.varint(place);
      for (let above = nodes.parent[node]!; above !== -1; above = nodes.parent[above]!) {
        writer.varint(nodes.frame[above]! + 1);
      }
      writer.varint(VALUES);
      writer.varint(valuesSize);
      for (const value of values) writer.varint(value);
      for (const bytes of fields) {
        writer.varint(LABEL);
        writer.bytes(bytes);
      }
    }
  }
  return writer.written;
}

/** How many bytes a number takes. */
function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** How many bytes a field takes that is so long, with its tag and its length. */
function fieldSize(bytes: number): number {
  return 1 + sizeOf(bytes) + bytes;
}

/** Of each node, how many bytes the places of all that called it take. */
function callerSizesOf({ nodes: { frame, parent } }: Profile): Uint32Array {
  const sizes = new Uint32Array(frame.length);
  for (let node = 0; node < sizes.length; node++) {
    const above = parent[node]!;
    if (above !== -1) sizes[node] = sizes[above]! + sizeOf(frame[above]! + 1);
  }
  return sizes;
}

/** Samples that have the same stack and labels. */
interface Alike {
  readonly thread: number;
  readonly owner: number;
  readonly node: number;
  count: number;
  us: number;
}

function alikeOf({ threads, owners }: Profile): readonly Alike[] {
  const numbers = new Pairs();
  const found: Alike[] = [];
  threads.forEach((thread, index) => {
    thread.node.forEach((node, sample) => {
      const owner = thread.owner[sample]!;
      const number = numbers.of(index * owners.length + owner, node);
      if (number === found.length) found.push({ thread: index, owner, node, count: 0, us: 0 });
      const alike = found[number]!;
      alike.count++;
      alike.us += thread.weightUs[sample]!;
    });
  });
  return found;
}

/** The fields of one kind of samples, and how many bytes they take together. */
interface Labels {
  readonly size: number;
  readonly fields: readonly Uint8Array[];
}

/** Whom samples belong to, and where they were taken. */
function labelsOf(
  { threads, owners }: Profile,
  text: (value: string) => number,
): (thread: number, owner: number) => Labels {
  const label = (key: string, tag: number, value: number) => {
    const writer = new ByteWriter();
    for (const part of [LABEL_KEY, text(key), tag, value]) writer.varint(part);
    return writer.written;
  };
  const ofOwner = owners.map((owner) => [
    ...(owner.cog === undefined ? [] : [label('cog', LABEL_TEXT, text(owner.cog))]),
    label('owner', LABEL_TEXT, text(ownerName(owner))),
  ]);
  const all = threads.map(({ name, shard }) => {
    const ofThread = [label('thread', LABEL_TEXT, text(name)), label('shard', LABEL_NUMBER, shard)];
    return ofOwner.map((some): Labels => {
      const fields = [...some, ...ofThread];
      return { fields, size: fields.reduce((size, { length }) => size + fieldSize(length), 0) };
    });
  });
  return (thread, owner) => all[thread]![owner]!;
}
