import {
  leftByBot,
  REMAINS,
  type ReloadLeak,
  type ReloadLeaks,
  type Remain,
} from '../../memory/reloads/report.ts';
import type { Page } from '../../render/page.ts';
import { code, moment, someOf } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import { partOf } from '../pages/paged.ts';

const LEAKS_PER_PAGE = 4;
const MOST_REMAINS = 10;
const MOST_COGS = 3;

/** What reloads have left behind: first that which the bot itself holds. */
export function reloadsDrawn(
  report: ReloadLeaks,
  wantedPage: number,
): Pick<Page, 'title' | 'tone' | 'text'> & { page: number; pages: number } {
  const leaks = report.leaks.toSorted((a, b) => Number(isOfBot(b)) - Number(isOfBot(a)));
  const { items, page, pages } = partOf(leaks, wantedPage, LEAKS_PER_PAGE);
  return {
    title: titleOf(report),
    tone: leaks.some(isOfBot) ? 'warning' : leaks.length === 0 && report.clean > 0 ? 'good' : 'plain',
    text: [...items.flatMap(leakLines), ...notesOf(report)].join('\n'),
    page,
    pages,
  };
}

/** A line for other pages; undefined where the bot has left nothing. */
export function reloadsHint({ leaks }: ReloadLeaks): string | undefined {
  const cogs = [...new Set(leaks.filter(isOfBot).map(({ cog }) => code(cog)))];
  if (cogs.length === 0) return undefined;
  return `⚠ Reloads of ${someOf(cogs, MOST_COGS)} left something behind: \`/profiler memory\`, **Reloads**.`;
}

function isOfBot(leak: ReloadLeak): boolean {
  return leftByBot(leak).length > 0;
}

function titleOf({ leaks, pending, undecided, clean }: ReloadLeaks): string {
  const ofBot = leaks.filter(isOfBot).length;
  if (ofBot > 0) return `${plural(ofBot, 'reload')} left something behind`;
  if (leaks.length > 0) return 'Node keeps what was reloaded';
  if (pending > 0 || undecided > 0) return 'Nothing is known to be left of reloads';
  return clean > 0 ? 'Reloads left nothing behind' : 'Nothing was reloaded';
}

function leakLines(leak: ReloadLeak): string[] {
  const { cog, how, atEpochMs, left, undecided } = leak;
  const ofBot = leftByBot(leak);
  const more = ofBot.length - MOST_REMAINS;
  return [
    `**${code(cog)}**, ${how} ${moment(atEpochMs, 'R')}. Left of the old one:`,
    ...ofBot.slice(0, MOST_REMAINS).map((remain) => `- ${remainText(remain)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...keptByNode(left),
    ...(undecided > 0
      ? [`-# ${plural(undecided, 'object')} of it may be garbage that was not collected yet.`]
      : []),
  ];
}

/** A module has many functions, and they are kept together. */
function keptByNode(left: readonly Remain[]): string[] {
  const keepers = Map.groupBy(left, ({ keptByChildrenOf }) => keptByChildrenOf);
  keepers.delete(undefined);
  return [...keepers].map(([keeper, kept]) => {
    const count = kept.reduce((sum, remain) => sum + remain.count, 0);
    return `- its module, with ${plural(count, 'object')}: in \`module.children\` of ${code(keeper!)}`;
  });
}

function remainText({ kind, name, count, place }: Remain): string {
  const { one, many, joint } = REMAINS.find((remain) => remain.kind === kind)!;
  const where = place === undefined ? '' : `, ${code(place)}`;
  return `${count} ${count === 1 ? one : many}${joint} ${code(name)}${where}`;
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
