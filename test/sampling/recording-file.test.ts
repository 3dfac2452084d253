import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../src/errors.ts';
import {
  type Counter,
  FRAME_KINDS,
  type Frame,
  type Marker,
  type Owner,
  type Profile,
} from '../../src/sampling/profile.ts';
import { decodeRecording, encodeRecording } from '../../src/sampling/recording-file.ts';
import { ByteWriter } from '../../src/store/bytes.ts';
import { buildProfile, hostileProfile, largeProfile, profiles } from './build.ts';
import { knownProfile } from './truth.ts';

/** `knownProfile()`, in the first layout. */
const FIRST_LAYOUT =
  'Y29nc2NvcGUB2H6/KXoCAABdULFu1EAQfR6v13uG4yISCF2ccAl3FOckSkVlwRfkC9CevRzOrb0nr2MCVQqoaemg4CMoaZAoU/APXA8FEhKC9UVBMFPMm5k3bzRzB/7UNBDt4dHk8GCyD7bQ8jlYpc4a8FGRazUGU2XRYH00k/VUzlScGa1V1ph6DFbLag6/lAv0RovazGpZjnE7sXWbTE2TZGZmk/LUFtnkxAK4VplcPVCtqhqLzX9pWrVKW8fbvWo4+uPS5Kda2USbXNqnSVHl6szR+KqAoFsAvhLAzS5NMlOWssqT7qD/anZeLMBKWVTgz0w9VzWEzWSrqpnCDdtIrWPzJD7aj0sLD8CnVwcvHsLZr49pF9PXqQCjlQlsgMhjFAjQ3j3yCJ4AwbtEQBRQQFx0o0C8JbCDbWB4FxFA5IM7nchNME/0sIYABMZ4gPt8FyIA94khBHC9x30vxJAGUU+w0AntbGNIG5fiOD9O+7gY/PVluAy/+yv/EbleR/0a4psP4GXYBwEgt9HFvuuSSztwy3Mv+GPnx2lwJfx+3WEAX/wAa44XuFtAnQQxDIl32FUuBu+23jx6e8LwWX3YxPKn/xs=';
const HEAD_BYTES = 17;
const LENGTH_AT = 13;

/** A record of a prototype that records have. */
const record = <Shape extends object>(shape: { [Name in keyof Shape]: fc.Arbitrary<Shape[Name]> }) =>
  fc.record(shape, { noNullPrototype: true });

/** Any UTF-16, halves of surrogate pairs among it. */
const text = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const time = fc.oneof(fc.double(), fc.integer({ min: 0, max: 2 ** 50 }), fc.constantFrom(-0, 2 ** 53, 0.1));

