import { ProfilerError } from '../../errors.ts';
import type { Profile } from '../profile.ts';
import { type InspectorPort, isClosed, openPort } from './inspector-port.ts';
import { type OutsideOptions, OutsideRecording } from './outside-recording.ts';
import { notAttached } from './process-check.ts';
import { RemoteSession } from './remote-session.ts';

/** What has come of it. */
export interface RecordedProcess {
  readonly profile: Profile;
  /** Whether its inspector was open before, for somebody else, and was left so. */
  readonly wasOpen: boolean;
}

/**
 * Records the CPU of another process of Node on this machine, which knows nothing of it. Its inspector is open
 * meanwhile, on loopback, where any user of the machine can have it run code; whatever happens here, it is closed again.
 * @throws ProfilerError NOT_ATTACHED
 */
export async function recordProcess(pid: number, options: OutsideOptions): Promise<RecordedProcess> {
  const port = await openPort(pid);
  let session: RemoteSession | undefined;
  try {
    session = await RemoteSession.connect(port.url);
    const profile = await new OutsideRecording(pid, session, options).make();
    return { profile, wasOpen: port.wasOpen };
  } catch (error) {
    throw error instanceof ProfilerError ? error : notAttached(pid, (error as Error).message);
  } finally {
    await leave(pid, port, session);
  }
}

async function leave(pid: number, port: InspectorPort, session: RemoteSession | undefined): Promise<void> {
  try {
    // The connection ends with it, before there is an answer.
    if (!port.wasOpen) await Promise.race([session?.evaluate('process._debugEnd()'), session?.closed]);
  } catch {
    // Whether it is closed is what counts.
  }
  await session?.close().catch(() => undefined);
  if (!port.wasOpen && !(await isClosed(pid, port))) {
    throw notAttached(pid, `its inspector may still be open, on ${port.address}`);
  }
}
