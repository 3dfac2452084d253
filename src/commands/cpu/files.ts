import type { Page } from '../../render/page.ts';
import { PROFILE_FORMATS } from '../../sampling/formats/index.ts';
import { textToFile } from '../pages/export-file.ts';
import { profileFilePage } from '../pages/profile-file.ts';
import type { Request } from '../subcommand.ts';
import { inOrder } from './compare-tab.ts';
import type { CpuRecording, CpuService } from './service.ts';
import { labelOf } from './words.ts';

/** What a recording can be written as. */
export const FORMAT_ENTRIES = PROFILE_FORMATS.map(({ name, label, extension, viewers }) => ({
  value: name,
  label: `${label} (.${extension})`,
  description: `opens in ${viewers.join(', ')}`,
}));

/** A recording as a file, and what opens that. @throws ProfilerError UNUSABLE_FILE */
export async function recordingFile(
  service: CpuService,
  recording: CpuRecording,
  name: string,
  request: Request,
): Promise<Page> {
  const format = PROFILE_FORMATS.find((one) => one.name === name) ?? PROFILE_FORMATS[0];
  return profileFilePage(
    {
      what: `cpu_${labelOf(recording)}_${format.name}`,
      title: `${format.label} of recording ${labelOf(recording)}`,
      content: await service.export(recording.id, format.name),
      format,
    },
    request,
  );
}

/** The flame graph of what changed between two recordings. @throws ProfilerError UNUSABLE_FILE */
export async function differenceFile(
  service: CpuService,
  recordings: readonly [CpuRecording, CpuRecording],
  { profiler, fileLimitBytes }: Request,
): Promise<Page> {
  const [before, after] = inOrder(...recordings);
  const { sentence: placed, files = [] } = await textToFile(
    profiler,
    {
      what: `cpu_${labelOf(before)}_${labelOf(after)}_difference`,
      extension: 'html',
      text: await service.exportComparison(before.id, after.id),
    },
    fileLimitBytes,
  );
  return {
    title: `What changed from ${labelOf(before)} to ${labelOf(after)}`,
    text: `${placed}\nIt opens in any browser.`,
    tone: 'good',
    files,
  };
}
