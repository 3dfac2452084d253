import type { SnapshotPlan } from '../../memory/taking/plan.ts';
import type { SnapshotProgress } from '../../memory/taking/run.ts';
import { type Page, PHONE_WIDTH } from '../../render/page.ts';
import { code, codeBlock, moment } from '../../render/text.ts';
import { formatBytes, formatDurationShort } from '../../render/units.ts';
import { pauseText } from '../memory/pause.ts';

type Words = Pick<Page, 'title' | 'text' | 'tone'>;

export const HOLDS_SECRETS =
  'A snapshot holds **all texts of the bot: its token, passwords and messages too**. Treat the file as a secret.';

/** Asks before the bot is held up; or says why it cannot be. */
export function planWords(plan: SnapshotPlan): Words {
  const { memoryBytes, freeMemoryBytes, fileBytes, freeDiskBytes, folder, lacks, pause } = plan;
  const figures = [
    `Memory: up to **${formatBytes(memoryBytes)}** more while it is written, of ${formatBytes(freeMemoryBytes)} that are free.`,
    `File: up to **${formatBytes(fileBytes)}** in ${code(folder)}, where ${formatBytes(freeDiskBytes)} are free.`,
  ];
  if (lacks !== undefined) {
    const what = lacks === 'memory' ? 'memory' : 'room on the disk';
    return {
      title: `Too little ${what} for a heap snapshot`,
      text: [
        ...figures,
        '',
        lacks === 'memory'
          ? 'Where memory runs out, the system ends the bot. What it needs depends on the number of objects: this is the most, for very small ones. `/profiler memory` and `/profiler heap growth` need none.'
          : 'Delete older snapshots, or name another folder with the option `profileDir`.',
      ].join('\n'),
      tone: 'bad',
    };
  }
  return {
    title: 'Take a heap snapshot?',
    text: [pauseText(pause), '', ...figures, '', HOLDS_SECRETS].join('\n'),
    tone: 'warning',
  };
}

const STEPS = {
  read: 'Reading the file',
  sizes: 'Adding up sizes',
  dominators: 'Finding what keeps what alive',
  paths: 'Finding the ways there',
  cogs: 'Finding what cogs hold',
  tables: 'Putting tables together',
} as const satisfies Record<NonNullable<SnapshotProgress['step']>, string>;

const STEP_NAMES = Object.keys(STEPS);

/** While it waits, and while it is looked at. */
export function progressWords(progress: SnapshotProgress, pause: SnapshotPlan['pause']): Words {
  const { stage, step, share, beginsAtEpochMs } = progress;
  if (stage !== 'being looked at') {
    const longest = formatDurationShort(pause.atMostMs);
    return {
      title: 'The bot will be held up',
      text: [
        beginsAtEpochMs === undefined
          ? 'The heap snapshot begins now.'
          : `The heap snapshot begins ${moment(beginsAtEpochMs, 'R')}.`,
        `The bot then does nothing else for up to ${longest}, and this page stands still. Until then it can be cancelled.`,
      ].join(' '),
      tone: 'warning',
    };
  }
  const part = step === undefined ? 0 : (STEP_NAMES.indexOf(step) + share) / STEP_NAMES.length;
  const done = Math.round(part * PHONE_WIDTH.embed);
  return {
    title: 'The heap snapshot is looked at',
    text: [
      codeBlock('█'.repeat(done) + '░'.repeat(PHONE_WIDTH.embed - done)),
      `${step === undefined ? 'A thread is started' : STEPS[step]}. The bot goes on meanwhile.`,
    ].join('\n'),
    tone: 'plain',
  };
}
