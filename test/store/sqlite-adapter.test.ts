import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeSqlite } from '../../src/store/node-sqlite.ts';
import { SqliteAdapter } from '../../src/store/sqlite-adapter.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { heldSqlite } from '../fixtures/held-sqlite.ts';

const WINDOWS = process.platform === 'win32';
const LINUX = process.platform === 'linux';
/** Node 22 needs to be told to run TypeScript quietly. */
const QUIETLY = '--disable-warning=ExperimentalWarning';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let setAside: { movedTo: string; reason: string }[];
let store: SqliteAdapter;

function open(at = path): SqliteAdapter {
  return new SqliteAdapter({
    path: at,
    onSetAside: (movedTo, reason) => setAside.push({ movedTo, reason }),
  });
}

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'cogscope', 'store.sqlite');
  setAside = [];
  store = open();
});

afterEach(async () => {
  vi.useRealTimers();
  await store.disconnect();
  folder[Symbol.dispose]();
});

/** Runs statements with a connection of its own, as another program would. */
function sql(statements: string, at = path): void {
  const database = new (nodeSqlite().DatabaseSync)(at);
  database.exec(statements);
  database.close();
}

function rows(): number {
  const database = new (nodeSqlite().DatabaseSync)(path);
  const { count } = database.prepare('SELECT count(*) AS count FROM entries').get() as { count: number };
  database.close();
  return count;
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

test("Node's SQLite loads without a warning, and leaves the way of warnings as it was", async () => {
  // First in this file: the module loads once.
  const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const spy = process.emitWarning;
  nodeSqlite();
  expect(process.emitWarning).toBe(spy);
  expect(emitWarning).not.toHaveBeenCalled();
  emitWarning.mockRestore();
});

test('what is written is there for the next one who opens the file', async () => {
  expect(await store.set('a', 'one')).toBe(true);
  expect(
    await store.setMany([
      { key: 'b', value: 'two' },
      { key: 'c', value: 'three' },
    ]),
  ).toEqual([true, true]);
  await store.disconnect();
  const next = open();
  expect(await next.getMany(['c', 'nothing', 'a', 'b'])).toEqual(['three', undefined, 'one', 'two']);
  expect(await next.hasMany(['a', 'nothing'])).toEqual([true, false]);
  expect(await next.deleteMany(['a', 'nothing', 'b'])).toEqual([true, false, true]);
  expect(await next.get('a')).toBeUndefined();
  await next.disconnect();
  expect(setAside).toEqual([]);
});

test('after `disconnect` the next call opens the file again', async () => {
  await store.set('a', 'one');
  await store.disconnect();
  expect(await store.get('a')).toBe('one');
});

test('bytes stay bytes', async () => {
  await store.set('a', new Uint8Array([1, 2, 3]));
  expect(await store.get('a')).toEqual(new Uint8Array([1, 2, 3]));
});

test('of many keys each is found', async () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => `key${index}`);
  await store.setMany(keys.map((key) => ({ key, value: key })));
  expect(await store.getMany(keys)).toEqual(keys);
  const seen: unknown[] = [];
  for await (const [key] of store.iterator()) seen.push(key);
  expect(seen).toEqual(keys);
});

test('what has expired is not seen, and goes with later writes', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  await store.setMany(
    Array.from({ length: 150 }, (_, index) => ({ key: `old${index}`, value: 'x', expires: 1_001_000 })),
  );
  await store.set('kept', 'x', 2_000_000);
  vi.setSystemTime(1_000_999);
  expect(await store.has('old0')).toBe(true);
  vi.setSystemTime(1_001_000);
  expect(await store.has('old0')).toBe(false);
  expect(await store.get('old0')).toBeUndefined();
  expect(rows()).toBe(151);
  await store.set('a', 'x');
  // At most a hundred with each write.
  expect(rows()).toBe(52);
  await store.set('b', 'x');
  expect(rows()).toBe(3);
  expect(await store.get('kept')).toBe('x');
});

test('the file shrinks again after its rows went', async () => {
  const value = 'x'.repeat(20_000);
  for (let round = 0; round < 3; round++) {
    for (let key = 0; key < 200; key++) await store.set(`${round}/${key}`, value);
    await store.clear();
    for (let write = 0; write < 20; write++) await store.set('small', 'x');
  }
  const size = store.sizeBytes()!;
  await store.disconnect();
  expect(statSync(path).size).toBeLessThan(800_000);
  expect(size).toBeGreaterThan(0);
  // The log is cut back, too.
  expect(size).toBeLessThan(6_000_000);
});

