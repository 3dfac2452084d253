import type { FoundBucket } from './archive-reader.ts';
import { decodeBucket, encodeBucket } from './bucket.ts';
import type { Figures } from './figures.ts';
import { endOf, LEVELS, type LevelName, type Span, startOf } from './levels.ts';
import { Row } from './row.ts';
import { inSlices } from './slices.ts';

/** The timeline of one shard as it travels between processes. */
export interface SentTimeline {
  /** Undefined where the target has not been counted. */
  readonly sinceEpochMs?: number;
  readonly spans: readonly (readonly [level: LevelName, index: number, coveredMs: number])[];
  /** As `encodeBucket` writes it, with spans in the place of targets. */
  readonly rows: string;
}

/** What one target did in a span of time on one shard. */
export interface TimelineSpan {
  readonly span: Span;
  /** How much of it was measured, in ms, since the target has been counted. */
  readonly coveredMs: number;
  /** Undefined where the target was not called. */
  readonly row: Row | undefined;
}

interface Found {
  readonly span: Span;
  coveredMs: number;
  row: Row | undefined;
}

/** What one target did on one shard, bucket by bucket. */
export class Timeline {
  readonly targetId: string;
  readonly #found = new Map<string, Found>();
  readonly #breathe = inSlices();
  #sinceEpochMs = Number.POSITIVE_INFINITY;

  constructor(targetId: string) {
    this.targetId = targetId;
  }

  /** Reads what `send` wrote. Rejects with an UnreadableValueError. */
  static async receive(targetId: string, { sinceEpochMs, spans, rows }: SentTimeline): Promise<Timeline> {
    const timeline = new Timeline(targetId);
    for (const [level, index, coveredMs] of spans) timeline.#at(spanOf(level, index)).coveredMs = coveredMs;
    for (const [key, row] of (await decodeBucket(rows)).rows) {
      const found = timeline.#found.get(key);
      if (found !== undefined) (found.row ??= new Row()).merge(row);
    }
    timeline.note(sinceEpochMs ?? Number.POSITIVE_INFINITY);
    return timeline;
  }

  async send(): Promise<SentTimeline> {
    const found = [...this.#found];
    const called = found.flatMap(([key, { row }]) => (row === undefined ? [] : [[key, row.seal()] as const]));
    return {
      ...(this.isKnown && { sinceEpochMs: this.#sinceEpochMs }),
      spans: found.map(([, { span, coveredMs }]) => [span.level.name, span.index, coveredMs]),
      rows: await encodeBucket({ coveredMs: 0, rows: new Map(called) }, this.#breathe),
    };
  }

  /** Adds a bucket. */
  async add({ span, coveredMs, rows }: FoundBucket): Promise<void> {
    const found = this.#at(span);
    found.coveredMs = Math.min(found.coveredMs + coveredMs, span.level.ms);
    for (const [id, row] of rows) {
      const pause = this.#breathe();
      if (pause !== undefined) await pause;
      if (id !== this.targetId) continue;
      (found.row ??= new Row()).merge(row);
      this.note(row.sinceEpochMs);
      return;
    }
  }

  /** Takes note since when the target has been counted, in Unix ms. */
  note(sinceEpochMs: number): void {
    this.#sinceEpochMs = Math.min(this.#sinceEpochMs, sinceEpochMs);
  }

  /** Whether the target has been counted at all. */
  get isKnown(): boolean {
    return Number.isFinite(this.#sinceEpochMs);
  }

  /** Since when, in Unix ms; Infinity where it has not. */
  get sinceEpochMs(): number {
    return this.#sinceEpochMs;
  }

  /** The spans that were measured while the target was counted, in no particular order. */
  *spans(): Iterable<TimelineSpan> {
    for (const { span, coveredMs, row } of this.#found.values()) {
      const ownMs = Math.min(coveredMs, endOf(span) - Math.max(startOf(span), this.#sinceEpochMs));
      if (ownMs > 0 || row !== undefined) yield { span, coveredMs: Math.max(0, ownMs), row };
    }
  }

  /** Adds everything to figures. */
  async addTo(figures: Figures, fromOf: (targetId: string) => number): Promise<void> {
    for (const { span, coveredMs, row } of this.#found.values()) {
      const rows =
        row === undefined ? [] : [[this.targetId, row.seal()] as [string, ReturnType<Row['seal']>]];
      await figures.add({ span, coveredMs, rows }, fromOf);
    }
    if (this.isKnown) figures.note(this.targetId, this.#sinceEpochMs);
  }

  #at(span: Span): Found {
    const key = `${span.level.name}:${span.index}`;
    let found = this.#found.get(key);
    if (found === undefined) this.#found.set(key, (found = { span, coveredMs: 0, row: undefined }));
    return found;
  }
}

function spanOf(name: LevelName, index: number): Span {
  return { level: LEVELS.find((level) => level.name === name)!, index };
}
