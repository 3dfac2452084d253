import { join, resolve } from 'node:path';
import { loadedMaps } from '../../frameworks/source-maps.ts';
import type { Answer, Order } from './messages.ts';
import type { RecordingSurroundings } from './recording-info.ts';

/** What the thread that records asks for, as only the bot's thread knows it; undefined where it asks for nothing. */
export function answerTo(
  answer: Answer,
  { cogOfFile }: Pick<RecordingSurroundings, 'cogOfFile'>,
): Order | undefined {
  if (answer.kind === 'compiled') return { kind: 'maps', maps: loadedMaps(answer.files) };
  if (answer.kind !== 'files') return undefined;
  return { kind: 'cogs', cogs: new Map(answer.files.map((file) => [file, cogOfFile(file)])) };
}

/** Such as `cpu-2026-11-21T19-30-00-000Z-shard0-4711.cogscope`: no two recordings have the same. */
export function fileFor({ profileDir, shard }: Pick<RecordingSurroundings, 'profileDir' | 'shard'>): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return join(resolve(profileDir), `cpu-${time}-shard${shard}-${process.pid}.cogscope`);
}
