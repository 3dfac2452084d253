import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Surroundings } from '../../../src/frameworks/surroundings.ts';
import { MACHINE, type Machine } from '../../../src/memory/taking/plan.ts';
import { HeapSnapshots } from '../../../src/memory/taking/snapshots.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { handMade } from '../../fixtures/heap/hand-made.ts';
import { SMALL_WORLD } from '../../fixtures/heap/small-world.ts';

const FULL_DISK = fileURLToPath(new URL('../../fixtures/heap/full-disk.ts', import.meta.url));
const MINUTE_MS = 60_000;
const ID = '20261121_143005_4242';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

function create(machine: Partial<Machine> = {}): HeapSnapshots {
  const sources = {
    client: { token: 'planted-token' } as Client,
    profiler: [],
    profileDir: folder.path,
    targets: () => [],
    surroundings: new Surroundings(folder.path),
  };
  return new HeapSnapshots(sources, { ...MACHINE, ...machine });
}

const fileOf = (id: string) => join(folder.path, `profiler_heap_${id}.heapsnapshot`);
const plant = (id: string, text = JSON.stringify(handMade(SMALL_WORLD))) => writeFileSync(fileOf(id), text);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('is refused, with the figures,', () => {
  test('where memory may not be enough', async () => {
    using snapshots = create({ heapUsedBytes: () => 100 * 2 ** 20, freeMemoryBytes: () => 900 * 2 ** 20 });
    expect(await snapshots.plan()).toMatchObject({ lacks: 'memory', freeMemoryBytes: 900 * 2 ** 20 });
    await expect(snapshots.take()).rejects.toThrow(
      'No heap snapshot was taken: it may need 1200 MiB of memory, and 900 MiB are free.',
    );
    expect(readdirSync(folder.path)).toEqual([]);
    expect(snapshots.running).toBeUndefined();
  });

  test('where the disk has no room', async () => {
    using snapshots = create({ heapUsedBytes: () => 100 * 2 ** 20, freeDiskBytes: async () => 50 * 2 ** 20 });
    await expect(snapshots.take()).rejects.toThrow(
      'No heap snapshot was taken: it may need 200 MiB of the disk, and 50 MiB are free.',
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('also where memory went while it waited', async () => {
    let freeBytes = 2 ** 40;
    using snapshots = create({ freeMemoryBytes: () => freeBytes });
    const run = snapshots.start({ delayMs: 50 });
    freeBytes = 1;
    await expect(run.done).rejects.toEqual(code('SNAPSHOT_REFUSED'));
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

test.skipIf(process.platform === 'win32')(
  'of one that the disk takes only a part of, nothing is left, and it is said',
  () => {
    // No file may become larger than so many blocks: what is beyond is refused while it is written, as on a full disk.
    const limited = 'trap "" XFSZ; ulimit -f 64; exec "$0" --disable-warning=ExperimentalWarning "$@"';
    const said = execFileSync('sh', ['-c', limited, process.execPath, FULL_DISK, folder.path]).toString();
    expect(said).toMatch(
      /^There is no heap snapshot: .*(EFBIG|file too large).*\. Nothing of it was left behind\.$/i,
    );
    expect(readdirSync(folder.path)).toEqual([]);
  },
);

test('a folder that cannot be written to is said', async () => {
  writeFileSync(join(folder.path, 'file'), '');
  using snapshots = new HeapSnapshots({
    client: { token: null } as Client,
    profiler: [],
    profileDir: join(folder.path, 'file', 'below'),
    targets: () => [],
    surroundings: new Surroundings(folder.path),
  });
  await expect(snapshots.take()).rejects.toEqual(code('SNAPSHOT_FAILED'));
});

describe('while it waits', () => {
  test('it can be cancelled, and nothing was written', async () => {
    using snapshots = create();
    const run = snapshots.start({ delayMs: MINUTE_MS });
    expect(run.progress.stage).toBe('waiting');
    run.cancel();
    await expect(run.done).rejects.toEqual(code('SNAPSHOT_CANCELLED'));
    expect(snapshots.running).toBeUndefined();
    expect(readdirSync(folder.path)).toEqual([]);
    const controller = new AbortController();
    const taken = snapshots.take({ signal: controller.signal });
    controller.abort();
    await expect(taken).rejects.toEqual(code('SNAPSHOT_CANCELLED'));
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('there is no second one', async () => {
    using snapshots = create();
    const run = snapshots.start({ delayMs: MINUTE_MS });
    expect(() => snapshots.start()).toThrow('One heap snapshot at a time: one is waiting now.');
    expect(() => snapshots.analyse(ID)).toThrow(code('SNAPSHOT_BUSY'));
    run.cancel();
    await run.done.catch(() => undefined);
  });

  test('the end of the profiler ends it', async () => {
    const snapshots = create();
    const run = snapshots.start({ delayMs: MINUTE_MS });
    snapshots[Symbol.dispose]();
    await expect(run.done).rejects.toEqual(code('DESTROYED'));
    expect(() => snapshots.start()).toThrow(code('DESTROYED'));
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe('a file that is there', () => {
  test('is looked at, and says nothing of cogs where the bot did not take it', async () => {
    using snapshots = create();
    plant(ID);
    const { report, cogs, pauseMs } = await snapshots.analyse(ID).done;
    expect(report.objects).toBe(SMALL_WORLD.length);
    expect({ cogs, pauseMs }).toEqual({});
    expect(snapshots.latest!.id).toBe(ID);
    expect(await snapshots.list()).toMatchObject([{ id: ID, path: fileOf(ID), analysis: { report } }]);
    await expect(snapshots.compare(ID, ID)).rejects.toEqual(code('UNKNOWN_SNAPSHOT'));
  });

  test.each([
    ['cut off', JSON.stringify(handMade(SMALL_WORLD)).slice(0, -500)],
    ['foreign', '<html>'],
    ['empty', ''],
  ])('and is %s is refused in a sentence', async (_, text) => {
    using snapshots = create();
    plant(ID, text);
    await expect(snapshots.analyse(ID).done).rejects.toEqual(code('INVALID_SNAPSHOT'));
    expect(snapshots.running).toBeUndefined();
    expect(snapshots.latest).toBeUndefined();
  });

  test('stays where the profiler ends while it is looked at', async () => {
    const snapshots = create();
    plant(ID);
    const run = snapshots.analyse(ID);
    snapshots[Symbol.dispose]();
    await expect(run.done).rejects.toEqual(code('DESTROYED'));
    expect(existsSync(fileOf(ID))).toBe(true);
  });

  test('is removed with what was found; what is not there is said', async () => {
    using snapshots = create();
    plant(ID);
    await snapshots.analyse(ID).done;
    await snapshots.remove(ID);
    expect(snapshots.latest).toBeUndefined();
    expect(readdirSync(folder.path)).toEqual([]);
    writeFileSync(join(folder.path, 'other.txt'), '');
    for (const id of [ID, '../other.txt', 'other.txt', '']) {
      await expect(snapshots.remove(id)).rejects.toEqual(code('UNKNOWN_SNAPSHOT'));
      await expect(snapshots.analyse(id).done).rejects.toEqual(code('UNKNOWN_SNAPSHOT'));
    }
    expect(readdirSync(folder.path)).toEqual(['other.txt']);
  });

  test('what was found is kept of the latest four', async () => {
    using snapshots = create();
    const ids = Array.from({ length: 5 }, (_, at) => `20261121_14300${at}_1`);
    for (const id of ids) {
      plant(id);
      await snapshots.analyse(id).done;
    }
    expect(ids.map((id) => snapshots.analysis(id) !== undefined)).toEqual([false, true, true, true, true]);
  });
});

test('what a process that was killed has left behind is removed, and what is being written stays', async () => {
  using snapshots = create();
  const [old, young] = [`${fileOf(ID)}.partial`, `${fileOf('20261121_143006_1')}.partial`];
  for (const path of [old, young]) writeFileSync(path, '{"snapshot":');
  const agoS = (Date.now() - 11 * MINUTE_MS) / 1_000;
  utimesSync(old, agoS, agoS);
  expect(await snapshots.list()).toEqual([]);
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});
