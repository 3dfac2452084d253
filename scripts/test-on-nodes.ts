/** Runs the tests on the other Nodes that users may have; each comes from npm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NODES = ['22', '26'];
/** The demo's page is served by the Node that comes along, and to nobody's bot. */
const WITHOUT_PAGE = ['--exclude', 'test/page/**'];

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cogscope-nodes-'));
try {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  const nodes = NODES.map((major) => `node${major}@npm:node@${major}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...nodes], { cwd: folder });
  for (const major of NODES) {
    const node = join(folder, 'node_modules', `node${major}`, 'bin', 'node');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    console.log(`Node ${execFileSync(node, ['--version']).toString().trim()}`);
    const { status } = spawnSync(node, [vitest, 'run', ...WITHOUT_PAGE], { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