const frame: fc.Arbitrary<Frame> = fc.record(
  {
    name: text,
    file: text,
    line: count,
    column: count,
    kind: fc.constantFrom(...FRAME_KINDS),
    package: text,
    cog: text,
  },
  { requiredKeys: ['name', 'file', 'line', 'column', 'kind'], noNullPrototype: true },
);
const owner: fc.Arbitrary<Owner> = fc.record(
  {
    kind: fc.constantFrom('target', 'cog', 'package', 'node', 'gc', 'native', 'idle', 'profiler'),
    name: text,
    cog: text,
    within: fc.array(text, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['kind', 'name'], noNullPrototype: true },
);

const counter: fc.Arbitrary<Counter> = record({
  name: text,
  unit: text,
  shard: fc.maxSafeNat(),
  points: fc.array(record({ atUs: time, value: time }), { maxLength: 9 }),
}).map(({ points, ...rest }) => ({
  ...rest,
  atUs: Float64Array.from(points, ({ atUs }) => atUs),
  value: Float64Array.from(points, ({ value }) => value),
}));

/** Any that is whole: what refers to something refers to what is there. */
const anyProfile: fc.Arbitrary<Profile> = record({
  frames: fc.array(frame, { minLength: 1, maxLength: 6 }),
  owners: fc.array(owner, { minLength: 1, maxLength: 4 }),
  nodeCount: fc.integer({ min: 1, max: 12 }),
  threadCount: fc.integer({ min: 1, max: 3 }),
}).chain(({ frames, owners, nodeCount, threadCount }) => {
  const node = fc.nat({ max: nodeCount - 1 });
  const markers: fc.Arbitrary<Marker> = record({
    kind: fc.constantFrom('call', 'gc', 'stall'),
    name: text,
    thread: fc.nat({ max: threadCount - 1 }),
    fromUs: time,
    toUs: time,
  });
  const sample = record({ atUs: time, weightUs: time, node, owner: fc.nat({ max: owners.length - 1 }) });
  const thread = record({
    name: text,
    shard: fc.maxSafeNat(),
    id: fc.maxSafeNat(),
    missed: fc.maxSafeNat(),
    startPauseMs: fc.double(),
    samples: fc.array(sample, { maxLength: 20 }),
  }).map(({ samples, ...rest }) => ({
    ...rest,
    atUs: Float64Array.from(samples, ({ atUs }) => atUs),
    weightUs: Float64Array.from(samples, ({ weightUs }) => weightUs),
    node: Uint32Array.from(samples, ({ node }) => node),
    owner: Uint32Array.from(samples, ({ owner }) => owner),
  }));
  const line = record({ node, line: count, ticks: count });
  return record({
    name: text,
    nodeVersion: text,
    startedAtEpochMs: fc.double(),
    durationUs: time,
    intervalUs: time,
    frames: fc.constant(frames),
    owners: fc.constant(owners),
    nodes: record({
      frame: fc
        .array(fc.nat({ max: frames.length - 1 }), { minLength: nodeCount, maxLength: nodeCount })
        .map((column) => Uint32Array.from(column)),
      parent: fc
        .tuple(...Array.from({ length: nodeCount }, (_, at) => fc.integer({ min: -1, max: at - 1 })))
        .map((column) => Int32Array.from(column)),
      lines: fc.array(line, { maxLength: 10 }).map((rows) => {
        const sorted = rows.sort((a, b) => a.node - b.node);
        return {
          node: Uint32Array.from(sorted, (row) => row.node),
          line: Uint32Array.from(sorted, (row) => row.line),
          ticks: Uint32Array.from(sorted, (row) => row.ticks),
        };
      }),
    }),
    threads: fc.array(thread, { minLength: threadCount, maxLength: threadCount }),
    markers: fc.array(markers, { maxLength: 6 }),
    counters: fc.array(counter, { maxLength: 3 }),
  });
});

/** What is said of a file that cannot be read; anything but our own error fails the test. */
function problemOf(bytes: Uint8Array): string {
  try {
    decodeRecording(bytes, 'bot.cogscope');
  } catch (error) {
    expect(error).toBeInstanceOf(ProfilerError);
    expect((error as ProfilerError).code).toBe('UNUSABLE_FILE');
    return (error as ProfilerError).message;
  }
  throw new Error('It was read.');
}

/** A file around this layout, its checksum right. */
function fileOf(layout: Uint8Array, claimedBytes = layout.length): Buffer {
  const file = Buffer.concat([
    encodeRecording(buildProfile([])).subarray(0, HEAD_BYTES),
    deflateRawSync(layout),
  ]);
  file.writeUInt32LE(claimedBytes, LENGTH_AT);
  return withChecksum(file);
}

function withChecksum(file: Buffer): Buffer {
  file.writeUInt32LE(crc32(file.subarray(LENGTH_AT), crc32(file.subarray(8, 9))), LENGTH_AT - 4);
  return file;
}

describe('a recording that was kept', () => {
  test('is what it was', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        expect(decodeRecording(encodeRecording(profile), 'bot')).toStrictEqual(profile);
      }),
    );
    fc.assert(
      fc.property(profiles, (profile) => {
        expect(decodeRecording(encodeRecording(profile), 'bot')).toStrictEqual(profile);
      }),
    );
  });

  test('is what it was, with hostile names and without anything', () => {
    for (const profile of [hostileProfile(), knownProfile(), buildProfile([])]) {
      expect(decodeRecording(encodeRecording(profile), 'bot')).toStrictEqual(profile);
    }
  });

  test('takes less than eight bytes a sample, and its names once', () => {
    const profile = largeProfile();
    const bytes = encodeRecording(profile);
    expect(bytes.length).toBeLessThan(300_000 * 8);
    expect(decodeRecording(bytes, 'bot')).toStrictEqual(profile);
  });

  test('is read where an earlier version has written it', () => {
    expect(decodeRecording(Buffer.from(FIRST_LAYOUT, 'base64'), 'bot')).toStrictEqual(knownProfile());
    // The second one had fewer kinds of markers.
    const second = Buffer.from(encodeRecording(knownProfile()));
    second[8] = 2;
    second.writeUInt32LE(crc32(second.subarray(LENGTH_AT)), LENGTH_AT - 4);
    expect(decodeRecording(second, 'bot')).toStrictEqual(knownProfile());
  });

  test('may lie anywhere in memory', () => {
    const bytes = encodeRecording(knownProfile());
    const within = new Uint8Array(bytes.length + 20);
    within.set(bytes, 7);
    expect(decodeRecording(within.subarray(7, 7 + bytes.length), 'bot')).toStrictEqual(knownProfile());
  });
});

