import { readFileSync } from 'node:fs';
import type * as inspector from 'node:inspector';
import { ProfilerError } from '../../errors.ts';

/** As /proc/net/tcp has it. */
const ESTABLISHED = '01';

/**
 * V8's inspector, where it can be used.
 * @param load gives Node's module: undefined, or an error, where it was built without
 * @throws ProfilerError RECORDING_UNAVAILABLE where Node was built without it, or somebody debugs this process
 */
export function openInspector(
  // On first use: it is for few to load it.
  load: () => typeof inspector | undefined = () => process.getBuiltinModule('node:inspector'),
): typeof inspector {
  let found: typeof inspector | undefined;
  try {
    found = load();
  } catch {
    // Said below.
  }
  if (found === undefined) {
    throw new ProfilerError('RECORDING_UNAVAILABLE', 'this Node was built without its inspector');
  }
  if (isDebuggerAttached(found.url())) {
    const problem =
      'a debugger is connected to this process, which makes it slower than it is, and would be told of each slice';
    throw new ProfilerError('RECORDING_UNAVAILABLE', problem);
  }
  return found;
}

/** Whether somebody is connected to the port of this process's inspector. Only Linux tells: elsewhere never. */
function isDebuggerAttached(url: string | undefined): boolean {
  if (url === undefined) return false;
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map(read);
  return tables.some((table) =>
    table.split('\n').some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === ESTABLISHED && local?.endsWith(`:${port}`) === true;
    }),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
