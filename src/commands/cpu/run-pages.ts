import { type Page, PHONE_WIDTH } from '../../render/page.ts';
import { code, codeBlock } from '../../render/text.ts';
import { formatCount, formatDuration, formatNumber, formatSpan } from '../../render/units.ts';
import type { CpuOptions, CpuRun } from './service.ts';

type Words = Pick<Page, 'title' | 'text' | 'footer' | 'tone'>;

const US_PER_S = 1_000_000;
const MS_PER_S = 1_000;

/** Before a start that the bot's users would notice. */
export function question(options: CpuOptions, pauseMs: number): Words {
  return {
    title: `Let the bot stand still for about ${formatDuration(pauseMs)}?`,
    text: [
      'Before V8 takes samples, it goes through the whole heap: as long as that takes, nothing else runs, and interactions wait.',
      ...(options.exact === false ? [] : ['With `exact` off it takes half as long, or less.']),
      '',
      sentenceOn(options),
    ].join('\n'),
    tone: 'warning',
  };
}

/** While it is about to begin. */
export function announcement(options: CpuOptions, pauseMs: number): Words {
  return {
    title: 'The recording begins',
    text: [`The bot now stands still for about ${formatDuration(pauseMs)}.`, '', sentenceOn(options)].join(
      '\n',
    ),
  };
}

/** While it runs. */
export function progress({ progress: now, ...run }: CpuRun): Words {
  const { elapsedMs, leftMs, warmupLeftMs, samples, rateHz } = now;
  if (warmupLeftMs > 0) return warmingUp(run.options, warmupLeftMs, run.startedBy);
  const share = Math.min(1, elapsedMs / Math.max(1, elapsedMs + leftMs));
  const done = Math.round(share * PHONE_WIDTH.embed);
  const isOver = leftMs <= 0;
  return {
    title: isOver ? 'Putting the recording together' : 'The CPU is recorded',
    text: [
      codeBlock('█'.repeat(done) + '░'.repeat(PHONE_WIDTH.embed - done)),
      `**${formatSpan(floored(elapsedMs))}** of ${formatSpan(run.options.durationMs)} · ${formatCount(samples)} samples · ${formatNumber(rateHz)}/s of ${formatNumber(US_PER_S / run.intervalUs)}/s`,
      '',
      sentenceOn(run.options),
      `-# ${code(run.startedBy)} started it.`,
    ].join('\n'),
    footer: 'samples are counted in slices of some seconds',
  };
}

function warmingUp(options: CpuOptions, leftMs: number, startedBy: string): Words {
  return {
    title: 'V8 warms up',
    text: [
      `In ${formatSpan(Math.max(MS_PER_S, leftMs))}, samples begin to be kept: V8 will have optimised by then what runs often.`,
      '',
      sentenceOn(options),
      `-# ${code(startedBy)} started it.`,
    ].join('\n'),
  };
}

function floored(ms: number): number {
  return Math.floor(ms / MS_PER_S) * MS_PER_S;
}

/** What is recorded. */
function sentenceOn({ durationMs, warmupMs, interval, workers, shards, stream, target }: CpuOptions): string {
  const whose = target === undefined ? 'All that runs' : `What runs for calls of ${code(target)}`;
  return [
    `${whose}, for ${formatSpan(durationMs)}`,
    ...(warmupMs === undefined ? [] : [`after ${formatSpan(warmupMs)} of warming up`]),
    ...(interval === undefined ? [] : [`a sample each ${code(interval)}`]),
    ...(workers ? ['in every thread'] : []),
    ...(shards ? ['on every shard at the same time'] : []),
    ...(stream ? ['written to disk meanwhile'] : []),
  ]
    .join(', ')
    .concat('.');
}
