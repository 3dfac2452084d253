import { REMAINS, type ReloadLeak, type ReloadLeaks, type Remain } from '../../memory/reloads/report.ts';
import type { Page } from '../../render/page.ts';
import { code, moment, someOf } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import { partOf } from '../pages/paged.ts';

const LEAKS_PER_PAGE = 4;
const MOST_REMAINS = 10;
const MOST_COGS = 3;

/** What reloads have left behind. */
export function reloadsDrawn(
  report: ReloadLeaks,
  wantedPage: number,
): Pick<Page, 'title' | 'tone' | 'text'> & { page: number; pages: number } {
  const { leaks } = report;
  const { items, page, pages } = partOf(leaks, wantedPage, LEAKS_PER_PAGE);
  return {
    title: titleOf(report),
    tone: leaks.length > 0 ? 'warning' : report.clean > 0 ? 'good' : 'plain',
    text: [...items.flatMap(leakLines), ...notesOf(report)].join('\n'),
    page,
    pages,
  };
}

/** A line for other pages; undefined where nothing is left. */
export function reloadsHint({ leaks }: ReloadLeaks): string | undefined {
  if (leaks.length === 0) return undefined;
  const cogs = [...new Set(leaks.map(({ cog }) => code(cog)))];
  return `⚠ Something is left of ${someOf(cogs, MOST_COGS)} from before a reload: \`/profiler memory\` has it under **Reloads**.`;
}

function titleOf({ leaks, pending, undecided, clean }: ReloadLeaks): string {
  if (leaks.length > 0) return `${plural(leaks.length, 'reload')} left something behind`;
  if (pending > 0 || undecided > 0) return 'Nothing is known to be left of reloads';
  return clean > 0 ? 'Reloads left nothing behind' : 'Nothing was reloaded';
}

function leakLines({ cog, how, atEpochMs, left, undecided }: ReloadLeak): string[] {
  const more = left.length - MOST_REMAINS;
  return [
    `**${code(cog)}**, ${how} ${moment(atEpochMs, 'R')}. Of the old one ${left.length === 1 && left[0]!.count === 1 ? 'is' : 'are'} left:`,
    ...left.slice(0, MOST_REMAINS).map(remainLine),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(undecided > 0
      ? [`-# ${plural(undecided, 'object')} of it may be garbage that was not collected yet.`]
      : []),
  ];
}

function remainLine({ kind, name, count, place, keptByChildrenOf }: Remain): string {
  const { one, many, joint } = REMAINS.find((remain) => remain.kind === kind)!;
  const where = place === undefined ? '' : `, ${code(place)}`;
  const keeper =
    keptByChildrenOf === undefined ? '' : `; Node has it in \`module.children\` of ${code(keptByChildrenOf)}`;
  return `- ${count} ${count === 1 ? one : many}${joint} ${code(name)}${where}${keeper}`;
}

function notesOf({ leaks, pending, undecided, clean, unwatched }: ReloadLeaks): string[] {
  const isKeptByNode = leaks.some(({ left }) =>
    left.some(({ keptByChildrenOf }) => keptByChildrenOf !== undefined),
  );
  return [
    ...(isKeptByNode
      ? [
          '-# Node lists in `module.children` what a module has required, and `delete require.cache[file]` leaves it there: take it out of that list as well.',
        ]
      : []),
    ...(undecided > 0
      ? [
          `-# Of ${plural(undecided, 'reload')} it shows once V8 has collected all garbage twice; that is not forced.`,
        ]
      : []),
    ...(pending > 0 ? [`-# ${plural(pending, 'reload')} younger than two minutes: not looked at yet.`] : []),
    ...(unwatched > 0 ? [`-# ${plural(unwatched, 'reload')} came too fast to be looked at.`] : []),
    `-# ${clean > 0 ? `${plural(clean, 'reload')} left nothing. ` : ''}Two minutes after a cog was reloaded or unloaded, what is left of the old one is looked for, while anything is attached.`,
  ];
}
