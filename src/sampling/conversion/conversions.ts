import { filtered, type ProfileFilter } from '../filter.ts';
import type { FormatOptions } from '../formats/format.ts';
import { formatNamed } from '../formats/index.ts';
import { optionsFor } from '../formats/options.ts';
import { merged } from '../merge.ts';
import type { Profile } from '../profile.ts';
import { comparisonPage } from '../viewers/flame-graph.ts';
import { VIEWS, type ViewName } from '../views/index.ts';
import { fileOf } from './file.ts';

/** How a recording is written: what of it, and the options of the format. */
export interface ExportOptions extends Partial<FormatOptions> {
  readonly filter?: ProfileFilter;
}

const US_PER_MS = 1e3;

/** All that is done with recordings, by name; each is pure, and runs in a thread of its own. */
export const CONVERSIONS = {
  export([profile]: readonly Profile[], { format, options }: { format: string; options: ExportOptions }) {
    const { filter, ...wishes } = options;
    const found = formatNamed(format);
    const text = found.encode(filtered(profile!, filter ?? {}), optionsFor(found, wishes));
    // What is handed over is to be nobody else's memory.
    return new Uint8Array(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  },
  /** What changed from the first to the second, as a page of HTML. */
  compare([before, after]: readonly Profile[]) {
    return new Uint8Array(new TextEncoder().encode(comparisonPage(before!, after!)));
  },
  view(profiles: readonly Profile[], { name, query }: { name: ViewName; query: unknown }): unknown {
    return (VIEWS[name] as (profiles: readonly Profile[], query: unknown) => unknown)(profiles, query);
  },
  merge(profiles: readonly Profile[]) {
    const all = merged(profiles);
    return { ...fileOf(all), startedAtEpochMs: all.startedAtEpochMs, durationMs: all.durationUs / US_PER_MS };
  },
} as const;

export type Conversions = typeof CONVERSIONS;
export type ConversionName = keyof Conversions;
