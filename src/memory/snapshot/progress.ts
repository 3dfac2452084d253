/** What is done with a snapshot, in this order. */
export type AnalysisStep = 'read' | 'sizes' | 'dominators' | 'paths' | 'cogs' | 'tables';

/** Told now and then how far a step is, from 0 to 1. What it throws ends the work. */
export type ProgressListener = (step: AnalysisStep, share: number) => void;