describe('what is no whole recording', () => {
  const whole = Buffer.from(encodeRecording(knownProfile()));

  test('truncated, at any byte', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(problemOf(whole.subarray(0, length))).toMatch(/is damaged, or not whole|is no recording/);
    }
  });

  test('with any byte that is another, or bytes too many', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const other = Buffer.from(whole);
        other[at]! ^= flip;
        expect(problemOf(other)).toMatch(/^The file bot\.cogscope /);
      }
    }
    expect(problemOf(Buffer.concat([whole, Buffer.from([0])]))).toContain('damaged');
  });

  test('of something else, of a later version', () => {
    expect(problemOf(Buffer.from('{"nodes":[]}'))).toBe('The file bot.cogscope is no recording of cogscope.');
    expect(problemOf(Buffer.alloc(1_000))).toContain('is no recording');
    const later = Buffer.from(whole);
    later[8] = 5;
    expect(problemOf(later)).toContain('later version of cogscope (layout 5; this one reads 4)');
  });

  test('made so that its checksum is right: every flipped byte of the layout', () => {
    const layout = inflateRawSync(whole.subarray(HEAD_BYTES));
    for (let at = 0; at < layout.length; at++) {
      for (const flip of [0x01, 0x40, 0x80, 0xff]) {
        const other = Buffer.from(layout);
        other[at]! ^= flip;
        let read: Profile;
        try {
          read = decodeRecording(fileOf(other), 'bot');
        } catch (error) {
          expect(error).toBeInstanceOf(ProfilerError);
          continue;
        }
        checkWhole(read);
      }
    }
  });

  test('made to take more memory than there is', () => {
    const block = deflateRawSync(Buffer.alloc(2 ** 22), { finishFlush: constants.Z_FULL_FLUSH });
    const head = encodeRecording(buildProfile([])).subarray(0, HEAD_BYTES);
    const bomb = Buffer.concat([
      head,
      ...Array.from({ length: 256 }, () => block),
      deflateRawSync(Buffer.of()),
    ]);
    expect(bomb.length).toBeLessThan(2_000_000);
    // It says that it is small: no more is unpacked than that, of 1 GB.
    bomb.writeUInt32LE(64, LENGTH_AT);
    const beforeKb = process.resourceUsage().maxRSS;
    expect(problemOf(withChecksum(bomb))).toContain('damaged');
    expect(process.resourceUsage().maxRSS - beforeKb).toBeLessThan(200_000);
    bomb.writeUInt32LE(2 ** 32 - 1, LENGTH_AT);
    expect(problemOf(withChecksum(bomb))).toContain('more than the');
    const writer = new ByteWriter();
    writer.varint(Number.MAX_SAFE_INTEGER);
    expect(problemOf(fileOf(writer.written))).toContain('damaged');
    // A number without an end.
    expect(problemOf(fileOf(Buffer.alloc(5_000, 0xff)))).toContain('damaged');
  });
});

/** Everything that refers to something refers to what is there. */
function checkWhole({ frames, nodes, owners, threads, markers }: Profile): void {
  const within = (column: ArrayLike<number>, length: number) => {
    for (let at = 0; at < column.length; at++) expect(column[at]! < length).toBe(true);
  };
  within(nodes.frame, frames.length);
  nodes.parent.forEach((parent, node) => {
    if (parent < -1 || parent >= node) throw new Error('A node comes before its parent.');
  });
  within(nodes.lines.node, nodes.frame.length);
  for (const { node, owner, atUs, weightUs } of threads) {
    within(node, nodes.frame.length);
    within(owner, owners.length);
    expect(new Set([node.length, owner.length, atUs.length, weightUs.length]).size).toBe(1);
  }
  within(
    markers.map(({ thread }) => thread),
    threads.length,
  );
}
