import { createHash } from 'node:crypto';
import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { code, cutMiddle, plain } from '../../render/text.ts';
import { formatSpan, plural } from '../../render/units.ts';
import type { Share } from '../../sampling/views/share.ts';
import type { CpuRecording } from './service.ts';

/** Custom ids have room for two of them. */
const LONGEST_KEY = 8;

/** What stands for a recording in custom ids. */
export function keyOfRecording({ id }: Pick<CpuRecording, 'id'>): string {
  const isPlain = id.length <= LONGEST_KEY && /^[\w-]+$/.test(id);
  return isPlain ? id : createHash('sha256').update(id).digest('base64url').slice(0, LONGEST_KEY);
}

/** Such as `12.3`, in percent. */
export function percentOf(share: number): string {
  return (100 * share).toFixed(1);
}

/** Such as `12.3 % ± 1.1`. */
export function shareText({ share, margin }: Share): string {
  return `${percentOf(share)} % ± ${percentOf(margin)}`;
}

/** Where a function is, or else whom it belongs to, in so many characters. */
export function placeWithin(place: string, most: number): string {
  return cutMiddle(plain(place), most);
}

/** Columns of a share and its margin; what is left of the line is for the name. */
export function shareTable<Row>(
  head: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  shareOf: (row: Row) => Share,
): string {
  const columns: readonly Column<Row>[] = [
    {
      head,
      width: PHONE_WIDTH.embed - 12,
      align: 'left',
      text: (row, width) => cutMiddle(plain(nameOf(row)), width),
    },
    { head: '%', width: 5, align: 'right', text: (row) => percentOf(shareOf(row).share) },
    { head: '±', width: 5, align: 'right', text: (row) => percentOf(shareOf(row).margin) },
  ];
  return table(columns, rows);
}

/** What a recording is of, in a line. */
export function recordingLine({ durationMs, samples, shards, target, mergedFrom }: CpuRecording): string {
  return [
    formatSpan(Math.max(1_000, durationMs)),
    plural(samples, 'sample'),
    ...(shards.length > 1 ? [plural(shards.length, 'shard')] : []),
    ...(target === undefined ? [] : [`only ${code(target)}`]),
    ...(mergedFrom === undefined ? [] : [`put together of ${mergedFrom.length}`]),
  ].join(' · ');
}
