export type { ProfilerOptions } from './cog/options.ts';
export type { Rules } from './cog/rules.ts';
export type { Discovery, SourceLocation, Target, TargetKindName } from './cog/target.ts';
export type { AttachResult } from './cog/tracker.ts';
export { ProfilerError, type ProfilerErrorCode } from './errors.ts';
export { Profiler, type SummaryOptions } from './profiler.ts';
export type { CallSample } from './store/call-samples.ts';
export type { Outcome } from './store/row.ts';
export type { Summary, SummaryRow } from './store/summary.ts';
