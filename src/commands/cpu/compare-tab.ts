import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, cutMiddle, moment, plain } from '../../render/text.ts';
import type { Change } from '../../sampling/compare.ts';
import type { ComparedPart, ComparedRow } from '../../sampling/views/comparison.ts';
import { compareChoice } from './recordings-tab.ts';
import type { CpuRecording } from './service.ts';
import type { Looked, Tab } from './tabs.ts';
import { keyOfRecording, labelOf, ownerLabel, percentOf } from './words.ts';

const MOST_COMMANDS = 8;
const MOST_FUNCTIONS = 12;
const LEAST_PROBABILITY = 0.001;

const CHANGE_MARKS: Readonly<Record<Change, { readonly mark: string; readonly word: string }>> = {
  slower: { mark: '▲', word: 'slower' },
  faster: { mark: '▼', word: 'faster' },
  new: { mark: '+', word: 'new' },
  gone: { mark: '−', word: 'gone' },
  noise: { mark: '·', word: 'no more than chance' },
};

/** Two recordings: what changed, and what is only chance. */
export const compareTab = {
  name: 'compare',
  label: 'Comparison',
  isOffered: false,
  async draw({ service, recording, state, rootDir }: Looked) {
    const other = service.recordings.find((one) => keyOfRecording(one) === state.other);
    const rest = service.recordings.filter(({ id }) => id !== recording.id);
    const choices = rest.length === 0 ? [] : [compareChoice(rest, recording)];
    if (other === undefined) return { text: 'The other recording is not kept any more.', choices };
    const [before, after] = inOrder(recording, other);
    const { commands, functions } = await service.view([before.id, after.id], 'comparison', { rootDir });
    return {
      text: [
        `From ${nameOf(before)} to ${nameOf(after)}: shares of what ran, in percent.`,
        ...part('command, task, …', commands, MOST_COMMANDS),
        ...part('function, itself', functions, MOST_FUNCTIONS),
        '-# p: how likely samples differ as much where nothing has changed, corrected for how many are compared. Below 0.05 it is told as a change.',
      ].join('\n'),
      choices,
      tools: ['difference'],
    };
  },
} as const satisfies Tab;

/** The earlier one first. */
export function inOrder(one: CpuRecording, other: CpuRecording): readonly [CpuRecording, CpuRecording] {
  return one.startedAtEpochMs <= other.startedAtEpochMs ? [one, other] : [other, one];
}

function nameOf(recording: CpuRecording): string {
  return `${code(labelOf(recording))} (${moment(recording.startedAtEpochMs, 'R')})`;
}

function part(head: string, { rows, counts }: ComparedPart, most: number): string[] {
  if (rows.length === 0) return [];
  const changed = rows.filter(({ change }) => change !== 'noise');
  const told = Object.entries(CHANGE_MARKS)
    .filter(([change]) => counts[change as Change] > 0)
    .map(([change, { mark, word }]) => `${mark} ${counts[change as Change]} ${word}`)
    .join(', ');
  // What is no more than chance is of interest only where there is nothing else.
  const shown = (changed.length > 0 ? changed : rows).slice(0, most);
  return [codeBlock(table(columns(head), shown)), `-# ${told}`];
}

function columns(head: string): readonly Column<ComparedRow>[] {
  const figures: Column<ComparedRow>[] = [
    { head: 'was', width: 4, align: 'right', text: ({ before }) => short(before) },
    { head: 'is', width: 4, align: 'right', text: ({ after }) => short(after) },
    { head: 'p', width: 5, align: 'right', text: ({ probability }) => probabilityText(probability) },
  ];
  const width = PHONE_WIDTH.embed - figures.reduce((sum, column) => sum + column.width + 1, 0);
  return [
    {
      head,
      width,
      align: 'left',
      text: ({ change, name, place }, most) => {
        const where = place === '' ? '' : ` ${place.split('/').at(-1)}`;
        return `${CHANGE_MARKS[change].mark} ${cutMiddle(plain(ownerLabel(name) + where), most - 2)}`;
      },
    },
    ...figures,
  ];
}

/** In at most four characters. */
function short(share: number): string {
  return share >= 0.9995 ? '100' : percentOf(share);
}

function probabilityText(probability: number): string {
  return probability < LEAST_PROBABILITY ? '<.001' : probability.toFixed(2);
}
