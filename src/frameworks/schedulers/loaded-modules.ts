import { createRequire } from 'node:module';
import { dataValue } from '../objects.ts';
import { prototypeOf } from './scheduler.ts';

const PACKAGE_FOLDER = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]/;

/** What the instances of the classes inherit from that the package of a file exports, as far as it is loaded. */
export function prototypesBeside(file: string): object[] {
  const folder = PACKAGE_FOLDER.exec(file)?.[0];
  if (folder === undefined) return [];
  const { cache } = createRequire(file);
  return Object.keys(cache)
    .filter((path) => path.startsWith(folder))
    .flatMap((path) => {
      const exported = dataValue(dataValue(cache, path), 'exports');
      if (typeof exported !== 'object' || exported === null) return [];
      return Object.keys(exported).flatMap((name) => prototypeOf(dataValue(exported, name)) ?? []);
    });
}
