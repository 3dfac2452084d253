import type { CacheReport, CacheRow } from '../memory/caches/report.ts';
import { type Page, PHONE_WIDTH } from '../render/page.ts';
import { type Column, table } from '../render/table.ts';
import { code, codeBlock } from '../render/text.ts';
import { formatBytes, formatCount, formatNumber, formatSpan, plural } from '../render/units.ts';
import { type Controls, createMenu } from './desk/menu.ts';
import { partOf } from './pages/paged.ts';
import { refreshButtons, turning, turningButtons } from './pages/turning.ts';
import type { Subcommand } from './subcommand.ts';

const ROWS_PER_PAGE = 12;
const MOST_PROPOSALS = 5;

type State = { readonly page: number };
type ActionName = 'turn' | 'jump';

const menu = createMenu<State, ActionName>('runtime caches', {
  initial: { page: 0 },
  actions: turning(),
  page: async (controls, { profiler, isLive }) =>
    cachesPage(await profiler.memory.caches(), controls, isLive),
});

export const caches: Subcommand = {
  group: 'runtime',
  name: 'caches',
  description:
    'Show what discord.js keeps in its caches, what that takes, and which limits would free memory',
  menu,
  run: () => ({ to: '' }),
};

function cachesPage(
  report: CacheReport,
  { state, button }: Controls<State, ActionName>,
  isLive: boolean,
): Page {
  const { page, pages, ...shown } = cachesDrawn(report, state.page);
  return {
    ...shown,
    footer: `Page ${page + 1}/${pages} · this process · bytes are estimated from up to 200 entries of each; what entries share counts for each`,
    rows: [[...refreshButtons({ button }, isLive), ...turningButtons({ button }, { page, pages })]],
  };
}

/** Exported for its test. */
export function cachesDrawn(
  { rows, estimatedBytes, proposals, proposedOptions }: CacheReport,
  wantedPage: number,
): Pick<Page, 'title' | 'tone' | 'content' | 'text'> & { page: number; pages: number } {
  const used = rows.filter(({ size }) => size !== 0);
  const { items, page, pages } = partOf(used, wantedPage, ROWS_PER_PAGE);
  const freed = proposals.slice(0, MOST_PROPOSALS);
  const remarks = items.flatMap(remarkOf);
  return {
    title: `About ${formatBytes(estimatedBytes)} in ${plural(used.length, 'kind')} of caches`,
    tone: proposals.length > 0 ? 'warning' : 'good',
    content: items.length === 0 ? '' : codeBlock(table(COLUMNS, items)),
    text: [
      ...(items.length === 0 ? ['Nothing is cached.'] : []),
      ...remarks,
      ...(freed.length === 0
        ? ['No limit would free 1 MiB.']
        : [
            '',
            '**What would free memory**',
            ...freed.map(
              ({ setting, freedBytes, loses }) =>
                `- ${code(setting)}: about **${formatBytes(freedBytes)}**, without ${loses}`,
            ),
            'As options of `new Client`, where the bot does not need these:',
            codeBlock(proposedOptions, 'js'),
          ]),
    ].join('\n'),
    page,
    pages,
  };
}

/** What is known of a cache beside its size. */
function remarkOf({ name, caches, largest, sweep, slope, hits, misses }: CacheRow): string[] {
  const asked = (hits ?? 0) + (misses ?? 0);
  const remarks = [
    ...(caches > 1 && largest > 0
      ? [`${formatCount(caches)} caches, the largest of ${formatCount(largest)}`]
      : []),
    ...(sweep === undefined
      ? []
      : [
          `swept each ${formatSpan(sweep.intervalMs)}${
            sweep.lifetimeMs === undefined ? '' : ` of what is older than ${formatSpan(sweep.lifetimeMs)}`
          }`,
        ]),
    ...(slope !== undefined && slope.perHour > 0
      ? [`grows ${formatNumber(slope.perHour)}/h ± ${formatNumber(slope.uncertaintyPerHour)}`]
      : []),
    ...(asked === 0 ? [] : [`had ${Math.round((100 * (hits ?? 0)) / asked)} % of what it was asked for`]),
  ];
  return remarks.length === 0 ? [] : [`-# ${code(name)} ${remarks.join('; ')}`];
}

const SIZE_WIDTH = 6;
const BYTES_WIDTH = 8;
const LIMIT_WIDTH = 5;

const COLUMNS: readonly Column<CacheRow>[] = [
  {
    head: 'cache',
    width: PHONE_WIDTH.content - SIZE_WIDTH - BYTES_WIDTH - LIMIT_WIDTH - 3,
    align: 'left',
    text: ({ name }) => name,
  },
  {
    head: 'size',
    width: SIZE_WIDTH,
    align: 'right',
    text: ({ size }) => (Number.isNaN(size) ? '–' : formatCount(size)),
  },
  {
    head: '≈ bytes',
    width: BYTES_WIDTH,
    align: 'right',
    text: ({ estimatedBytes }) => (estimatedBytes === undefined ? '–' : formatBytes(estimatedBytes)),
  },
  {
    head: 'limit',
    width: LIMIT_WIDTH,
    align: 'right',
    text: ({ limit }) => (limit === undefined ? '–' : formatNumber(limit)),
  },
];
