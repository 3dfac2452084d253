import type { Outcome } from '../store/row.ts';

/**
 * What is kept of an error: its class, and its code where it has one. Never its message or properties: they
 * may hold what users wrote. Whatever the thrown value does when it is looked at, nothing is thrown from here.
 */

const LONGEST_KIND = 80;

/** Such as `TypeError`, `DiscordAPIError 10062`, `Error ECONNRESET`, or `thrown string`. */
export function errorKind(error: unknown): string {
  try {
    if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
      return `thrown ${error === null ? 'null' : typeof error}`;
    }
    const { constructor: type, name, code } = error as Partial<NodeJS.ErrnoException>;
    // All that the platform throws is a DOMException: what it means is its name, and its code says the same again.
    const isPlatform = type?.name === 'DOMException';
    const given = isPlatform ? name : type?.name;
    const className = typeof given === 'string' && given !== '' ? given : 'Object';
    const hasCode =
      !isPlatform && (typeof code === 'number' || (typeof code === 'string' && /^[\w-]+$/.test(code)));
    return (hasCode ? `${className} ${code}` : className).slice(0, LONGEST_KIND);
  } catch {
    return 'unreadable error';
  }
}

/** How a call ended that threw this, or whose promise was rejected with it. */
export function failureOf(error: unknown): Outcome {
  return isAbort(error) ? 'aborted' : 'error';
}

/** Whether a call was cancelled rather than failed: what an AbortSignal throws by default. */
export function isAbort(error: unknown): boolean {
  try {
    return (error as { name?: unknown } | null)?.name === 'AbortError';
  } catch {
    return false;
  }
}
