import { type Finding, findings } from '../findings.ts';
import type { Profile } from '../profile.ts';
import { remarksOf } from '../remarks.ts';
import { marginOf } from '../uncertainty.ts';
import { functionRows } from './function-row.ts';
import { placeFrom } from './place.ts';
import { type Share, whatRan } from './share.ts';

export interface StandoutsQuery {
  readonly rootDir: string;
}

/** Something that stands out, with its evidence. */
export interface Standout extends Share, Pick<Finding, 'name' | 'title' | 'advice' | 'owner'> {
  /** Where most of it comes from. */
  readonly site?: { readonly name: string; readonly place: string };
}

export interface Standouts {
  readonly found: readonly Standout[];
  /** What some functions have in common. */
  readonly remarks: readonly {
    readonly head: string;
    readonly rows: readonly { readonly name: string; readonly place: string; readonly text: string }[];
  }[];
}

export function standouts([profile]: readonly [Profile], { rootDir }: StandoutsQuery): Standouts {
  const running = whatRan(profile);
  const rows = functionRows(running, rootDir).map((row) => ({
    ...row,
    isFunction: row.kind !== 'gc' && row.place !== '',
    self: row.self.count,
    total: row.total.count,
  }));
  const all = running.threads.reduce((sum, { node }) => sum + node.length, 0);
  return {
    found: findings(running).map(({ name, title, advice, owner, site, count, us, samples }) => ({
      ...{ name, title, advice, owner, count, us },
      share: count / samples,
      margin: marginOf(count, samples),
      ...(site && { site: { name: site.name, place: placeFrom(rootDir, site) } }),
    })),
    remarks: remarksOf(rows, all).map(({ head, rows: told }) => ({
      head,
      rows: told.map(({ row, text }) => ({ name: row.name, place: row.place, text })),
    })),
  };
}
