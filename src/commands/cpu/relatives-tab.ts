import { code, codeBlock, escaped } from '../../render/text.ts';
import { formatDuration, plural } from '../../render/units.ts';
import type { FunctionRow } from '../../sampling/views/function-row.ts';
import type { Relative, Relatives } from '../../sampling/views/relatives.ts';
import { functionEntry, pickChoice } from './functions-tab.ts';
import type { Looked, Tab } from './tabs.ts';
import { shareTable, shareText } from './words.ts';

const US_PER_MS = 1_000;
const MOST_SHOWN = 10;
const MOST_LINES = 6;

/** Who called a function, and whom it called. */
export const relativesTab = {
  name: 'relatives',
  label: 'Callers and callees',
  isOffered: false,
  async draw({ service, recording, state, rootDir }: Looked) {
    const found = await service.view([recording.id], 'relatives', { frame: state.pick, rootDir });
    if (found === undefined) return { text: 'This recording has no samples of that function.' };
    const { row, callers, callees } = found;
    const others = [...callers, ...callees].flatMap((one) =>
      one.row === undefined || one.row.frame === row.frame ? [] : [one.row],
    );
    const distinct = [...new Map(others.map((other) => [other.frame, other])).values()];
    return {
      text: [
        `**${escaped(row.name)}**${row.place === '' ? '' : ` ${code(row.place)}`}`,
        `Itself ${shareText(row.self)}, with what it called ${shareText(row.total)} of what ran; ${formatDuration(row.total.us / US_PER_MS)} in ${plural(row.total.count, 'sample')}.`,
        ...(row.owner === '' ? [] : [`Most of it for ${code(row.owner)}.`]),
        ...part('called by', callers, 'Nothing had called it.'),
        ...part('it called', callees, 'It called nothing that was seen.'),
        ...lineTable(found),
        '-# Shares are of its samples: those of callers, and of lines, add up to 100 %.',
      ].join('\n'),
      choices:
        distinct.length === 0 ? [] : [pickChoice(distinct.slice(0, 25).map(functionEntry), 'Go on to…')],
    };
  },
} as const satisfies Tab;

function part(head: string, relatives: readonly Relative[], none: string): string[] {
  if (relatives.length === 0) return [none];
  const more = relatives.length - MOST_SHOWN;
  return [
    codeBlock(
      shareTable(
        head,
        relatives.slice(0, MOST_SHOWN),
        ({ row }) => nameOf(row),
        (one) => one,
      ),
    ),
    ...(more > 0 ? [`-# and ${more} more`] : []),
  ];
}

function nameOf(row: FunctionRow | undefined): string {
  return row === undefined ? '(nothing)' : `${row.name} ${row.place.split('/').at(-1)}`.trim();
}

function lineTable({ lines }: Relatives): string[] {
  const known = lines.filter(({ line }) => line > 0).slice(0, MOST_LINES);
  if (known.length === 0) return [];
  return [
    codeBlock(
      shareTable(
        'line',
        known,
        ({ line }) => `line ${line}`,
        (hits) => hits,
      ),
    ),
  ];
}
