import { type PageFile, PHONE_WIDTH } from '../../render/page.ts';
import { bars } from '../../render/sparkline.ts';
import { code, codeBlock, moment } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import { waterfallLines } from '../../trace/formats/text.ts';
import { PART_WORDS } from '../../trace/part-words.ts';
import type { Trace } from '../../trace/trace.ts';
import { effectOf, percent, predicateOf, sharesOf, verdictOf } from '../../trace/verdict.ts';
import { missing } from '../pages/missing.ts';
import { ABOUT_VERBOSE, verboseCost } from '../pages/verbose-cost.ts';
import type { Request } from '../subcommand.ts';
import { callLine } from './calls.ts';
import { callEntries, callOf, keptCalls, keyOfCall } from './kept-calls.ts';
import type { Inspected, TabPage, TabState } from './tabs.ts';
import { exportEntries } from './trace-file.ts';
import { pictureOf, shortNameOf } from './waterfall-picture.ts';

const MOST_NAMED = 4;
/** What has less of the time is not told. */
const LEAST_NAMED_SHARE = 0.01;
/** So that a page without pictures is not much longer than one with. */
const MOST_TEXT_ROWS = 16;

/** What the time of a target goes to, and one of its calls as it went. */
export async function waterfalls(details: Inspected, { call }: TabState, request: Request): Promise<TabPage> {
  const { traces, shards, summary } = details;
  const calls = keptCalls(traces);
  // Those whose figures are missing too are named above.
  const missingShards = traces.missingShards.filter((shard) => !summary.missingShards.includes(shard));
  const status = [...statusLine(details, request), ...missing({ missingShards, problem: undefined })];
  if (calls.length === 0) {
    return { text: [...status, ...nothingKept(details, request)].join('\n'), choices: [] };
  }
  const shown = callOf(calls, call);
  const chosen = shown ?? calls[0]!.trace;
  const isSharded = shards.length > 1;
  const picture = await draw(chosen, request);
  return {
    text: [
      ...status,
      ...verdictLine(details),
      ...partBars(details),
      ...namedParts(details),
      ...(shown === undefined
        ? ['', 'The call that was chosen is not kept any more; this is the slowest.']
        : []),
      '',
      callLine(chosen, isSharded),
      `${capitalised(predicateOf(chosen, chosen.targetId, code))}.`,
      ...(picture.image === undefined ? [codeBlock(picture.text)] : []),
    ].join('\n'),
    image: picture.image,
    choices: [
      {
        action: 'call',
        entries: callEntries(calls, isSharded, Date.now()),
        chosen: keyOfCall(chosen),
        placeholder: 'Call',
      },
      { action: 'export', entries: exportEntries(calls.length), chosen: '', placeholder: 'Export…' },
    ],
  };
}

/** What the time of a target goes to, in words; nothing where no call was traced. */
export function verdictLine({ row, traces: { summary } }: Inspected): string[] {
  const verdict = verdictOf(summary, row.id, code);
  const effect = effectOf(summary);
  if (verdict === undefined) return [];
  const share = effect && `${effect.label} ${percent(effect.share)}`;
  // Where one thing is all that it does, the sentence says so.
  const isSaid = share === undefined || verdict.includes(percent(effect!.share));
  return [...(isSaid ? [] : [`**${capitalised(share)}** of its time.`]), `${capitalised(verdict)}.`];
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function statusLine({ row: { id } }: Inspected, { profiler }: Request): string[] {
  const untilEpochMs = profiler.verbose.get(id);
  return untilEpochMs === undefined
    ? []
    : [`Verbose until ${moment(untilEpochMs, 'T')}, ${moment(untilEpochMs, 'R')}.`];
}

function nothingKept({ row: { id }, isTracked }: Inspected, { profiler }: Request): string[] {
  if (profiler.verbose.has(id)) return ['No call has ended since: let one happen, then press ↻.'];
  return [
    'No call of it was kept as it went.',
    '',
    ABOUT_VERBOSE,
    verboseCost(),
    ...(isTracked ? [] : ['', 'It is not timed now: attach it first.']),
  ];
}

/** What a call takes on average, and of what that is made. */
function partBars({ traces: { summary } }: Inspected): string[] {
  const classes = sharesOf(summary).map(({ kind, ms, share }) => ({
    label: PART_WORDS[kind].label,
    count: ms,
    text: percent(share),
  }));
  if (classes.length === 0) return [];
  return [
    `A call takes **${formatDuration(summary.durationMs / summary.count)}** on average:`,
    codeBlock(bars(classes, PHONE_WIDTH.embed)),
  ];
}

/** What the largest parts of an average call are about. */
function namedParts({ row, traces: { summary } }: Inspected): string[] {
  return summary.parts
    .filter(
      ({ name, ms }) => name !== undefined && name !== row.id && ms > LEAST_NAMED_SHARE * summary.durationMs,
    )
    .slice(0, MOST_NAMED)
    .map(
      ({ kind, name, ms }) =>
        `-# ${PART_WORDS[kind].label} ${formatDuration(ms / summary.count)} ${code(name!)}`,
    );
}

/** A picture, or lines of text where there can be none. */
async function draw(trace: Trace, request: Request): Promise<{ image?: PageFile; text: string }> {
  const content = await request.draw('waterfall', pictureOf(trace));
  if (content !== undefined) return { image: { name: 'waterfall.png', content }, text: '' };
  const nameOf = (span: Trace['spans'][number]) => shortNameOf(span, trace);
  return { text: waterfallLines(trace, { width: PHONE_WIDTH.embed, most: MOST_TEXT_ROWS, nameOf }) };
}
