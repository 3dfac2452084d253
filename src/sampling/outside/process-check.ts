import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { ProfilerError } from '../../errors.ts';

const NODE = /^node/i;
/** The thread in which Node waits for the signal, whatever the executable is called. */
const WAITING_THREAD = 'SignalInspector';

const ANOTHER_USER = 'it belongs to another user';

/**
 * Looks at a process before it is touched: the signal that opens Node's inspector ends other programs.
 * @returns whether that signal opens it
 * @throws ProfilerError NOT_ATTACHED
 */
export async function checkProcess(pid: number): Promise<boolean> {
  if (pid === process.pid) throw notAttached(pid, 'it is this one');
  try {
    process.kill(pid, 0);
    if (process.platform === 'linux') return checkOnLinux(pid);
    // Windows knows no signals: there Node asks a process for what other programs do not have.
    if (process.platform !== 'win32') await checkByName(pid);
    return true;
  } catch (error) {
    throw error instanceof ProfilerError ? error : notAttached(pid, problemOf(error as Error));
  }
}

export function notAttached(pid: number, problem: string): ProfilerError {
  return new ProfilerError('NOT_ATTACHED', pid, problem);
}

/** Why the system refuses. */
export function problemOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ESRCH' || code === 'ENOENT') return 'it is not there';
  return code === 'EPERM' || code === 'EACCES' ? ANOTHER_USER : message;
}

function checkOnLinux(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  if (field('State') === 'Z') throw notAttached(pid, 'it has ended');
  if (/^[Tt]/.test(field('State'))) throw notAttached(pid, 'it is stopped, by a signal or a debugger');
  if (!isNode(pid)) throw notAttached(pid, 'it is no process of Node');
  if (readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net')) {
    throw notAttached(pid, 'it is in a container with a network of its own: attach from within');
  }
  return (
    isSet(field('SigCgt'), constants.signals.SIGUSR1) && !isSet(field('SigBlk'), constants.signals.SIGUSR1)
  );
}

function isNode(pid: number): boolean {
  if (NODE.test(basename(readlinkSync(`/proc/${pid}/exe`)))) return true;
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.some((id) => readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim() === WAITING_THREAD);
}

/** @param mask of signals, as hexadecimal digits */
function isSet(mask: string, signal: number): boolean {
  return (BigInt(`0x${mask || '0'}`) >> BigInt(signal - 1)) % 2n === 1n;
}

async function checkByName(pid: number): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']);
  if (!NODE.test(basename(stdout.trim()))) throw notAttached(pid, 'it is no process of Node');
}
