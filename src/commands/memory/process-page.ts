import type { MemoryReport, ShardMemory } from '../../memory/report.ts';
import type { MemorySample } from '../../memory/trend.ts';
import type { MemoryUsage } from '../../memory/usage.ts';
import { type Page, PHONE_WIDTH } from '../../render/page.ts';
import { sparkline } from '../../render/sparkline.ts';
import { type Column, table } from '../../render/table.ts';
import { code, codeBlock } from '../../render/text.ts';
import { formatBytes, formatNumber, formatSpan, plural } from '../../render/units.ts';
import { missing } from '../pages/missing.ts';
import type { Request } from '../subcommand.ts';

const WIDTH = PHONE_WIDTH.content;
const BYTES_WIDTH = 9;
const SHARE_WIDTH = 5;
const TREND_WIDTH = 8;
const MOST_SHARDS = 15;
const MOST_THREADS = 5;
const MOST_CHILDREN = 5;
const LEAST_SAMPLES = 3;

/** How full a heap is: the fullest first. V8 collects garbage ever more often, and gives up at the limit. */
const LEVELS = [
  { from: 0.85, tone: 'bad', icon: '🔴', says: 'V8 gives up at its limit, and the bot ends.' },
  { from: 0.65, tone: 'warning', icon: '🟡', says: 'Garbage is collected ever more often.' },
  { from: 0, tone: 'good', icon: '🟢', says: '' },
] as const;

/** The memory of the process at a glance. */
export async function processPage(
  report: MemoryReport,
  trend: readonly MemorySample[],
  draw: Request['draw'],
): Promise<Pick<Page, 'title' | 'tone' | 'content' | 'text' | 'image'>> {
  const { own, shards } = report;
  const { usage } = own;
  const fullest = Math.max(...shards.map(({ usage }) => shareOf(usage)));
  const { tone, icon, says } = LEVELS.find(({ from }) => fullest >= from)!;
  const picture = await trendPicture(trend, draw);
  return {
    title: `${formatBytes(usage.rssBytes)} of memory${shards.length > 1 ? `, shard ${own.shard}` : ''}`,
    tone,
    content: [
      `${icon} **${percent(fullest)}** of the heap is in use${shards.length > 1 ? ', where it is fullest' : ''}. ${says}`.trim(),
      codeBlock(table(COLUMNS, linesOf(usage))),
    ].join('\n'),
    text: [
      ...missing({ missingShards: report.missingShards, problem: undefined }),
      ...threadLines(own),
      ...childLines(own),
      ...shardLines(shards),
      ...(picture === undefined && trend.length >= LEAST_SAMPLES ? [codeBlock(trendText(trend))] : []),
      trendSpan(trend),
    ].join('\n'),
    image: picture,
  };
}

interface Line {
  readonly label: string;
  readonly bytes: number;
  /** Of what, where that is told. */
  readonly share?: number;
}

function linesOf(usage: MemoryUsage): Line[] {
  const { heapUsedBytes, heapTotalBytes, heapLimitBytes, rssBytes, externalBytes, arrayBuffersBytes } = usage;
  const beside = rssBytes - heapTotalBytes - externalBytes;
  return [
    { label: 'heap in use', bytes: heapUsedBytes, share: heapUsedBytes / heapLimitBytes },
    ...usage.spaces.map(({ name, usedBytes }) => ({
      label: `  ${name}`,
      bytes: usedBytes,
      share: usedBytes / heapUsedBytes,
    })),
    { label: 'heap reserved', bytes: heapTotalBytes },
    { label: 'heap limit', bytes: heapLimitBytes },
    { label: 'external', bytes: externalBytes },
    { label: '  array buffers', bytes: arrayBuffersBytes },
    { label: 'RSS', bytes: rssBytes },
    // What was never touched, or is swapped out, is not in the RSS.
    ...(beside > 0 ? [{ label: '  native code, stacks', bytes: beside, share: beside / rssBytes }] : []),
  ];
}

function shareOf({ heapUsedBytes, heapLimitBytes }: MemoryUsage): number {
  return heapUsedBytes / heapLimitBytes;
}

/** The largest of them. */
function shardLines(shards: readonly ShardMemory[]): string[] {
  if (shards.length === 1) return [];
  const shown = shards.toSorted((a, b) => b.usage.rssBytes - a.usage.rssBytes).slice(0, MOST_SHARDS);
  const more = shards.length - shown.length;
  return [codeBlock(table(SHARD_COLUMNS, shown)), ...(more > 0 ? [`The ${more} others are not shown.`] : [])];
}

