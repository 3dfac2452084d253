import type { Bucket } from './bucket.ts';
import type { HandlerLike, ManagerLike } from './handlers.ts';

/** A bucket that has requests now. */
export interface LiveBucket {
  /** Of its latest request, such as `PATCH /channels/:id`. */
  readonly route: string;
  /** Attempts without a response. */
  readonly underWay: number;
  /** Requests that wait: for others, or for a limit. */
  readonly waiting: number;
  /** How long the limit lasts that all of them wait for, in ms; undefined where there is none. */
  readonly limitedForMs: number | undefined;
}

export function liveOf(bucket: Bucket, manager: ManagerLike): LiveBucket {
  return {
    route: bucket.route,
    underWay: bucket.underWay,
    waiting: bucket.depth - bucket.underWay,
    limitedForMs: bucket.isLimited ? limitedForMs(bucket, bucket.handler ?? {}, manager) : undefined,
  };
}

function limitedForMs(bucket: Bucket, handler: HandlerLike, manager: ManagerLike): number {
  const { offset } = manager.options ?? {};
  const offsetMs = typeof offset === 'number' ? offset : 0;
  const ends = [
    bucket.retryAtEpochMs,
    ...(handler.globalLimited === true ? [Number(manager.globalReset) + offsetMs] : []),
    ...(handler.localLimited === true ? [Number(handler.reset) + offsetMs] : []),
  ];
  return Math.max(0, Math.max(...ends) - Date.now()) || 0;
}
