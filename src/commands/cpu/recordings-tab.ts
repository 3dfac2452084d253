import { code, moment, plain, someOf } from '../../render/text.ts';
import { formatBytes, formatSpan, plural } from '../../render/units.ts';
import type { Entry } from '../desk/widgets.ts';
import type { CpuRecording } from './service.ts';
import type { Choice, Tab, TabPage } from './tabs.ts';
import { keyOfRecording, labelOf, recordingLine } from './words.ts';

const MOST_LINES = 10;

export const recordingsTab = {
  name: 'recordings',
  label: 'All recordings',
  draw: async ({ service, recording }) => recordingList(service.recordings, recording),
} as const satisfies Tab;

/** @param shown the one that was looked at before, to compare others with */
export function recordingList(recordings: readonly CpuRecording[], shown?: CpuRecording): TabPage {
  if (recordings.length === 0) {
    return { text: 'None is kept. `/profiler cpu` makes one: it takes half a minute.' };
  }
  const bytes = recordings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const others = shown === undefined ? [] : recordings.filter(({ id }) => id !== shown.id);
  return {
    text: [
      ...recordings.slice(0, MOST_LINES).map((recording) => linesOf(recording, recording.id === shown?.id)),
      ...(recordings.length > MOST_LINES ? [`-# and ${recordings.length - MOST_LINES} more`] : []),
      '',
      `-# In memory, ${formatBytes(bytes)}: they are gone when the bot restarts, the oldest when there are too many.`,
    ].join('\n'),
    choices: [
      { action: 'open', entries: recordings.map(entryOf), chosen: '', look: { placeholder: 'Show…' } },
      ...(others.length === 0 ? [] : comparing(others, shown!)),
    ],
  };
}

/** What can be done with two of them. */
function comparing(others: readonly CpuRecording[], shown: CpuRecording): Choice[] {
  const merge: Choice = {
    action: 'merge',
    entries: others.map(entryOf),
    chosen: '',
    look: { placeholder: `Put ${labelOf(shown)} together with…`, most: 25 },
  };
  return [compareChoice(others, shown), merge];
}

export function compareChoice(others: readonly CpuRecording[], shown: CpuRecording): Choice {
  const placeholder = `Compare ${labelOf(shown)} with…`;
  return { action: 'compare', entries: others.map(entryOf), chosen: '', look: { placeholder } };
}

function linesOf(recording: CpuRecording, isShown: boolean): string {
  const { startedAtEpochMs, startedBy, mergedFrom, target, file } = recording;
  const of =
    mergedFrom === undefined
      ? ''
      : ` of ${someOf(
          mergedFrom.map((id) => code(labelOf({ id }))),
          3,
        )}`;
  const facts = [
    `${recordingLine(recording)}${of}`,
    ...(target === undefined ? [] : [`only ${code(target)}`]),
    ...(file === undefined ? [] : ['also on disk']),
  ];
  return [
    `${isShown ? '▸ ' : ''}${code(labelOf(recording))} ${moment(startedAtEpochMs, 'R')}, by ${code(startedBy)}`,
    `-# ${facts.join(' · ')}`,
  ].join('\n');
}

/** There, times cannot be in the time zone of who reads them. */
function entryOf(recording: CpuRecording): Entry {
  const { startedAtEpochMs, durationMs, samples, target } = recording;
  const ago = formatSpan(Math.max(0, Date.now() - startedAtEpochMs));
  return {
    value: keyOfRecording(recording),
    label: `${labelOf(recording)} · ${ago} ago`,
    description: plain(
      `${formatSpan(Math.max(1_000, durationMs))}, ${plural(samples, 'sample')}${target === undefined ? '' : `, only ${target}`}`,
    ),
  };
}
