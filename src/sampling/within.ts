import type { Weight } from './nodes.ts';
import type { Profile } from './profile.ts';

/** What ran for a target, and for the tracked calls that it had made, while it was not over. */
export interface TargetTotal extends Weight {
  readonly name: string;
  /** What ran for it alone. */
  readonly self: Weight;
}

/** Of each target that has made tracked calls, the most time first. */
export function targetTotals({ owners, threads }: Profile): TargetTotal[] {
  const ofOwners = owners.map(() => ({ count: 0, us: 0 }));
  for (const { owner, weightUs } of threads) {
    owner.forEach((one, sample) => {
      ofOwners[one]!.count++;
      ofOwners[one]!.us += weightUs[sample]!;
    });
  }
  const totals = new Map<string, { self: Sum; within: Sum }>();
  const ofTarget = (name: string) => {
    let total = totals.get(name);
    if (total === undefined) totals.set(name, (total = { self: nothing(), within: nothing() }));
    return total;
  };
  owners.forEach(({ kind, name, within = [] }, index) => {
    if (kind !== 'target') return;
    add(ofTarget(name).self, ofOwners[index]!);
    for (const around of within) add(ofTarget(around).within, ofOwners[index]!);
  });
  return [...totals]
    .filter(([, { within }]) => within.count > 0)
    .map(([name, { self, within }]) => {
      return { name, self, count: self.count + within.count, us: self.us + within.us };
    })
    .sort((a, b) => b.us - a.us || (a.name < b.name ? -1 : 1));
}

type Sum = { -readonly [Name in keyof Weight]: Weight[Name] };

function nothing(): Sum {
  return { count: 0, us: 0 };
}

function add(sum: Sum, { count, us }: Weight): void {
  sum.count += count;
  sum.us += us;
}
