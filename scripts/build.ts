/** Makes dist of src: compiled modules, and beside them what the pages of profiles are made of. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules', '.bin', 'tsc');
/** The scripts of pages have no use for comments; what they share with the rest is then compiled once more. */
const PROJECTS = ['src/sampling/viewers/client', 'tsconfig.build.json'];

rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const project of PROJECTS) {
  execFileSync(tsc, ['-p', project], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
}
for (const file of globSync('**/*.css', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', file), join(root, 'dist', file));
}