test('sizes are unknown before there is a file', () => {
  expect(open(join(folder.path, 'none')).sizeBytes()).toBeUndefined();
});

test.skipIf(WINDOWS)('only its owner can read the file, its log and its folder', async () => {
  await store.set('a', 'one');
  const files = readdirSync(dirname(path));
  expect(files.sort()).toEqual(['store.sqlite', 'store.sqlite-shm', 'store.sqlite-wal']);
  for (const file of files) expect(statSync(join(dirname(path), file)).mode & 0o777, file).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
});

test.skipIf(WINDOWS)('the folder of somebody else keeps its mode', async () => {
  mkdirSync(dirname(path), { mode: 0o755 });
  await store.set('a', 'one');
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o755);
});

test('two connections see what the other writes', async () => {
  await using other = Object.assign(open(), {
    [Symbol.asyncDispose]: () => other.disconnect(),
  });
  for (let round = 0; round < 20; round++) {
    await store.set('a', `store ${round}`);
    expect(await other.get('a')).toBe(`store ${round}`);
    await other.set('a', `other ${round}`);
    expect(await store.get('a')).toBe(`other ${round}`);
  }
});

test('several processes may begin the same file at once, and what was taken from each is there', async () => {
  const run = promisify(execFile);
  const writers = ['a', 'b', 'c', 'd'].map((name) =>
    run(process.execPath, [QUIETLY, fixture('sqlite-writer.ts'), path, name]),
  );
  for (const { stdout, stderr } of await Promise.all(writers)) {
    expect(stderr).toBe('');
    const taken = JSON.parse(stdout) as string[];
    expect(taken.length).toBeGreaterThan(0);
    expect(await store.getMany(taken)).toEqual(taken.map(() => 'x'));
  }
});

test('while another process writes, writing fails at once, reading works, and then all is well', async () => {
  await store.set('a', 'one');
  {
    await using _ = await heldSqlite(path, 'BEGIN EXCLUSIVE');
    await expect(store.set('a', 'two')).rejects.toThrow('locked');
    await expect(store.setMany([{ key: 'b', value: 'two' }])).rejects.toThrow('locked');
    expect(await store.get('a')).toBe('one');
  }
  expect(await store.set('a', 'two')).toBe(true);
  expect(await store.get('a')).toBe('two');
  expect(setAside).toEqual([]);
});

