/**
 * Where the files of this package are. The build puts most modules together into few files; this one stays where it is,
 * so that the others are found from here.
 */
import { extname } from 'node:path';

/** The folder of this package's code; undefined where a bundler has put all into one file. */
export const OWN_FOLDER: string | undefined = /^(.*[\\/])own-files\.[jt]s$/.exec(
  import.meta.filename ?? '',
)?.[1];

/** @param path from the folder of the code, such as `../package.json` */
export function ownFile(path: string): URL {
  return new URL(path, import.meta.url);
}

/** @param path the same, without its ending: in the package modules are compiled */
export function ownModule(path: string): URL {
  return ownFile(`${path}${extname(import.meta.url)}`);
}
