import type { LiveByCog } from '../../memory/allocations/sources.ts';
import type { CogMemory, CogsReport } from '../../memory/snapshot/cogs.ts';
import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock, moment } from '../../render/text.ts';
import { formatBytes, plural } from '../../render/units.ts';

const BYTES_WIDTH = 9;
const MOST_COGS = 20;
const MOST_SAMPLED = 10;
const MOST_SHARED = 4;
const MOST_NAMED = 3;

/** What each cog keeps alive, and under it what they share: whoever shows it says when that was. */
export function byCogText({ cogs, shared, sharedBytes, restBytes }: CogsReport): {
  readonly content: string;
  readonly text: string;
} {
  const shown = cogs.slice(0, MOST_COGS);
  const left = cogs.slice(MOST_COGS);
  const groups = shared.filter(({ bytes }) => bytes > sharedBytes / 100).slice(0, MOST_SHARED);
  return {
    content: codeBlock(
      table(COLUMNS, [
        ...shown,
        ...(left.length === 0
          ? []
          : [{ cog: `${left.length} more`, bytes: sum(left), sharedBytes: undefined }]),
        { cog: '= all cogs, alone', bytes: sum(cogs), sharedBytes: undefined },
        { cog: '+ shared by cogs', bytes: sharedBytes, sharedBytes: undefined },
        { cog: '+ there without cogs', bytes: restBytes, sharedBytes: undefined },
      ]),
    ),
    text: [
      '`alone`: what would be free without the cog. `shared`: what it keeps together with other cogs and nobody else does.',
      ...(groups.length === 0
        ? []
        : ['', '**Shared**', ...groups.map((row) => `- ${formatBytes(row.bytes)}: ${namesOf(row.holders)}`)]),
    ].join('\n'),
  };
}

function namesOf(names: readonly string[]): string {
  if (names.length === 0) return 'more than eight cogs';
  const shown = names.slice(0, MOST_NAMED).map(code).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${plural(names.length - MOST_NAMED, 'other')}` : shown;
}

function sum(cogs: readonly CogMemory[]): number {
  return cogs.reduce((total, { bytes }) => total + bytes, 0);
}

/** What is alive of what each cog has allocated since it is sampled. */
export function sampledByCogText({ cogs, sinceEpochMs, intervalBytes }: LiveByCog): {
  readonly content: string;
  readonly text: string;
} {
  const interval = formatBytes(intervalBytes);
  return {
    content: codeBlock(table(SAMPLED_COLUMNS, cogs.slice(0, MOST_SAMPLED))),
    text: `\`sampled\`: what is alive of what was allocated since ${moment(sinceEpochMs, 'R')}, by one sample each ${interval}. What was there before is not in it.`,
  };
}

const SAMPLED_COLUMNS: readonly Column<LiveByCog['cogs'][number]>[] = [
  { head: 'cog', width: PHONE_WIDTH.content - 2 * (BYTES_WIDTH + 1), align: 'left', text: ({ cog }) => cog },
  { head: 'sampled', width: BYTES_WIDTH, align: 'right', text: ({ bytes }) => formatBytes(bytes) },
  {
    head: '±',
    width: BYTES_WIDTH,
    align: 'right',
    text: ({ uncertaintyBytes }) => formatBytes(uncertaintyBytes),
  },
];

interface Row {
  readonly cog: string;
  readonly bytes: number;
  readonly sharedBytes: number | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'cog', width: PHONE_WIDTH.content - 2 * (BYTES_WIDTH + 1), align: 'left', text: ({ cog }) => cog },
  { head: 'alone', width: BYTES_WIDTH, align: 'right', text: ({ bytes }) => formatBytes(bytes) },
  {
    head: 'shared',
    width: BYTES_WIDTH,
    align: 'right',
    text: ({ sharedBytes }) => (sharedBytes === undefined ? '' : formatBytes(sharedBytes)),
  },
];