test('a file that another process keeps to itself cannot be opened, until it can', async () => {
  await store.set('a', 'one');
  await store.disconnect();
  {
    await using _ = await heldSqlite(path, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    await expect(store.get('a')).rejects.toThrow('locked');
    await expect(store.set('a', 'two')).rejects.toThrow('locked');
  }
  expect(await store.get('a')).toBe('one');
  expect(setAside).toEqual([]);
});

test('a folder that cannot be made or written fails each call, until it can', async () => {
  writeFileSync(dirname(path), 'a file where the folder should be');
  await expect(store.set('a', 'one')).rejects.toThrow();
  await expect(store.get('a')).rejects.toThrow();
  rmSync(dirname(path));
  await store.set('a', 'one');
  expect(await store.get('a')).toBe('one');
});

test.runIf(LINUX)('a file system that takes no files fails each call', async () => {
  // Not even root can create files here.
  const readOnly = open('/proc/self/store.sqlite');
  await expect(readOnly.set('a', 'one')).rejects.toThrow();
  await expect(readOnly.get('a')).rejects.toThrow();
  expect(readOnly.sizeBytes()).toBeUndefined();
});

test.runIf(LINUX)('on a full disk what was written stays, and it goes on once there is room', () => {
  // A file may have 512 KiB: for SQLite the same as a disk that takes no more.
  const command = 'ulimit -S -f 512; exec "$0" "$@"';
  const args = [process.execPath, QUIETLY, fixture('sqlite-full.ts'), path];
  const result = JSON.parse(execFileSync('bash', ['-c', command, ...args]).toString()) as Record<
    string,
    unknown
  >;
  expect(result['written']).toBeGreaterThan(5);
  expect(result).toEqual({
    written: result['written'],
    kept: result['written'],
    keptLater: result['written'],
    healed: true,
  });
});

/** Enough for several pages. */
async function filled(): Promise<void> {
  for (let key = 0; key < 100; key++) await store.set(`key${key}`, 'x'.repeat(2_000));
}

test.each([
  ['truncated in the middle', () => truncateSync(path, 20_000), 'it is corrupt'],
  ['truncated within its header', () => truncateSync(path, 50), 'it is corrupt'],
  ['overwritten', () => writeFileSync(path, 'garbage '.repeat(10_000)), 'it is not a SQLite database'],
])('a file that was %s while closed is set aside', async (_, damage, reason) => {
  await filled();
  await store.disconnect();
  damage();
  const damaged = readFileSync(path);
  expect(await store.get('key0')).toBeUndefined();
  await store.set('key0', 'fresh');
  expect(await store.get('key0')).toBe('fresh');
  expect(setAside.map(({ reason }) => reason)).toEqual([reason]);
  expect(setAside[0]!.movedTo).toMatch(/store\.sqlite\.broken-\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z$/);
  expect(readFileSync(setAside[0]!.movedTo)).toEqual(damaged);
});

test('a file that is damaged below its header is set aside when that shows', async () => {
  await filled();
  await store.disconnect();
  const damaged = readFileSync(path);
  damaged.fill(0xff, 8_192);
  writeFileSync(path, damaged);
  expect(await store.get('key50')).toBeUndefined();
  await store.set('key50', 'fresh');
  expect(await store.get('key50')).toBe('fresh');
  expect(setAside.map(({ reason }) => reason)).toEqual(['it is corrupt']);
});

test.each([
  ['truncated', () => truncateSync(path, 0)],
  ['overwritten', () => writeFileSync(path, 'garbage '.repeat(200_000))],
])('a file that is %s while open is set aside at the latest when it is opened again', async (_, damage) => {
  await filled();
  // Everything into the file itself, and out of the cache of this connection.
  await store.disconnect();
  await store.get('key0');
  damage();
  for (let key = 0; key < 100; key++) {
    await store.get(`key${key}`);
    await store.set(`key${key}`, 'fresh');
  }
  await store.disconnect();
  await store.set('key0', 'fresh');
  expect(await store.get('key0')).toBe('fresh');
  expect(setAside).toHaveLength(1);
});

test('a file that is deleted or replaced while open is begun afresh', async () => {
  await store.set('a', 'one');
  for (const file of readdirSync(dirname(path))) rmSync(join(dirname(path), file));
  expect(await store.get('a')).toBeUndefined();
  await store.set('a', 'two');
  expect(existsSync(path)).toBe(true);
  expect(await store.get('a')).toBe('two');
  expect(setAside).toEqual([]);
});

test('two that find the same file broken set it aside once, and lose nothing of the fresh one', async () => {
  await filled();
  const other = open();
  await other.get('key0');
  await store.disconnect();
  await other.disconnect();
  writeFileSync(path, 'garbage '.repeat(10_000));
  await store.set('a', 'one');
  await other.set('b', 'two');
  expect(await store.getMany(['a', 'b'])).toEqual(['one', 'two']);
  expect(await other.getMany(['a', 'b'])).toEqual(['one', 'two']);
  expect(setAside).toHaveLength(1);
  await other.disconnect();
});

test('the database of another application is set aside as it is', async () => {
  mkdirSync(dirname(path));
  sql('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)');
  const theirs = readFileSync(path);
  await store.set('a', 'one');
  expect(await store.get('a')).toBe('one');
  expect(setAside.map(({ reason }) => reason)).toEqual(['it belongs to another application']);
  expect(readFileSync(setAside[0]!.movedTo)).toEqual(theirs);
});

test('a newer version of cogscope keeps its file', async () => {
  await store.set('a', 'one');
  await store.disconnect();
  sql('PRAGMA user_version = 99');
  const newer = readFileSync(path);
  const error = { code: 'STORE_FROM_THE_FUTURE', details: [path, 99, 1] };
  expect(() => store.open()).toThrow(expect.objectContaining(error));
  await expect(store.get('a')).rejects.toMatchObject(error);
  await expect(store.set('a', 'two')).rejects.toMatchObject(error);
  expect(readFileSync(path)).toEqual(newer);
  expect(setAside).toEqual([]);
});

test('namespaces do not see each other', async () => {
  const other = open();
  other.namespace = 'other';
  await store.set('a', 'one');
  await other.set('a', 'two');
  expect([await store.get('a'), await other.get('a')]).toEqual(['one', 'two']);
  await store.clear();
  expect([await store.get('a'), await other.get('a')]).toEqual([undefined, 'two']);
  await other.disconnect();
});
