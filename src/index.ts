export type { ProfilerOptions } from './cog/options.ts';
export type { Origin } from './cog/origins.ts';
export type { Rules } from './cog/rules.ts';
export type { Discovery, SourceLocation, Target, TargetKindName } from './cog/target.ts';
export type { AttachResult } from './cog/tracker.ts';
export type { Blocker } from './deadline/blockers.ts';
export type { Miss, MissKind } from './deadline/figures.ts';
export type { Phase } from './deadline/phases.ts';
export type { DeadlineRow, Deadlines } from './deadline/report.ts';
export type { TargetDetails } from './details.ts';
export { ProfilerError, type ProfilerErrorCode } from './errors.ts';
export type { Gone, InFlightCall, InFlightTarget } from './inflight/calls.ts';
export type { InFlight } from './inflight/report.ts';
export type { Wait } from './inflight/waits.ts';
export type {
  Allocations,
  FunctionAllocationOptions,
} from './memory/allocations/allocations.ts';
export type { AllocationSource, LiveCog } from './memory/allocations/cohorts.ts';
export type { AllocationFormatName } from './memory/allocations/formats/index.ts';
export type { AllocationOptions, SourceOptions } from './memory/allocations/options.ts';
export type { AllocationReport } from './memory/allocations/report.ts';
export type { AllocationRun } from './memory/allocations/run.ts';
export type { AllocationProgress } from './memory/allocations/sampling.ts';
export type { LiveByCog, SourcesReport } from './memory/allocations/sources.ts';
export type { AllocatedBytes, AllocationOwner, AllocationPlace } from './memory/allocations/tables.ts';
export type { CacheProposal } from './memory/caches/proposals.ts';
export type { CacheReport, CacheRow } from './memory/caches/report.ts';
export type { WatchableCache } from './memory/caches/watched.ts';
export type { ChildUsage } from './memory/children.ts';
export type { ClassCensus, ClassCount } from './memory/classes/census.ts';
export type { GrowthReport, GrowthRow, Reload } from './memory/growth/report.ts';
export type { CounterUnit } from './memory/growth/series.ts';
export type { Slope } from './memory/growth/slope.ts';
export type { Memory, ObjectsReport } from './memory/memory.ts';
export type { ExpectedPause } from './memory/pause.ts';
export type { ReloadLeak, ReloadLeaks, Remain, RemainKind } from './memory/reloads/report.ts';
export type { MemoryReport, SentMemory, ShardMemory } from './memory/report.ts';
export type { ClassRow } from './memory/snapshot/classes.ts';
export type { ClosureRow } from './memory/snapshot/closures.ts';
export type { ClassSize, CogMemory, CogsReport } from './memory/snapshot/cogs.ts';
export type { ObjectRow } from './memory/snapshot/describe.ts';
export type { DuplicateRow, Duplicates } from './memory/snapshot/duplicates.ts';
export type { SharedRow } from './memory/snapshot/holders.ts';
export type { AnalysisStep } from './memory/snapshot/progress.ts';
export type { HeapReport } from './memory/snapshot/report.ts';
export type { CogChange, CogClassChange, SnapshotChanges } from './memory/taking/changes.ts';
export type { SnapshotFile } from './memory/taking/files.ts';
export type { SnapshotPlan } from './memory/taking/plan.ts';
export type { SnapshotAnalysis, SnapshotProgress, SnapshotRun } from './memory/taking/run.ts';
export type { HeapSnapshots, SnapshotInfo } from './memory/taking/snapshots.ts';
export type { MemoryThread } from './memory/threads.ts';
export type { MemorySample } from './memory/trend.ts';
export type { HeapSpace, MemoryUsage } from './memory/usage.ts';
export type {
  CallersOfTarget,
  CallSample,
  CallSamples,
  ErrorGroup,
  SampledError,
} from './observations.ts';
export { Profiler, type SummaryOptions } from './profiler.ts';
export type { TracesOfAll } from './reports.ts';
export type { LimitScope, RestPhase } from './rest/call.ts';
export type { RestCounts } from './rest/figures.ts';
export type { LiveBucket } from './rest/live.ts';
export type {
  RestFigure,
  RestOwnerRow,
  RestReport,
  RestRequester,
  RestRouteRow,
  RestRow,
} from './rest/report.ts';
export type { Collector } from './sampling/collectors/collector.ts';
export type { ExportOptions } from './sampling/conversion/conversions.ts';
export type { FormatName } from './sampling/formats/index.ts';
export type { RecordingOptions, RecordingProgress } from './sampling/recorder/options.ts';
export type { Recording } from './sampling/recorder/recording.ts';
export type { RecordingFacts, RecordingInfo } from './sampling/recorder/recording-info.ts';
export type { Recordings } from './sampling/recordings.ts';
export type { ShardPing } from './shards/pings.ts';
export type { LevelSize } from './store/archive.ts';
export type { StoreOption } from './store/backing.ts';
export type { DurationClass } from './store/distribution.ts';
export type { Quantiles } from './store/durations.ts';
export type { HeavyHitter, HeavyHitterOfAll } from './store/heaviest/summary.ts';
export type { History, HistoryPoint } from './store/history.ts';
export type { Outcome } from './store/row.ts';
export type { StorageSize, StorageState } from './store/storage.ts';
export type { Grouping, Summary, SummaryRow } from './store/summary.ts';
export type { TraceSet } from './trace/kept-traces.ts';
export type { Part, PartKind, Segment, Span, Trace, TraceSummary } from './trace/trace.ts';
