import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import type { CpuService } from './service.ts';

/** What records for a profiler, as the pages need it. */
export function cpuServiceOf(_profiler: Profiler): CpuService {
  throw new ProfilerError('RECORDING_UNAVAILABLE', 'this version has no recorder');
}
