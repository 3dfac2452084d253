import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflate } from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

/** What is unpacked, about 200 MB: the browser, one text font, and the libraries that a bare machine lacks. */
const PACKS = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'];

/** Nothing but this machine can be reached. */
const ARGUMENTS = [
  '--no-sandbox',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--font-render-hinting=none',
  '--disable-dev-shm-usage',
];

/**
 * Starts a real Chromium: the one from npm, unpacked once a version, or the one that CHROME_PATH names, for
 * machines that the one from npm does not run on.
 */
export async function startChromium(): Promise<Browser> {
  const given = process.env['CHROME_PATH'];
  if (given !== undefined) return chromium.launch({ executablePath: given, args: ARGUMENTS });
  const folder = await unpacked();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ARGUMENTS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    } as Record<string, string>,
  });
}

async function unpacked(): Promise<string> {
  const manifest = require.resolve('@sparticuz/chromium').replace(/build[\\/]index\.js$/, 'package.json');
  const { version } = require(manifest) as { version: string };
  const folder = join(tmpdir(), `chromium-${version}`);
  if (existsSync(folder)) return folder;
  // In a folder of its own and then renamed: several processes may be at it, and one may be killed.
  const fresh = await mkdtemp(`${folder}-`);
  const before = process.env['TMPDIR'];
  // It unpacks into the folder for temporary files, whichever that is at the moment.
  process.env['TMPDIR'] = fresh;
  try {
    await Promise.all(PACKS.map((pack) => inflate(join(dirname(manifest), 'bin', pack))));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  await writeFile(join(fresh, 'fonts.conf'), fontConfig(folder));
  await rename(fresh, folder).catch(async (error) => {
    await rm(fresh, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

/** The font that comes with the browser, and after it those of the machine, if it has any. */
function fontConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
`;
}
