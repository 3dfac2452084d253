import { PHONE_WIDTH } from '../../render/page.ts';
import { codeBlock, plain } from '../../render/text.ts';
import { formatCount, formatDurationShort } from '../../render/units.ts';
import type { FunctionRow } from '../../sampling/views/function-row.ts';
import { FUNCTION_SORTS, type FunctionSort } from '../../sampling/views/hot-functions.ts';
import type { Entry } from '../desk/widgets.ts';
import { Colours, functionBars } from './pictures.ts';
import type { Choice, Looked, Tab } from './tabs.ts';
import { percentOf, placeWithin, shareTable, shareText } from './words.ts';

const PER_PAGE = 12;
const US_PER_MS = 1_000;

/** The sorts of Python's pstats, by the names that these have there. */
const SORT_WORDS: Readonly<Record<FunctionSort, { readonly label: string; readonly by: 'self' | 'total' }>> =
  {
    tottime: { label: 'Own time', by: 'self' },
    cumtime: { label: 'Time with what it called', by: 'total' },
    nsamples: { label: 'Own samples', by: 'self' },
    'nsamples-cumul': { label: 'Samples with what it called', by: 'total' },
    'sample-pct': { label: 'Own share', by: 'self' },
    'cumul-pct': { label: 'Share with what it called', by: 'total' },
    name: { label: 'Name', by: 'self' },
  };

export const functionsTab = {
  name: 'functions',
  label: 'Hot functions',
  async draw({ service, recording, state, request, rootDir }: Looked) {
    const sort = sortOf(state.sort);
    const { by } = SORT_WORDS[sort];
    const query = { sort, count: PER_PAGE, rootDir };
    const first = await service.view([recording.id], 'functions', { ...query, from: state.page * PER_PAGE });
    const pages = Math.max(1, Math.ceil(first.count / PER_PAGE));
    const page = ((state.page % pages) + pages) % pages;
    const { rows, count } =
      page === state.page
        ? first
        : await service.view([recording.id], 'functions', { ...query, from: page * PER_PAGE });
    if (rows.length === 0) return { text: 'Nothing ran while this was recorded.' };
    let picture: Buffer | undefined;
    if (state.chart && page === 0) {
      const colours = new Colours(await service.view([recording.id], 'overview', undefined));
      const all = await service.view([recording.id], 'functions', { ...query, from: 0, count: 15 });
      picture = await request.draw('bars', functionBars(all, by, colours));
    }
    return {
      text: [
        by === 'self' ? '**What functions ran themselves**' : '**Functions with what they called**',
        ...(picture === undefined ? [codeBlock(lines(rows, by))] : []),
        `-# ${formatCount(count)} functions; ± holds in 19 of 20 recordings.`,
      ].join('\n'),
      image: picture && { name: 'functions.png', content: picture },
      pages,
      page,
      choices: [sortChoice(sort), pickChoice(rows.map(functionEntry), 'Callers and callees of…')],
      hasChart: page === 0,
      tools: ['legend'],
    };
  },
} as const satisfies Tab;

function sortOf(name: string): FunctionSort {
  return Object.hasOwn(FUNCTION_SORTS, name) ? (name as FunctionSort) : 'tottime';
}

/** A function takes two lines: its share and name, and where it is. */
function lines(rows: readonly FunctionRow[], by: 'self' | 'total'): string {
  const [head, ...figures] = shareTable(
    'function',
    rows,
    ({ name }) => name,
    (row) => row[by],
  ).split('\n');
  return [head, ...figures.flatMap((line, index) => [line, secondLine(rows[index]!, by)])].join('\n');
}

function secondLine({ place, owner, ...row }: FunctionRow, by: 'self' | 'total'): string {
  const figures = `  ${formatDurationShort(row[by].us / US_PER_MS)} `;
  return figures + placeWithin(place || owner, PHONE_WIDTH.embed - figures.length);
}

function sortChoice(sort: FunctionSort): Choice {
  const entries = Object.entries(SORT_WORDS).map(([value, { label }]) => ({
    value,
    label: `By ${label.charAt(0).toLowerCase()}${label.slice(1)}`,
  }));
  return { action: 'sort', entries, chosen: sort, look: { placeholder: 'Sort' } };
}

export function functionEntry({ frame, name, place, self, total }: FunctionRow): Entry {
  return {
    value: String(frame),
    label: plain(name),
    description:
      `${placeWithin(place, 50)} self ${shareText(self)}, total ${percentOf(total.share)} %`.trim(),
  };
}

export function pickChoice(entries: readonly Entry[], placeholder: string): Choice {
  return { action: 'pick', entries, chosen: '', look: { placeholder } };
}
