import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilerError } from '../errors.ts';
import type { RecordingBytes } from './kept-recordings.ts';
import type { RecordingOptions, ResolvedRecordingOptions } from './recorder/options.ts';
import type { Recording } from './recorder/recording.ts';
import type { RecordingInfo } from './recorder/recording-info.ts';

/** What another shard is asked to record. */
export interface RecordAsked {
  /** By which it is asked for later. */
  readonly token: string;
  readonly options: RecordingOptions;
}

export type RecordAnswer = { readonly isStarted: true } | { readonly problem: string };

export type RecordedAnswer =
  | { readonly isRunning: true }
  | { readonly problem: string }
  /** The file in base64: answers travel as JSON. */
  | { readonly info: RecordingInfo; readonly file: string };

/** The recordings of the other shards, as far as they answer. */
export interface OtherShards {
  readonly canAsk: boolean;
  record(asked: RecordAsked): Promise<ReadonlyMap<number, RecordAnswer | undefined>>;
  recorded(asked: { readonly token: string }): Promise<ReadonlyMap<number, RecordedAnswer | undefined>>;
  endRecording(asked: { readonly token: string; readonly isKept: boolean }): Promise<unknown>;
}

/** So long after the own recording the others may take to come to an end. */
const OTHERS_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 250;
/** Whoever has asked may be gone. */
const MOST_HELD = 8;

interface Held {
  readonly recording: Recording;
  answer: RecordedAnswer;
}

/** What this shard records for others. */
export class RecordingsForOthers {
  readonly #start: (options: RecordingOptions) => Promise<Recording>;
  readonly #fileOf: (id: string) => Uint8Array;
  readonly #held = new Map<string, Held>();

  constructor(start: (options: RecordingOptions) => Promise<Recording>, fileOf: (id: string) => Uint8Array) {
    this.#start = start;
    this.#fileOf = fileOf;
  }

  async record({ token, options }: RecordAsked): Promise<RecordAnswer> {
    try {
      const recording = await this.#start(options);
      const held: Held = { recording, answer: { isRunning: true } };
      this.#held.set(token, held);
      for (const oldest of this.#held.keys()) {
        if (this.#held.size <= MOST_HELD) break;
        this.#held.delete(oldest);
      }
      recording.done.then(
        (info) => {
          held.answer = { info, file: Buffer.from(this.#fileOf(info.id)).toString('base64') };
        },
        (error: Error) => {
          held.answer = { problem: error.message };
        },
      );
      return { isStarted: true };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }

  /** What has become of it; once that is told, it is forgotten. */
  recorded({ token }: { readonly token: string }): RecordedAnswer {
    const answer = this.#held.get(token)?.answer ?? { problem: 'It is not known here.' };
    if (!('isRunning' in answer)) this.#held.delete(token);
    return answer;
  }

  end({ token, isKept }: { readonly token: string; readonly isKept: boolean }): void {
    const recording = this.#held.get(token)?.recording;
    if (isKept) recording?.stop().catch(() => undefined);
    else void recording?.cancel();
  }
}

/** What came of the others. */
export interface FromOthers {
  readonly recordings: readonly { readonly info: RecordingInfo; readonly bytes: RecordingBytes }[];
  /** Sentences on the shards that there is nothing of. */
  readonly notes: readonly string[];
}

/** A recording of all other shards at the same time. */
export class RecordingOfOthers {
  readonly #others: OtherShards;
  readonly #token: string;
  readonly #running = new Set<number>();
  readonly #notes: string[] = [];
  readonly #recordings: FromOthers['recordings'][number][] = [];

  constructor(others: OtherShards, shard: number) {
    this.#others = others;
    this.#token = `${shard}-${process.pid}-${Date.now()}`;
  }

  async start(options: ResolvedRecordingOptions): Promise<void> {
    const { startedBy, durationMs, warmupMs, intervalUs, workers, name, exact, target, calls, stream } =
      options;
    const answers = await this.#others.record({
      token: this.#token,
      options: {
        ...{ startedBy, durationMs, warmupMs, intervalUs, workers, stream },
        ...(name !== undefined && { name }),
        ...(exact !== undefined && { exact }),
        ...(target !== undefined && { target, calls }),
      },
    });
    for (const [shard, answer] of answers) {
      if (answer !== undefined && 'isStarted' in answer) this.#running.add(shard);
      else this.#miss(shard, answer?.problem);
    }
  }

  async stop(): Promise<void> {
    await this.#others.endRecording({ token: this.#token, isKept: true });
  }

  async cancel(): Promise<void> {
    await this.#others.endRecording({ token: this.#token, isKept: false });
  }

  /** Fulfils with what they have recorded, once they have; those that take too long are left out. */
  async done(): Promise<FromOthers> {
    const deadlineMs = performance.now() + OTHERS_WITHIN_MS;
    while (this.#running.size > 0 && performance.now() < deadlineMs) {
      for (const [shard, answer] of await this.#others.recorded({ token: this.#token })) {
        if (this.#running.has(shard)) this.#take(shard, answer);
      }
      if (this.#running.size > 0) await sleep(ASK_AGAIN_MS);
    }
    for (const shard of this.#running) this.#miss(shard, undefined);
    return { recordings: this.#recordings, notes: this.#notes };
  }

  #take(shard: number, answer: RecordedAnswer | undefined): void {
    // It may be busy, and answer the next time.
    if (answer === undefined || 'isRunning' in answer) return;
    this.#running.delete(shard);
    if ('problem' in answer) {
      this.#miss(shard, answer.problem);
      return;
    }
    const file = Buffer.from(answer.file, 'base64');
    const bytes = new Uint8Array(new SharedArrayBuffer(file.length));
    bytes.set(file);
    this.#recordings.push({ info: answer.info, bytes });
  }

  #miss(shard: number, problem = 'It did not answer.'): void {
    this.#notes.push(`There is nothing of shard ${shard}: ${problem}`);
  }
}

/** @throws ProfilerError INVALID_OPTION where there is nobody to ask */
export function mustHaveOthers(others: OtherShards): void {
  if (others.canAsk) return;
  throw new ProfilerError(
    'INVALID_OPTION',
    'shards',
    'is for bots whose shards a ShardingManager has started',
  );
}
