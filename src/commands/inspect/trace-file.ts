import type { Page } from '../../render/page.ts';
import { escaped } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import { TRACE_FORMATS } from '../../trace/formats/index.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Entry } from '../desk/widgets.ts';
import { textToFile } from '../pages/export-file.ts';
import type { Request } from '../subcommand.ts';
import { callOf, keptCalls, type Traces } from './kept-calls.ts';

/** Which calls a file has. */
const SCOPES = [
  { name: 'one', label: () => 'This call' },
  { name: 'all', label: (count: number) => `All ${plural(count, 'call')}` },
] as const;

/** What can be written of so many calls: each scope in each format. */
export function exportEntries(count: number): Entry[] {
  const scopes = count > 1 ? SCOPES : SCOPES.slice(0, 1);
  return scopes.flatMap((scope) =>
    TRACE_FORMATS.map((format) => ({
      value: `${scope.name} ${format.name}`,
      label: `${scope.label(count)}: ${format.label}`,
    })),
  );
}

/**
 * Calls of a target as a file; undefined where what is asked for is not there any more.
 * @param wanted.what the value of an entry
 * @param wanted.call the key of the call that is shown
 */
export async function traceFile(
  targetId: string,
  traces: Traces,
  wanted: { readonly what: string; readonly call: string },
  { profiler, fileLimitBytes }: Request,
): Promise<Page | undefined> {
  const [scope, name] = wanted.what.split(' ');
  const format = TRACE_FORMATS.find((candidate) => candidate.name === name) ?? TRACE_FORMATS[0];
  const calls = keptCalls(traces);
  const shown = callOf(calls, wanted.call);
  const written: readonly Trace[] =
    scope === 'all' ? calls.map(({ trace }) => trace) : shown === undefined ? [] : [shown];
  if (written.length === 0) return undefined;
  const { sentence, files = [] } = await textToFile(
    profiler,
    { what: 'calls', extension: format.extension, text: format.encode(written) },
    fileLimitBytes,
  );
  return {
    title: `${plural(written.length, 'call')} of ${escaped(targetId)}`,
    text: `${format.label}. ${sentence}`,
    tone: 'good',
    files,
  };
}
