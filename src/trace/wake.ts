import { monotonicNs } from '../cog/clock.ts';
import { NS_PER_MS } from '../store/row.ts';

/** What the loop came back to a call through, where that tells what it has waited for. */
export type Wake =
  | {
      readonly kind: 'timer';
      readonly name: string;
      /** Known to the ms before. */
      readonly startedAtNs: number;
      readonly dueAtNs: number;
      /** Whether it does not keep the process alive: that is housekeeping, which nobody waits for. */
      readonly isHousekeeping: boolean;
    }
  | { readonly kind: 'file' | 'dns'; readonly name: string }
  /** The next turn of the loop was asked for: all that has run since was in the way. */
  | { readonly kind: 'turn' };

type Read = (resource: object) => Wake | undefined;

/** A timer of Node's, as it is in each of the supported versions. */
interface TimeoutLike {
  /** By libuv's clock, in ms. */
  readonly _idleStart: unknown;
  readonly _idleTimeout: unknown;
  hasRef(): boolean;
}

const file: Read = () => ({ kind: 'file', name: 'file system' });
const dns: Read = (resource) => {
  const { hostname } = resource as { hostname?: unknown };
  return { kind: 'dns', name: typeof hostname === 'string' ? hostname : 'DNS' };
};

/** By the names of Node's own classes. */
const READERS = new Map<string, Read>([
  ['Timeout', (resource) => timerIn(resource as TimeoutLike)],
  ['Immediate', () => ({ kind: 'turn' })],
  ['FSReqCallback', file],
  ['FSReqPromise', file],
  ['FileHandleCloseReq', file],
  ['ReadFileJob', file],
  ['GetAddrInfoReqWrap', dns],
  ['GetNameInfoReqWrap', dns],
  ['QueryReqWrap', dns],
]);

/** By prototype, so that each is looked at once. */
const known = new WeakMap<object, Read | null>();

/** Undefined for promises, sockets, and what is none of the above. */
export function wakeOf(resource: object): Wake | undefined {
  const prototype: object | null = Object.getPrototypeOf(resource);
  if (prototype === null) return undefined;
  let read = known.get(prototype);
  if (read === undefined) {
    const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    read = (typeof type === 'function' && READERS.get(type.name)) || null;
    known.set(prototype, read);
  }
  return read?.(resource);
}

function timerIn(timer: TimeoutLike): Wake | undefined {
  const { _idleStart: start, _idleTimeout: timeout } = timer;
  if (typeof start !== 'number' || typeof timeout !== 'number' || timeout < 0) return undefined;
  clockOffsetMs ??= measureOffsetMs();
  const startedAtNs = (start + clockOffsetMs) * NS_PER_MS;
  return {
    kind: 'timer',
    // A sleep may be asked for as 12.345678 ms: timers count whole ones.
    name: `${Math.round(timeout)} ms`,
    startedAtNs,
    dueAtNs: startedAtNs + timeout * NS_PER_MS,
    isHousekeeping: !timer.hasRef(),
  };
}

/** What to add to libuv's ms, as timers have them, for monotonic ms. Both count whole ms of one clock. */
let clockOffsetMs: number | undefined;

function measureOffsetMs(): number {
  for (;;) {
    const beforeMs = Math.floor(monotonicNs() / NS_PER_MS);
    const timer = setTimeout(() => undefined, 1) as unknown as TimeoutLike & NodeJS.Timeout;
    clearTimeout(timer);
    const afterMs = Math.floor(monotonicNs() / NS_PER_MS);
    // Not where the ms has turned meanwhile.
    if (beforeMs === afterMs) return beforeMs - (timer._idleStart as number);
  }
}
