/**
 * The internals that benchmarks need, from the build: that is what users run. The types come from the sources, so
 * that types can be checked without a build.
 */
export const { Attachment } = (await load('cog/attach')) as typeof import('../src/cog/attach.ts');
export const { OriginReader } = (await load('cog/origins')) as typeof import('../src/cog/origins.ts');
export const { Recorder } = (await load('cog/recorder')) as typeof import('../src/cog/recorder.ts');
export const { propertySlot } = (await load('cog/slots')) as typeof import('../src/cog/slots.ts');
export const { openHeap } = (await load(
  'memory/snapshot/heap',
)) as typeof import('../src/memory/snapshot/heap.ts');
export const { DrawingThread } = (await load(
  'render/chart/drawing-thread',
)) as typeof import('../src/render/chart/drawing-thread.ts');
export const { MetricStore } = (await load(
  'store/metric-store',
)) as typeof import('../src/store/metric-store.ts');
export const { Archive } = (await load('store/archive')) as typeof import('../src/store/archive.ts');
export const { memoryBacking, openBacking } = (await load(
  'store/backing',
)) as typeof import('../src/store/backing.ts');
export const { ConversionThread } = (await load(
  'sampling/conversion/conversion-thread',
)) as typeof import('../src/sampling/conversion/conversion-thread.ts');
export const { fileOf } = (await load(
  'sampling/conversion/file',
)) as typeof import('../src/sampling/conversion/file.ts');
export const { PROFILE_FORMATS } = (await load(
  'sampling/formats/index',
)) as typeof import('../src/sampling/formats/index.ts');
export const { decodeRecording } = (await load(
  'sampling/recording-file',
)) as typeof import('../src/sampling/recording-file.ts');
export const { detailsOf } = (await load('details')) as typeof import('../src/details.ts');
export const { Keeper } = (await load('store/keeper')) as typeof import('../src/store/keeper.ts');
export const { LEVELS } = (await load('store/levels')) as typeof import('../src/store/levels.ts');
export const { Forgotten } = (await load('store/settings')) as typeof import('../src/store/settings.ts');
export const { summarise } = (await load('store/summary')) as typeof import('../src/store/summary.ts');

function load(module: string): Promise<unknown> {
  return import(new URL(`../dist/${module}.js`, import.meta.url).href);
}
