import type { AllocationFacts } from './data.ts';
import type { AllocationTables } from './tables.ts';

/** What was allocated while it was sampled: how it was, and by whom. Plain data. */
export interface AllocationReport extends AllocationFacts, AllocationTables {}
