import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../fixtures/folder.ts';

const EXPORTER = fileURLToPath(new URL('../../fixtures/full-disk.ts', import.meta.url));

test.skipIf(process.platform === 'win32')(
  'of a file that there is no room for on the disk, nothing is left, and it is said',
  () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'other.txt'), 'what was there');
    // No file may become larger than so many blocks: what is beyond is refused while it is written, as on a full disk.
    const limited = 'trap "" XFSZ; ulimit -f 64; exec "$0" --disable-warning=ExperimentalWarning "$@"';
    const said = execFileSync('sh', ['-c', limited, process.execPath, EXPORTER, folder.path]).toString();
    expect(said).toMatch(
      /^The file profiler_cpu_1_recording_\S+ is too large for Discord \(\d+ KiB\) and could not be written either: EFBIG/,
    );
    expect(readdirSync(folder.path)).toEqual(['other.txt']);
  },
);
