import type { Holder } from '../subjects/subject.ts';

/**
 * What `call-overhead` calls, and the loops that call it. A process loads this once for the bare functions and
 * once for the timed ones, under two queries: then neither loop runs machine code that was made for the other.
 */

interface Case {
  readonly name: string;
  /** Source of a method `execute`; `$` stands for a number of its own. */
  readonly source: string;
  readonly async: boolean;
}

export const CASES: readonly Case[] = [
  { name: 'sync', source: 'execute(n) { return n + $; }', async: false },
  { name: 'async', source: 'async execute(n) { return n + $; }', async: true },
  {
    name: '3 awaits',
    source: 'async execute(n) { await n; await n; await n; return n + $; }',
    async: true,
  },
];

/** Fresh functions that share no code with any others: V8 compiles each from a source of its own. */
export function createHolders({ source }: Case, count: number, label: string): Holder[] {
  return Array.from({ length: count }, (_, index) => {
    const own = source.replace('$', String(index));
    return new Function(`/* ${label} */ return { ${own} };`)() as Holder;
  });
}

/** Calls the functions in turn, beginning with the one whose turn it is at call `first`. */
export function callSync(holders: readonly Holder[], first: number, calls: number): number {
  let sum = 0;
  for (let call = 0, at = first % holders.length; call < calls; call++) {
    sum += holders[at]!.execute(call);
    if (++at === holders.length) at = 0;
  }
  return sum;
}

/** The same, each call once the promise of the last has settled. */
export async function callAsync(holders: readonly Holder[], first: number, calls: number): Promise<number> {
  let sum = 0;
  for (let call = 0, at = first % holders.length; call < calls; call++) {
    sum += await holders[at]!.execute(call);
    if (++at === holders.length) at = 0;
  }
  return sum;
}
