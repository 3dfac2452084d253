/**
 * Packs the tarball, looks at it as publint and attw do, checks that it holds only what a user needs, and starts
 * an ESM bot, a CommonJS bot and the executable with it on each Node that is supported. The Nodes come from npm, as all else.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const NODES = ['22', '24', '26'];
const ALLOWED = /^(package\.json|README\.md|LICENSE|dist\/[\w/.-]+\.(c?js|d\.c?ts|css))$/;

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const folder = await mkdtemp(join(tmpdir(), 'cogscope-package-'));
try {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename, files, size, unpackedSize }] = JSON.parse(stdout) as [Packed];
  const tarball = join(folder, filename);
  const surplus = files.map(({ path }) => path).filter((path) => !ALLOWED.test(path));
  if (surplus.length > 0) throw new Error(`The tarball holds what no user needs: ${surplus.join(', ')}`);
  console.log(`${filename}: ${files.length} files, ${kib(size)} packed, ${kib(unpackedSize)} unpacked`);

  await check('publint', ['publint', '--strict', tarball]);
  // The package is ES modules only: CommonJS code loads it with require(), which Node allows from 22.12 on.
  await check('attw', ['attw', '--profile', 'esm-only', tarball]);
  await startBots(tarball);
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Packed {
  filename: string;
  files: { path: string }[];
  size: number;
  unpackedSize: number;
}

async function check(name: string, command: [string, ...string[]]): Promise<void> {
  const [bin, ...args] = command;
  try {
    await run(join(root, 'node_modules', '.bin', bin), args, { cwd: root });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${name} is not content:\n${stdout}${stderr}`);
  }
  console.log(`${name}: content`);
}

/** Each bot creates a client and a profiler, tracks a listener of its own, and calls it. */
async function startBots(tarball: string): Promise<void> {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const nodes = NODES.map((major) => `node${major}@npm:node@${major}`);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', tarball, `discord.js@${devDependencies['discord.js']}`, ...nodes],
    {
      cwd: folder,
    },
  );
  const body = `
    const client = new Client({ intents: [] });
    const profiler = new Profiler(client);
    client.on('messageCreate', () => undefined);
    profiler.attach('all');
    client.emit('messageCreate', {});
    try { new Profiler(client, { nonsense: 1 }); } catch (error) {
      if (!(error instanceof ProfilerError) || error.code !== 'INVALID_OPTION') throw error;
    }
    profiler.summary().then(async ({ rows }) => {
      if (rows.length !== 1 || rows[0].count !== 1) throw new Error('The call was not counted.');
      await profiler.destroy();
      await client.destroy();
      console.log(process.versions.node);
    });`;
  const names = '{ Profiler, ProfilerError }';
  await writeFile(
    join(folder, 'bot.mjs'),
    `import { Client } from 'discord.js';\nimport ${names} from 'cogscope';\n${body}`,
  );
  await writeFile(
    join(folder, 'bot.cjs'),
    `const { Client } = require('discord.js');\nconst ${names} = require('cogscope');\n${body}`,
  );
  await writeFile(
    join(folder, 'preloaded.cjs'),
    `const { Client } = require('discord.js');
    const client = new Client({ intents: [] });
    client.login('').catch(() => {
      if (!globalThis[Symbol.for('cogscope.clients')]?.has(client)) throw new Error('There is no profiler.');
      console.log(process.versions.node);
    });`,
  );
  await writeFile(
    join(folder, 'executable.mjs'),
    `import { execFileSync } from 'node:child_process';
    import { writeHeapSnapshot } from 'node:v8';
    const snapshot = writeHeapSnapshot(import.meta.dirname + '/own.heapsnapshot');
    const path = import.meta.dirname + '/node_modules/.bin/cogscope';
    const said = execFileSync(process.execPath, [path, 'heap', snapshot, '--json'], { encoding: 'utf8' });
    if (!(JSON.parse(said).objects > 10_000)) throw new Error('There is next to nothing in the snapshot.');
    console.log(process.versions.node);`,
  );
  const bots = [
    { args: [], file: 'executable.mjs' },
    { args: [], file: 'bot.mjs' },
    { args: [], file: 'bot.cjs' },
    { args: ['--import', 'cogscope/register'], file: 'preloaded.cjs' },
  ];
  for (const major of NODES) {
    const node = join(folder, 'node_modules', `node${major}`, 'bin', 'node');
    for (const { args, file } of bots) {
      const options = { cwd: folder, timeout: 60_000 };
      const { stdout, stderr } = await run(node, [...args, join(folder, file)], options);
      if (!stdout.startsWith(`${major}.`)) throw new Error(`${file} ran on Node ${stdout}, not ${major}`);
      console.log(
        `Node ${stdout.trim()}: ${file} starts${stderr === '' ? '' : `, saying: ${stderr.trim()}`}`,
      );
    }
  }
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(1)} KiB`;
}
