import { PHONE_WIDTH } from '../../render/page.ts';
import { sparkline } from '../../render/sparkline.ts';
import { code, codeBlock, cut, cutMiddle, moment, plain, sentence, someOf } from '../../render/text.ts';
import { formatDuration, formatNumber, formatSpan, plural } from '../../render/units.ts';
import { type CounterSummary, formatCounter } from '../../sampling/counters.ts';
import type { Activity, Overview } from '../../sampling/views/overview.ts';
import { Colours, cogBars } from './pictures.ts';
import type { CpuRecording } from './service.ts';
import type { Looked, Tab } from './tabs.ts';
import { ownerLabel, percentOf, shareTable } from './words.ts';

const US_PER_MS = 1_000;
const US_PER_S = 1_000_000;
const MOST_COGS = 12;
const MOST_COMMANDS = 10;
const MOST_TOTALS = 4;
const MOST_COUNTERS = 6;
const MOST_FILES = 3;
const NAME_WIDTH = 10;
const CHART_WIDTH = 9;
/** From here on, that the loop was idle is what there is to say. */
const MOSTLY_IDLE = 0.9;

/** Told in this order, after what was idle. */
const ACTIVITY_WORDS: Readonly<Record<Exclude<Activity, 'idle' | 'profiler'>, string>> = {
  javascript: 'JavaScript',
  native: 'native code',
  gc: 'garbage collection',
};

export const overviewTab = {
  name: 'overview',
  label: 'Overview',
  async draw({ service, recording, state, request }: Looked) {
    const overview = await service.view([recording.id], 'overview', undefined);
    const { cogs, commands, facts } = overview;
    const picture = state.chart
      ? await request.draw('bars', cogBars(overview, new Colours(overview)))
      : undefined;
    const without = (rows: readonly unknown[], most: number) =>
      rows.length > most ? [`-# and ${rows.length - most} more`] : [];
    return {
      text: [
        ...(recording.target === undefined ? [] : [`Only what ran for calls of ${code(recording.target)}.`]),
        ...headLines(overview),
        ...(facts.running === 0
          ? []
          : [
              ...(picture === undefined
                ? [
                    codeBlock(
                      shareTable(
                        'cog',
                        cogs.slice(0, MOST_COGS),
                        ({ name }) => name,
                        (row) => row,
                      ),
                    ),
                    ...without(cogs, MOST_COGS),
                  ]
                : []),
              codeBlock(
                shareTable(
                  'command, task, …',
                  commands.slice(0, MOST_COMMANDS),
                  ({ name }) => ownerLabel(name),
                  (row) => row,
                ),
              ),
              ...without(commands, MOST_COMMANDS),
              ...totalLines(overview),
              '-# Shares are of what ran, without the profiler; ± holds in 19 of 20 recordings.',
            ]),
        ...fileLines(service.recordings, recording),
        ...recording.notes.map((note) => `⚠ ${sentence(note)}`),
        ...counterLines(overview),
        factLine(overview),
        ...threadLines(overview),
      ].join('\n'),
      image: picture && { name: 'cogs.png', content: picture },
      hasChart: facts.running > 0,
    };
  },
} as const satisfies Tab;

/** Where it was written to while it was made; of what was put together, its parts. */
function fileLines(all: readonly CpuRecording[], { file, mergedFrom = [] }: CpuRecording): string[] {
  const ofParts = all.filter(({ id }) => mergedFrom.includes(id)).map((part) => part.file);
  const files = [file, ...ofParts].filter((path) => path !== undefined).map((path) => code(path));
  return files.length === 0 ? [] : [`-# On the bot's machine: ${someOf(files, MOST_FILES)}`];
}

function headLines({ activities, facts, sufficiency }: Overview): string[] {
  if (facts.samples === 0) return ['No samples were taken: what ran is not known.'];
  const idle = `${percentOf(activities.idle.share)} %`;
  const rest = Object.entries(ACTIVITY_WORDS)
    .map(([name, words]) => `${words} ${percentOf(activities[name as Activity].share)} %`)
    .join(', ');
  return [
    activities.idle.share >= MOSTLY_IDLE
      ? `The loop was **idle ${idle}** of the time: ${rest}.`
      : `The loop was idle ${idle} of the time: ${rest}.`,
    sufficiency.text,
  ];
}

/** What commands take with the tracked calls that they wait for: in the table, those have it. */
function totalLines({ totals }: Overview): string[] {
  if (totals.length === 0) return [];
  const told = totals
    .slice(0, MOST_TOTALS)
    .map(({ name, share }) => `${code(ownerLabel(name))} ${percentOf(share)} %`);
  return [`-# With the tracked calls that they make: ${told.join(', ')}`];
}

/** What was looked at beside the samples: a line each, from its least to its greatest. */
function counterLines({ counters }: Overview): string[] {
  if (counters.length === 0) return [];
  const lines = counters.slice(0, MOST_COUNTERS).map((counter) => {
    const figures = rangeOf(counter, PHONE_WIDTH.embed - NAME_WIDTH - CHART_WIDTH - 2);
    const name = cutMiddle(plain(counter.name), NAME_WIDTH).padEnd(NAME_WIDTH);
    return `${name} ${sparkline(counter.values, CHART_WIDTH).padEnd(CHART_WIDTH)} ${figures}`;
  });
  return [codeBlock(lines.join('\n'))];
}

/** From the least to the greatest; where that is too long, the greatest. */
function rangeOf(counter: CounterSummary, width: number): string {
  const [least, greatest] = [counter.least, counter.greatest].map((value) =>
    plain(formatCounter(value, counter)),
  );
  if (least === greatest) return cut(greatest!, width);
  const range = `${formatNumber(counter.least)}–${greatest}`;
  return counter.unit !== 'bytes' && range.length <= width ? range : cut(`≤ ${greatest}`, width);
}

/** How well it was sampled, and what that cost. */
function factLine({ durationUs, intervalUs, facts, activities, startedAtEpochMs }: Overview): string {
  const { samples, rateHz, missed, startPauseMs } = facts;
  return `-# ${[
    `${moment(startedAtEpochMs, 'R')}, ${formatSpan(Math.max(1_000, durationUs / US_PER_MS))}`,
    plural(samples, 'sample'),
    `${formatNumber(rateHz)}/s of ${formatNumber(US_PER_S / intervalUs)}/s`,
    `${formatNumber(missed)} missed`,
    `held up at the start for ${formatDuration(startPauseMs)}`,
    `the profiler itself ${percentOf(activities.profiler.share)} %`,
  ].join(' · ')}`;
}

const MOST_THREADS = 8;

function threadLines({ threads }: Overview): string[] {
  if (threads.length < 2) return [];
  const lines = threads.slice(0, MOST_THREADS).map(({ name, samples }) => {
    const figures = `: ${plural(samples, 'sample')}`;
    return cutMiddle(plain(name), PHONE_WIDTH.embed - figures.length) + figures;
  });
  const more = threads.length - lines.length;
  return [codeBlock(lines.join('\n')), ...(more > 0 ? [`-# and ${plural(more, 'thread')} more`] : [])];
}
