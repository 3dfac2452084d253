import type { AllocationOptions } from '../../memory/allocations/options.ts';
import type { AllocationReport } from '../../memory/allocations/report.ts';
import type { AllocationRun } from '../../memory/allocations/run.ts';
import type { AllocatedBytes, AllocationPlace } from '../../memory/allocations/tables.ts';
import type { ExpectedPause } from '../../memory/pause.ts';
import { type Page, PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, cutMiddle, escaped, moment } from '../../render/text.ts';
import { formatBytes, formatDuration, formatSpan, plural, signedBytes } from '../../render/units.ts';
import { placeFrom } from '../../sampling/views/place.ts';
import { partOf } from '../pages/paged.ts';
import { pauseText } from './pause.ts';

type Words = Pick<Page, 'title' | 'tone' | 'content' | 'text' | 'footer'>;

const ROWS_PER_PAGE = 10;

/** What a sample can be looked at by, in the order in which they are offered. */
export const SAMPLE_TABS = [
  { name: 'cogs', label: 'By cog' },
  { name: 'lines', label: 'By line of the bot' },
  { name: 'functions', label: 'By function that allocated' },
] as const;
export type SampleTab = (typeof SAMPLE_TABS)[number]['name'];

/** Before it begins. */
export function sampleQuestion(options: AllocationOptions, pause: ExpectedPause): Words {
  return {
    title: 'Sample what is allocated?',
    text: [
      sentenceOn(options),
      '',
      `While it runs, it costs some percent. At its end V8 collects all garbage, and writes out what it has. ${pauseText(pause)}`,
    ].join('\n'),
    tone: 'warning',
  };
}

/** While it runs. */
export function sampleProgress({ progress, options }: AllocationRun): Words {
  const { stage, elapsedMs, leftMs } = progress;
  const share = Math.min(1, elapsedMs / Math.max(1, elapsedMs + leftMs));
  const done = Math.round(share * PHONE_WIDTH.embed);
  const waitsFor = options.target === undefined ? 'The warm-up runs' : 'Waiting for a call';
  return {
    title:
      stage === 'over' ? 'Putting it together' : stage === 'waiting' ? waitsFor : 'Allocations are sampled',
    text: [
      codeBlock('█'.repeat(done) + '░'.repeat(PHONE_WIDTH.embed - done)),
      `**${formatSpan(Math.floor(elapsedMs / 1_000) * 1_000)}** of ${formatSpan(elapsedMs + leftMs)}`,
      '',
      sentenceOn(options),
      `-# ${code(options.startedBy)} started it.`,
    ].join('\n'),
  };
}

/** What was sampled. */
export function sampleReport(
  report: AllocationReport,
  tab: SampleTab,
  wantedPage: number,
  rootDir: string,
): Words & { page: number; pages: number } {
  const { all, churn, durationMs, startedAtEpochMs, startedBy, target, pauseMs, notes } = report;
  const { items, page, pages } = partOf<AllocatedBytes>(report[tab], wantedPage, ROWS_PER_PAGE);
  const how = churn ? 'allocated, garbage too' : 'allocated and alive';
  return {
    title:
      all.samples === 0
        ? 'Nothing was sampled'
        : `${formatBytes(all.bytes)} ± ${formatBytes(all.uncertaintyBytes)} ${how}`,
    content:
      tab === 'cogs' && items.length > 0 ? codeBlock(table(OWNERS, items as AllocationReport['cogs'])) : '',
    text: [
      ...(tab === 'cogs' ? [] : (items as readonly AllocationPlace[]).map((row) => placeLine(row, rootDir))),
      ...(tab === 'cogs' ? [] : ['']),
      `${target === undefined ? 'All that ran' : `While ${code(target)} ran`}, for ${formatDuration(durationMs)}, ${moment(startedAtEpochMs, 'R')}, by ${code(startedBy)}. The end held up the bot for ${formatDuration(pauseMs)}.`,
      ...notes.map(escaped),
      `-# ${[
        `${plural(all.samples, 'sampled object')}, one each ${formatBytes(report.intervalBytes)}; ±: what sampling leaves open, 19 times of 20.`,
        `Buffers are not in it: external memory changed by ${signedBytes(report.externalBytes)}, buffers by ${signedBytes(report.arrayBuffersBytes)}.`,
        'V8 records no types.',
        ...(target === undefined ? [] : ['What else ran meanwhile is told apart by its cog.']),
        ABOUT[tab],
      ].join(' ')}`,
    ].join('\n'),
    page,
    pages,
  };
}

const ABOUT: Record<SampleTab, string> = {
  cogs: 'A cog has what the innermost function of the bot on the stack is part of.',
  lines: 'With what was called there. V8 tells where a function begins, not the line in it.',
  functions: 'What each allocated itself, be it of the bot, a package or Node.',
};

/** What is sampled. */
function sentenceOn(options: AllocationOptions | AllocationRun['options']): string {
  const { durationMs = 0, intervalBytes = 0, churn, target, warmupCalls = 0, warmupMs = 0 } = options;
  const after = warmupCalls > 0 ? ` after ${plural(warmupCalls, 'call')}` : '';
  const waits = warmupMs > 0 ? `, ${formatSpan(warmupMs)} from now` : '';
  return [
    churn ? 'All that is allocated' : 'What is allocated and stays',
    target === undefined
      ? ` in ${formatSpan(durationMs)}${waits}`
      : ` while the next call of ${code(target)} runs${after}, if it comes within ${formatSpan(durationMs)}`,
    `: one object each ${formatBytes(intervalBytes)} is sampled.`,
  ].join('');
}

/** Such as `- 15.2 MiB ± 530 KiB, music/player.js:3 leak`. */
function placeLine({ name, file, line, bytes, uncertaintyBytes }: AllocationPlace, rootDir: string): string {
  const place = file === '' ? '' : `${code(placeFrom(rootDir, { file, line }))} `;
  return `- **${formatBytes(bytes)}** ± ${formatBytes(uncertaintyBytes)} · ${place}${code(name)}`;
}

const BYTES_WIDTH = 9;
const OWNERS: readonly Column<AllocationReport['cogs'][number]>[] = [
  {
    head: 'cog',
    width: PHONE_WIDTH.content - 2 * (BYTES_WIDTH + 1),
    align: 'left',
    text: ({ name }, width) => cutMiddle(name.replace(/^package /, 'npm '), width),
  },
  { head: 'bytes', width: BYTES_WIDTH, align: 'right', text: ({ bytes }) => formatBytes(bytes) },
  {
    head: '±',
    width: BYTES_WIDTH,
    align: 'right',
    text: ({ uncertaintyBytes }) => formatBytes(uncertaintyBytes),
  },
];
