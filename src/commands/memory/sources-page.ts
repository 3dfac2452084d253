import type { AllocationSource } from '../../memory/allocations/cohorts.ts';
import type { SourcesReport } from '../../memory/allocations/sources.ts';
import type { Page } from '../../render/page.ts';
import { code, codeBlock, cut, escaped, moment, plain, sentence } from '../../render/text.ts';
import { formatBytes, formatDuration, formatSpan, plural, signedBytes } from '../../render/units.ts';
import { placeFrom } from '../../sampling/views/place.ts';

const MOST_FRAMES = 8;
const LONGEST_FRAME = 90;
/** What is left of each interval is shown of the latest. */
const MOST_INTERVALS = 5;

/** Where what grows comes from. @param picked which of the sources is shown with its stack */
export function sourcesDrawn(
  report: SourcesReport,
  max: number,
  picked: number,
  rootDir: string,
): Pick<Page, 'title' | 'tone' | 'text' | 'footer'> {
  const { sources, looks, atEpochMs, isRunning, problem, intervalMs } = report;
  const shown = sources.slice(0, max);
  const stack = shown[picked] ?? shown[0];
  const isEarly = atEpochMs === undefined;
  return {
    title: isEarly
      ? 'The first look is to come'
      : shown.length === 0
        ? 'No new growth found'
        : `New objects overflowed by ${formatBytes(report.newBytes)}`,
    tone: shown.length > 0 ? 'warning' : isEarly ? 'plain' : 'good',
    text: [
      ...(problem === undefined ? [] : [`⚠ ${sentence(problem)}`]),
      ...(isEarly ? [`What is new is looked at each ${formatSpan(intervalMs)}.`] : []),
      ...shown.map((source, index) => sourceLine(source, index, rootDir)),
      ...(stack === undefined
        ? []
        : ['', `The stack that most of ${code(stack.name)} came by:`, stackText(stack, rootDir)]),
      `-# ${aboutLooks(report)}`,
    ].join('\n'),
    footer: [
      isRunning ? 'this process' : looks === 0 ? 'stopped before the first look' : 'stopped',
      'sorted by what each interval leaves behind',
      'V8 tells where a function begins, not the line in it',
    ].join(' · '),
  };
}

/** What can be chosen to have its stack shown. */
export function sourceEntries({ sources }: SourcesReport, max: number, rootDir: string) {
  return sources.slice(0, max).map((source, index) => ({
    value: String(index),
    label: cut(plain(`${index + 1}. ${source.name}`), 100),
    description: cut(plain(`${source.owner} · ${placeFrom(rootDir, source) || 'no file'}`), 100),
  }));
}

function sourceLine(source: AllocationSource, index: number, rootDir: string): string {
  const { owner, name, newBytes, uncertaintyBytes, leftBytes } = source;
  const place = placeFrom(rootDir, source);
  const where = place === '' ? code(name) : `${code(place)} ${code(name)}`;
  const left = leftBytes.slice(-MOST_INTERVALS).map((bytes) => formatBytes(bytes));
  return [
    `**${index + 1}. ${formatBytes(newBytes)}** ± ${formatBytes(uncertaintyBytes)} · ${where}, ${source.isCog ? 'cog ' : ''}${escaped(owner)}`,
    ...(left.length > 1 ? [`-# left of each interval: ${left.join(' → ')}`] : []),
  ].join('\n');
}

function stackText({ stack }: AllocationSource, rootDir: string): string {
  const frames = stack.slice(0, MOST_FRAMES).map(({ name, file, line }) => {
    const place = file === '' ? '' : ` ${placeFrom(rootDir, { file, line })}`;
    return cut(plain(`${name}${place}`), LONGEST_FRAME);
  });
  const more = stack.length - frames.length;
  return codeBlock([...frames, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'));
}

function aboutLooks(report: SourcesReport): string {
  const { startedAtEpochMs, looks, atEpochMs, pauseMs, allPausesMs, intervalBytes, externalBytes } = report;
  const since = `Since ${moment(startedAtEpochMs, 'F')}: ${plural(looks, 'look')}`;
  if (atEpochMs === undefined) return `${since}.`;
  return [
    `${since}, the last ${moment(atEpochMs, 'R')}; it held up the bot for ${formatDuration(pauseMs)}, all of them for ${formatDuration(allPausesMs)}.`,
    `One object each ${formatBytes(intervalBytes)} is sampled; ±: what that leaves open, 19 times of 20.`,
    `Buffers are not in it: external memory changed by ${signedBytes(externalBytes)} since the look before.`,
  ].join(' ');
}

/** How much of the time the looks take, before they begin. */
export function shareText(atMostMs: number, intervalMs: number): string {
  const percent = (100 * atMostMs) / intervalMs;
  return `It looks each ${formatSpan(intervalMs)}: that is up to ${Math.max(0.01, percent).toFixed(2)} % of the time.`;
}
