import { createHash } from 'node:crypto';
import { identityFrom } from '../../cog/identify.ts';
import { TARGET_KINDS } from '../../cog/target.ts';
import { PHONE_WIDTH } from '../../render/page.ts';
import { type Column, table } from '../../render/table.ts';
import { cut, cutMiddle, plain } from '../../render/text.ts';
import { formatSpan, plural } from '../../render/units.ts';
import type { Share } from '../../sampling/views/share.ts';
import { markOf } from '../view/columns.ts';
import type { CpuRecording } from './service.ts';

/** Custom ids have room for two of them. */
const KEY_LENGTH = 8;
const LONGEST_LABEL = 12;

/** What stands for a recording in custom ids: after a restart, another one may have the same id. */
export function keyOfRecording({ id, startedAtEpochMs }: CpuRecording): string {
  return createHash('sha256').update(`${startedAtEpochMs} ${id}`).digest('base64url').slice(0, KEY_LENGTH);
}

/** What a recording is called where people read it. */
export function labelOf({ id }: Pick<CpuRecording, 'id'>): string {
  return cut(plain(id), LONGEST_LABEL);
}

/** Such as `12.3`, in percent. */
export function percentOf(share: number): string {
  return (100 * share).toFixed(1);
}

/** Such as `12.3 % ± 1.1`. */
export function shareText({ share, margin }: Share): string {
  return `${percentOf(share)} % ± ${percentOf(margin)}`;
}

/** Where a function is, in so many characters: the end says which file and line. */
export function placeWithin(place: string, most: number): string {
  const text = plain(place);
  return text.length <= most ? text : `…${text.slice(text.length - most + 1).toWellFormed()}`;
}

/**
 * Whom samples belong to, as other pages call it: a target by its cog, the mark of its kind and its name. What is none
 * stays as it is.
 */
export function ownerLabel(name: string): string {
  const isTarget = TARGET_KINDS.some((kind) => name.includes(`/${kind.name}/`));
  if (!isTarget) return name;
  const target = identityFrom(name);
  return `${target.cog} ${markOf(target.kind)}${target.name}`;
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

/** How long a recording is, and how much it holds. */
export function recordingLine({ durationMs, samples, shards, mergedFrom }: CpuRecording): string {
  return [
    formatSpan(Math.max(1_000, durationMs)),
    plural(samples, 'sample'),
    ...(shards.length > 1 ? [plural(shards.length, 'shard')] : []),
    ...(mergedFrom === undefined ? [] : [`put together of ${mergedFrom.length}`]),
  ].join(' · ');
}
