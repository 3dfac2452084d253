import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilerError } from '../../errors.ts';
import type { Profile } from '../profile.ts';
import { CONSOLE, type OutsideOptions, OutsideRecording } from './outside-recording.ts';
import { notAttached } from './process-check.ts';
import { RemoteSession } from './remote-session.ts';
import type { Target } from './target.ts';

/**
 * On a port that is free, of loopback; it waits there until it is told to begin. It is in the environment, as processes
 * are started by default with the arguments of their parent, and would wait for nobody.
 */
const WAITING = '--inspect-wait=127.0.0.1:0';
const LISTENING = /^Debugger listening on (ws:\/\/\S+)$/;
/** What Node writes of its inspector, which is nothing of the program's. */
const OF_INSPECTOR =
  /^(Debugger (listening on|attached\.|ending on)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect\.\.\.)/;
const READY_WITHIN_MS = 10_000;
/** Exit codes from here on tell of signals. */
const BY_SIGNAL = 128;
/**
 * What it does when it ends by itself, as it runs nothing for others any more then: V8 writes out what it has begun last.
 */
const ENDS = 'cogscopeEndsTheRecording';
const AT_ITS_END = `process.once('exit', function ${ENDS}() { ${CONSOLE}.profileEnd(''); })`;
const NOT_AT_ITS_END = `process.off('exit', process.listeners('exit').find(({ name }) => name === '${ENDS}') ?? (() => 0))`;

export interface ProgramOptions extends Omit<OutsideOptions, 'waiting'> {
  /** What it writes to its standard error, line by line. */
  complained(line: string): void;
}

/** A program of Node's, started to be recorded. */
export interface RecordedProgram {
  readonly profile: Profile;
  /** Whether it was still there when its recording was over: it goes on. */
  readonly goesOn: boolean;
  /** Fulfils once the process is gone, with its exit code; as in shells, 128 and its number where a signal ended it. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program with the Node that runs this, and records its CPU from before its first line on. Its inspector is
 * open on loopback until the recording is over.
 * @param program its file, and what it is passed
 * @throws ProfilerError NOT_ATTACHED: it has been ended then
 */
export async function recordProgram(
  program: readonly string[],
  { complained, ...options }: ProgramOptions,
): Promise<RecordedProgram> {
  const { NODE_OPTIONS: before } = process.env;
  const child = spawn(process.execPath, program, {
    stdio: ['inherit', 'inherit', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: before === undefined ? WAITING : `${before} ${WAITING}` },
  });
  const ended = once(child, 'close').then(([code, signal]) => (code as number | null) ?? codeOf(signal));
  const pid = child.pid ?? 0;
  const opened = Promise.withResolvers<string>();
  createInterface(child.stderr).on('line', (line) => {
    const url = LISTENING.exec(line)?.[1];
    if (url !== undefined) opened.resolve(url);
    if (!OF_INSPECTOR.test(line)) complained(line);
  });
  let session: RemoteSession | undefined;
  try {
    const late = sleep(READY_WITHIN_MS, undefined, { ref: false }).then(() => undefined);
    const url = await Promise.race([opened.promise, ended, late]);
    if (typeof url !== 'string') throw notAttached(pid, 'it did not begin');
    session = await RemoteSession.connect(url);
    const begin = async (there: RemoteSession) => {
      const name = 'process.env.NODE_OPTIONS';
      await there.evaluate(before === undefined ? `delete ${name}` : `${name} = ${JSON.stringify(before)}`);
      await there.evaluate(AT_ITS_END);
      await there.post('Runtime.runIfWaitingForDebugger');
    };
    const waiting = { target: targetOf(pid, program[0]!), begin };
    const recording = new OutsideRecording(pid, session, { ...options, waiting });
    const profile = await recording.make();
    const goesOn = !recording.isGone;
    if (goesOn) await leave(session);
    return { profile, goesOn, ended, kill: (signal) => void child.kill(signal) };
  } catch (error) {
    child.kill();
    throw error instanceof ProfilerError ? error : notAttached(pid, (error as Error).message);
  } finally {
    // One that has ended waits for that.
    await session?.close().catch(() => undefined);
  }
}

function codeOf(signal: NodeJS.Signals): number {
  return BY_SIGNAL + constants.signals[signal];
}

/** It goes on as if it had never been recorded. */
async function leave(session: RemoteSession): Promise<void> {
  try {
    await session.evaluate(NOT_AT_ITS_END);
    // The connection ends with it, before there is an answer.
    await Promise.race([session.evaluate('process._debugEnd()'), session.closed]);
  } catch {
    // It has ended just now.
  }
}

function targetOf(pid: number, file: string): Target {
  return {
    pid,
    nodeVersion: process.version,
    file: resolve(file),
    folder: '',
    heapBytes: 0,
    isCounted: process.env['NODE_V8_COVERAGE'] !== undefined,
    // Those that are not there are not found.
    hasMaps: true,
    isRecent: true,
  };
}
