import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { types } from 'node:util';
import type { ProfilerOptions } from '../cog/options.ts';
import { CONFIG_VARIABLE } from './variables.ts';

const NAME = 'cogscope.config';
const EXTENSIONS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'json'];

const require = createRequire(import.meta.url);

/**
 * The path of the configuration file: the one that is named, else the first in the working directory, else the
 * first beside the program's main file.
 * @throws Error where the one that is named is not there
 */
export function findConfigFile(named: string | undefined): string | undefined {
  if (named) {
    const file = resolve(named);
    if (!isFile(file)) throw new Error(`${CONFIG_VARIABLE} names ${file}, which is not there.`);
    return file;
  }
  const folders = [process.cwd(), ...(process.argv[1] ? [dirname(process.argv[1])] : [])];
  return folders
    .flatMap((folder) => EXTENSIONS.map((extension) => join(folder, `${NAME}.${extension}`)))
    .find(isFile);
}

/**
 * What a configuration file exports, or what the function returns that it exports; not yet checked.
 *
 * It is loaded with `require`, as `login` cannot be made to wait. Node requires ES modules and TypeScript too.
 * @throws Error that names the file and says why it cannot be used
 */
export function loadConfigFile(file: string): ProfilerOptions {
  let options: unknown;
  try {
    options = exportOf(require(file));
    if (typeof options === 'function') options = options();
  } catch (error) {
    throw new Error(`${placeOf(error, file)} cannot be loaded: ${reasonOf(error)}`);
  }
  if (types.isPromise(options)) {
    // It must not become an unhandled rejection of the bot.
    options.catch(() => undefined);
    throw new Error(`${file} must give its options at once, not a promise of them.`);
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new Error(
      `${file} must export an object of options, or a function that returns one, as its default.`,
    );
  }
  return options;
}

/** A module that was transpiled to CommonJS has `__esModule`, as an ES module that is required. */
function exportOf(loaded: unknown): unknown {
  const { __esModule: transpiled, default: exported } = Object(loaded);
  return transpiled || types.isModuleNamespaceObject(loaded) ? exported : loaded;
}

/** `file:line` where the error tells the line. */
function placeOf(error: unknown, file: string): string {
  const [, afterFile = ''] = String((error as Error | undefined)?.stack).split(`${file}:`);
  const line = Number.parseInt(afterFile, 10);
  return Number.isNaN(line) ? file : `${file}:${line}`;
}

function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_REQUIRE_ASYNC_MODULE') {
    return 'it, or a module that it imports, uses `await` at the top level.';
  }
  return String(error);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
