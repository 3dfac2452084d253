/** What is done with a snapshot, in this order. */
export const STEPS = ['read', 'sizes', 'dominators', 'paths'] as const;
export type Step = (typeof STEPS)[number];

/** Told now and then how far a step is, from 0 to 1. What it throws ends the work. */
export type ProgressListener = (step: Step, share: number) => void;
