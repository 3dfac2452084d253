import fc from 'fast-check';
import { type Written, written } from './functions.ts';
import { type Holding, holding, isAttachable } from './holders.ts';
import { argument, failure, result, type Thing } from './things.ts';
import { WAY_NAMES, type WayName } from './ways.ts';

/** What a bot does with what the call gives. */
const USES = ['await', 'then', 'drop', 'handle late'] as const;

export interface Call {
  readonly way: WayName;
  readonly self: Thing;
  readonly args: readonly Thing[];
  readonly use: (typeof USES)[number];
  /** What an iterator is made to do. */
  readonly drive: readonly ('next' | 'return' | 'throw')[];
}

const ACTS = [
  'queue a microtask',
  'change the arguments',
  'call itself through the holder',
  'call the other function',
  'attach the other function',
  'detach the other function',
  'detach itself',
  'attach itself',
] as const;
export type Act = (typeof ACTS)[number];

/** What the function does when it is called. */
interface Behaviour {
  readonly acts: readonly Act[];
  readonly awaits: number;
  readonly throws: boolean;
  readonly thing: Thing;
  /** Whether each call returns or throws the very same thing. */
  readonly kept: boolean;
}

type Step = Call | 'attach' | 'detach' | 'settle what is pending';

/** Which targets the function is: itself, a branch that all of its calls take, or both. */
const RECORDED = ['whole', 'branch', 'branch and whole'] as const;

/** One story: a function, where it lives, and what happens to it. It can be played in several worlds. */
export interface Script {
  readonly written: Written;
  readonly holding: Holding;
  readonly behaviour: Behaviour;
  readonly recorded: (typeof RECORDED)[number];
  readonly steps: readonly Step[];
}

const call: fc.Arbitrary<Call> = fc.record({
  way: fc.constantFrom(...WAY_NAMES),
  self: argument,
  args: fc.array(argument, { maxLength: 3 }),
  use: fc.constantFrom(...USES),
  drive: fc.array(fc.constantFrom('next', 'next', 'return', 'throw'), { maxLength: 4 }),
});

const behaviour: fc.Arbitrary<Behaviour> = fc
  .record({
    acts: fc.uniqueArray(fc.constantFrom(...ACTS), { maxLength: 3 }),
    awaits: fc.integer({ min: 0, max: 2 }),
    kept: fc.boolean(),
  })
  .chain((common) =>
    fc
      .oneof(
        { weight: 3, arbitrary: fc.record({ throws: fc.constant(false), thing: result }) },
        { weight: 1, arbitrary: fc.record({ throws: fc.constant(true), thing: failure }) },
      )
      .map((end) => ({ ...common, ...end })),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: call },
  { weight: 1, arbitrary: fc.constantFrom('attach', 'detach', 'settle what is pending') },
);

const mostlyAttachable = fc.oneof(
  { weight: 9, arbitrary: holding.filter(isAttachable) },
  { weight: 1, arbitrary: holding },
);

export const script: fc.Arbitrary<Script> = fc
  .record({
    written,
    holding: mostlyAttachable,
    behaviour,
    recorded: fc.constantFrom(...RECORDED),
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  })
  .map(withoutSharedRejection);

/**
 * A rejected promise that several hold, and that only some of them handle, is the one thing that a derived promise
 * cannot stand for: each of them has another one.
 */
function withoutSharedRejection(story: Script): Script {
  const { thing } = story.behaviour;
  // A promise cannot be resolved with a revoked Proxy, and rejects.
  const rejects = thing.kind === 'promise' && (thing.fails || thing.of.kind === 'revoked proxy');
  return rejects ? { ...story, behaviour: { ...story.behaviour, kept: false } } : story;
}

/** How the function calls itself. */
export const INNER_CALL: Call = {
  way: 'as a method',
  self: { kind: 'primitive', value: undefined },
  args: [],
  use: 'await',
  drive: ['next', 'next'],
};
