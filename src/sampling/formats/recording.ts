import { encodeRecording } from '../recording-file.ts';
import type { ProfileFormat } from './format.ts';

/** All that was recorded, to be written as any of the others later, and elsewhere. */
export const recording = {
  name: 'recording',
  label: 'Recording',
  extension: 'cogscope',
  mediaType: 'application/octet-stream',
  viewers: ['npx cogscope replay'],
  takes: [],
  encode: encodeRecording,
} as const satisfies ProfileFormat;
