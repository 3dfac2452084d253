import type { Holder } from '../subjects.ts';

/**
 * What `call-overhead` calls, and the loops that call it. A process loads this once for the bare functions and
 * once for the timed ones, under two queries: then neither loop runs machine code that was made for the other.
 */

interface Case {
  readonly name: string;
  /** Source of a method `execute`; `$` stands for a number of its own. */
  readonly source: string;
  readonly async: boolean;
  /** How many functions of that source are called in turn. */
  readonly functions: number;
}

const SYNC = 'execute(n) { return n + $; }';
const RESOLVED = 'async execute(n) { return n + $; }';
const AWAITS = 'async execute(n) { await n; await n; await n; return n + $; }';

/**
 * In a loop over one function the JIT inlines function, wrapper and loop into one. A bot has many functions, and
 * with a hundred of them nothing can be inlined: those cases are what a bot pays.
 */
export const CASES: readonly Case[] = [
  { name: 'sync', source: SYNC, async: false, functions: 1 },
  { name: 'async', source: RESOLVED, async: true, functions: 1 },
  { name: '3 awaits', source: AWAITS, async: true, functions: 1 },
  { name: '100 × sync', source: SYNC, async: false, functions: 100 },
  { name: '100 × async', source: RESOLVED, async: true, functions: 100 },
  { name: '100 × 3 awaits', source: AWAITS, async: true, functions: 100 },
];

/** Fresh functions that share no code with any others: V8 compiles each from a source of its own. */
export function createHolders({ source, functions }: Case, label: string): Holder[] {
  return Array.from({ length: functions }, (_, index) => {
    const own = source.replace('$', String(index));
    return new Function(`/* ${label} */ return { ${own} };`)() as Holder;
  });
}

/** Calls the functions in turn. */
export function callSync(holders: readonly Holder[], calls: number): number {
  let sum = 0;
  for (let call = 0, at = 0; call < calls; call++) {
    sum += holders[at]!.execute(call);
    if (++at === holders.length) at = 0;
  }
  return sum;
}

/** Calls the functions in turn, each once the promise of the last has settled. */
export async function callAsync(holders: readonly Holder[], calls: number): Promise<number> {
  let sum = 0;
  for (let call = 0, at = 0; call < calls; call++) {
    sum += await holders[at]!.execute(call);
    if (++at === holders.length) at = 0;
  }
  return sum;
}
