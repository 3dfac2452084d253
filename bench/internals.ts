/**
 * The internals that benchmarks need. The package has them in few files, where they cannot be got at one by one.
 */
export { Attachment } from '../src/cog/attach.ts';
export { OriginReader } from '../src/cog/origins.ts';
export { Recorder } from '../src/cog/recorder.ts';
export { propertySlot } from '../src/cog/slots.ts';
export { detailsOf } from '../src/details.ts';
export { cogsOf } from '../src/memory/snapshot/cogs.ts';
export { openHeap } from '../src/memory/snapshot/heap.ts';
export { DrawingThread } from '../src/render/chart/drawing-thread.ts';
export { ConversionThread } from '../src/sampling/conversion/conversion-thread.ts';
export { fileOf } from '../src/sampling/conversion/file.ts';
export { PROFILE_FORMATS } from '../src/sampling/formats/index.ts';
export { decodeRecording } from '../src/sampling/recording-file.ts';
export { Archive } from '../src/store/archive.ts';
export { memoryBacking, openBacking } from '../src/store/backing.ts';
export { Keeper } from '../src/store/keeper.ts';
export { LEVELS } from '../src/store/levels.ts';
export { MetricStore } from '../src/store/metric-store.ts';
export { Forgotten } from '../src/store/settings.ts';
export { summarise } from '../src/store/summary.ts';
