import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, addressesOf } from './listeners.ts';
import { checkProcess, notAttached, problemOf } from './process-check.ts';

/** It opens once the process comes back to JavaScript. */
const OPEN_WITHIN_MS = 10_000;
const CLOSED_WITHIN_MS = 2_000;
const LOOK_AGAIN_MS = 20;
const ANSWER_WITHIN_MS = 1_000;
/** So long what it listened on before is left alone: it may be anything. */
const NEW_ONES_FIRST_MS = 500;
const MOST_CHARACTERS = 65_536;

/** The inspector of another process. */
export interface InspectorPort {
  readonly address: Address;
  /** Of its WebSocket. */
  readonly url: string;
  /** Whether somebody else had opened it. */
  readonly wasOpen: boolean;
}

/**
 * Has a process open its inspector on loopback, unless it is open. Whoever may connect there can run code in it.
 * @throws ProfilerError NOT_ATTACHED
 */
export async function openPort(pid: number): Promise<InspectorPort> {
  const opensBySignal = await checkProcess(pid);
  const before = await openBefore(pid);
  if (opensBySignal) signal(pid);
  const startedMs = performance.now();
  const others = new Set<Address>();
  for (;;) {
    const tookMs = performance.now() - startedMs;
    for (const address of addresses(pid)) {
      const wasOpen = before.has(address);
      if (others.has(address) || (wasOpen && opensBySignal && tookMs < NEW_ONES_FIRST_MS)) continue;
      const url = await inspectorAt(address);
      if (typeof url === 'string') return { address, url, wasOpen };
      if (url === null) others.add(address);
    }
    if (!opensBySignal)
      throw notAttached(pid, 'it does not open its inspector when asked to (--disable-sigusr1)');
    if (tookMs > OPEN_WITHIN_MS) throw notAttached(pid, late());
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Whether nobody listens there any more, before long. */
export async function isClosed(pid: number, { address }: InspectorPort): Promise<boolean> {
  const untilMs = performance.now() + CLOSED_WITHIN_MS;
  while (await isListening(pid, address)) {
    if (performance.now() > untilMs) return false;
    await sleep(LOOK_AGAIN_MS);
  }
  return true;
}

async function isListening(pid: number, address: Address): Promise<boolean> {
  if (process.platform !== 'linux') return (await inspectorAt(address)) !== undefined;
  try {
    return addressesOf(pid).includes(address);
  } catch {
    // The process is gone, and all that it had open.
    return false;
  }
}

async function openBefore(pid: number): Promise<ReadonlySet<Address>> {
  const found = addresses(pid);
  if (process.platform === 'linux') return new Set(found);
  // There it is only known where the inspector would be.
  return (await inspectorAt(found[0]!)) === undefined ? new Set() : new Set(found);
}

function addresses(pid: number): Address[] {
  try {
    return addressesOf(pid);
  } catch (error) {
    throw notAttached(pid, problemOf(error as Error));
  }
}

function signal(pid: number): void {
  try {
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (error) {
    throw notAttached(pid, problemOf(error as Error));
  }
}

function late(): string {
  return (
    `its inspector did not open within ${OPEN_WITHIN_MS / 1_000} s: another process may have its port, it may ` +
    'listen to SIGUSR1 itself, or is held up outside of JavaScript, and opens it afterwards'
  );
}

/** The URL of the WebSocket; null where something else answers, undefined where nothing does. */
function inspectorAt(address: Address): Promise<string | null | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | null | undefined>();
  // An agent would keep the connection, and the inspector waits for the end of all of them.
  const request = get(`http://${address}/json/list`, { agent: false, timeout: ANSWER_WITHIN_MS });
  request.on('timeout', () => request.destroy(new Error('It does not answer.')));
  request.on('error', ({ code }: NodeJS.ErrnoException) => {
    resolve(code?.startsWith('HPE_') ? null : undefined);
  });
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > MOST_CHARACTERS) request.destroy();
    });
    response.on('close', () => resolve(socketIn(text)));
  });
  return promise;
}

function socketIn(text: string): string | null {
  try {
    const [target] = JSON.parse(text) as readonly { type?: string; webSocketDebuggerUrl?: string }[];
    return (target?.type === 'node' && target.webSocketDebuggerUrl) || null;
  } catch {
    return null;
  }
}
