/** The thread that does what takes long with recordings. Only here are they unpacked. */
import { parentPort } from 'node:worker_threads';
import { ProfilerError } from '../../errors.ts';
import type { Profile } from '../profile.ts';
import { decodeRecording } from '../recording-file.ts';
import { CONVERSIONS, type ConversionName } from './conversions.ts';

/** What is to be done with which recordings. */
export interface Order {
  readonly job: number;
  readonly name: ConversionName;
  readonly sources: readonly { readonly id: string; readonly bytes: Uint8Array<SharedArrayBuffer> }[];
  readonly argument: unknown;
}

export type Answer = { readonly job: number } & (
  | { readonly result: unknown }
  /** An error of this package, as its code and what it is made of; or what else went wrong. */
  | { readonly code: string; readonly details: readonly unknown[] }
  | { readonly problem: string }
);

/** Pages of the same recording are looked at one after the other, and two are compared. */
const MOST_UNPACKED = 3;

const port = parentPort!;
const unpacked = new Map<string, Profile>();

port.on('message', (order: Order) => {
  const answer = answerTo(order);
  const isFile = 'result' in answer && order.name === 'export';
  port.postMessage(answer, isFile ? [(answer.result as Uint8Array<ArrayBuffer>).buffer] : []);
});

function answerTo({ job, name, sources, argument }: Order): Answer {
  try {
    const convert = CONVERSIONS[name] as (profiles: readonly Profile[], argument: unknown) => unknown;
    return { job, result: convert(sources.map(unpack), argument) };
  } catch (error) {
    if (error instanceof ProfilerError) return { job, code: error.code, details: error.details };
    return { job, problem: error instanceof Error ? error.message : String(error) };
  }
}

function unpack({ id, bytes }: Order['sources'][number]): Profile {
  // What unpacks them takes no shared memory.
  const profile = unpacked.get(id) ?? decodeRecording(new Uint8Array(bytes), id);
  unpacked.delete(id);
  unpacked.set(id, profile);
  for (const oldest of unpacked.keys()) {
    if (unpacked.size <= MOST_UNPACKED) break;
    unpacked.delete(oldest);
  }
  return profile;
}
