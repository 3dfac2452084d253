import type { LimitScope } from './call.ts';

const TOO_MANY_REQUESTS = 429;
const MS_PER_S = 1_000;

/** What of a response is looked at: the option `makeRequest` of the bot may make it of anything. */
interface ResponseLike {
  readonly status?: unknown;
  readonly headers?: { get?(name: string): unknown };
}

/** The status of a response; undefined where it is none. Never throws. */
export function statusOf(response: unknown): number | undefined {
  try {
    const { status } = response as ResponseLike;
    return typeof status === 'number' ? status : undefined;
  } catch {
    return undefined;
  }
}

/** The limit that a response with the status 429 tells of, and how long it still lasts. Never throws. */
export function limitOf(
  response: unknown,
  status: number | undefined,
): { scope: LimitScope; retryAfterMs: number } | undefined {
  if (status !== TOO_MANY_REQUESTS) return undefined;
  const scope = header(response, 'x-ratelimit-scope');
  const isGlobal = scope === 'global' || header(response, 'x-ratelimit-global') != null;
  return {
    scope: isGlobal ? 'global' : scope === 'shared' ? 'shared' : 'user',
    retryAfterMs: Number(header(response, 'retry-after') ?? 0) * MS_PER_S || 0,
  };
}

function header(response: unknown, name: string): unknown {
  try {
    return (response as ResponseLike).headers?.get?.(name);
  } catch {
    return undefined;
  }
}
