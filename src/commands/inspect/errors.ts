import type { TargetDetails } from '../../details.ts';
import type { Page } from '../../render/page.ts';
import { code, escaped, moment, plain } from '../../render/text.ts';
import { plural } from '../../render/units.ts';
import { fileName } from '../pages/file-name.ts';
import { partOf } from '../pages/paged.ts';
import type { TabPage, TabState } from './tabs.ts';

const GROUPS_PER_PAGE = 5;

/** The errors since the target was attached, by kind and place. */
export function errorLines(
  { errorGroups, ungroupedErrors, row }: TargetDetails,
  { page: wanted }: TabState,
): TabPage {
  const { items, page, pages } = partOf(errorGroups, wanted, GROUPS_PER_PAGE);
  const lines = items.map(({ kind, topFrame, count, firstAtEpochMs, lastAtEpochMs }) =>
    [
      `**${count}×** ${code(kind)}${topFrame === undefined ? '' : ` at ${code(topFrame)}`}`,
      `-# first ${moment(firstAtEpochMs, 'R')}, last ${moment(lastAtEpochMs, 'R')}`,
    ].join('\n'),
  );
  if (ungroupedErrors > 0) {
    lines.push(`${plural(ungroupedErrors, 'error')} came too fast for their stacks to be read.`);
  }
  if (lines.length === 0) lines.push(withoutGroups(row.errorKinds));
  return { text: lines.join('\n'), page, pages };
}

/** Of calls before the bot was restarted only their kinds are kept. */
function withoutGroups(kinds: TargetDetails['row']['errorKinds']): string {
  if (kinds.length === 0) return 'There are none.';
  const counted = kinds.map(([kind, times]) => `**${times}×** ${code(kind)}`);
  return [...counted, '-# from before the bot was started: where they came from is not kept'].join('\n');
}

/** The stacks of the errors as a text file: functions and places, no messages. */
export function stackFile({ row, errorGroups }: TargetDetails): Page {
  const now = new Date();
  const blocks = errorGroups.map(({ kind, count, firstAtEpochMs, lastAtEpochMs, frames }) =>
    [
      `${count}× ${plain(kind)}, first ${new Date(firstAtEpochMs).toISOString()}, last ${new Date(lastAtEpochMs).toISOString()}`,
      ...frames.map((frame) => `    at ${plain(frame)}`),
    ].join('\n'),
  );
  const content = [`Errors of ${plain(row.id)}, ${now.toISOString()}`, ...blocks].join('\n\n');
  return {
    title: escaped(`Errors of ${row.name} · ${row.cog}`),
    text: `${plural(errorGroups.length, 'kind')} of error, each with the stack of the last one. Messages are not kept: they may hold what users wrote.`,
    files: [{ name: fileName('errors', 'txt', now), content: `${content}\n` }],
  };
}