function threadLines({ threads }: ShardMemory): string[] {
  if (threads.length === 0) return [];
  const shown = threads.slice(0, MOST_THREADS).map(({ id, heapUsedBytes }) => {
    return `thread ${id}: ${heapUsedBytes === undefined ? 'busy' : formatBytes(heapUsedBytes)}`;
  });
  const more = threads.length - shown.length;
  return [
    `${plural(threads.length, 'worker thread')}, heap in use: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  ];
}

function childLines({ children }: ShardMemory): string[] {
  if (children.length === 0) return [];
  const shown = children
    .slice(0, MOST_CHILDREN)
    .map(
      ({ pid, name, rssBytes, cpuPercent }) =>
        `- ${code(name)} ${pid}: ${formatBytes(rssBytes)}, ${formatNumber(cpuPercent)} % of a core`,
    );
  const more = children.length - shown.length;
  const of = children.length === 1 ? '1 child process' : `${children.length} child processes`;
  return [`${of}, beside the memory of this one:`, ...shown, ...(more > 0 ? [`- and ${more} more`] : [])];
}

function trendSpan(trend: readonly MemorySample[]): string {
  const first = trend[0];
  const last = trend.at(-1);
  if (first === undefined || last === undefined || trend.length < LEAST_SAMPLES)
    return '-# A sample is taken each 10 s.';
  const change = last.rssBytes - first.rssBytes;
  const spanMs = last.atEpochMs - first.atEpochMs;
  return `-# In ${formatSpan(spanMs)} the RSS went ${change < 0 ? 'down' : 'up'} by ${formatBytes(Math.abs(change))}.`;
}

function trendText(trend: readonly MemorySample[]): string {
  const line = (label: string, of: (sample: MemorySample) => number) =>
    `${label.padEnd(5)}${sparkline(trend.map(of), PHONE_WIDTH.embed - 5)}`;
  return [line('RSS', ({ rssBytes }) => rssBytes), line('heap', ({ heapUsedBytes }) => heapUsedBytes)].join(
    '\n',
  );
}

async function trendPicture(trend: readonly MemorySample[], draw: Request['draw']): Promise<Page['image']> {
  const [first, second] = trend;
  const last = trend.at(-1);
  if (first === undefined || second === undefined || last === undefined || trend.length < LEAST_SAMPLES)
    return undefined;
  const stepMs = second.atEpochMs - first.atEpochMs;
  const line = (label: string, role: 'typical' | 'high' | 'worst', of: (sample: MemorySample) => number) => ({
    label,
    role,
    style: 'line' as const,
    points: trend.map((sample) => [sample.atEpochMs, of(sample)] as const),
  });
  const content = await draw('timeline', {
    fromEpochMs: first.atEpochMs,
    toEpochMs: last.atEpochMs + stepMs,
    stepMs,
    panels: [
      {
        label: 'memory',
        unit: 'bytes',
        scale: 'linear',
        series: [
          line('heap used', 'typical', ({ heapUsedBytes }) => heapUsedBytes),
          line('reserved', 'high', ({ heapTotalBytes }) => heapTotalBytes),
          line('RSS', 'worst', ({ rssBytes }) => rssBytes),
        ],
      },
    ],
  });
  return content && { name: 'memory.png', content };
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

const COLUMNS: readonly Column<Line>[] = [
  {
    head: 'memory',
    width: WIDTH - BYTES_WIDTH - SHARE_WIDTH - 2,
    align: 'left',
    // The blanks in front, that show what is part of what, are not to be put together.
    text: ({ label }) => label.replace(/^ {2}/, '· '),
  },
  { head: 'bytes', width: BYTES_WIDTH, align: 'right', text: ({ bytes }) => formatBytes(bytes) },
  {
    head: 'share',
    width: SHARE_WIDTH,
    align: 'right',
    text: ({ share }) => (share === undefined ? '' : percent(share)),
  },
];

const SHARD_WIDTH = PHONE_WIDTH.embed - 2 * BYTES_WIDTH - TREND_WIDTH - 3;
const SHARD_COLUMNS: readonly Column<ShardMemory>[] = [
  { head: 'shard', width: SHARD_WIDTH, align: 'left', text: ({ shard }) => String(shard) },
  { head: 'heap', width: BYTES_WIDTH, align: 'right', text: ({ usage }) => formatBytes(usage.heapUsedBytes) },
  { head: 'RSS', width: BYTES_WIDTH, align: 'right', text: ({ usage }) => formatBytes(usage.rssBytes) },
  {
    head: 'trend',
    width: TREND_WIDTH,
    align: 'left',
    text: ({ trend }, width) =>
      sparkline(
        trend.map(({ rssBytes }) => rssBytes),
        width,
      ),
  },
];
