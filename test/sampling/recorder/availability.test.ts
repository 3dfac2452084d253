import { once } from 'node:events';
import type * as inspector from 'node:inspector';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openInspector } from '../../../src/sampling/recorder/availability.ts';
import { profilerAlone, spin } from '../../fixtures/recording.ts';

const MISSING = 'Nothing can be recorded: this Node was built without its inspector';

/** Node's module, as it is where somebody can connect to this address. */
function listeningAt(url: string | undefined): typeof inspector {
  return { ...process.getBuiltinModule('node:inspector'), url: () => url };
}

test('of a Node that was built without its inspector, that is what is said', () => {
  // It depends on the version which of the two happens.
  const failing = () => {
    throw new Error('No such built-in module: node:inspector');
  };
  for (const load of [failing, () => undefined]) {
    expect(() => openInspector(load)).toThrow(expect.objectContaining({ code: 'RECORDING_UNAVAILABLE' }));
    expect(() => openInspector(load)).toThrow(MISSING);
  }
});

test('where there is none, a recording does not begin, and nothing is in the way of the next', async () => {
  const profiler = profilerAlone();
  const getBuiltin = process.getBuiltinModule;
  const spy = vi
    .spyOn(process, 'getBuiltinModule')
    .mockImplementation(((name: string) =>
      name === 'node:inspector' ? undefined : getBuiltin(name)) as typeof process.getBuiltinModule);
  try {
    await expect(profiler.startRecording()).rejects.toThrow(MISSING);
  } finally {
    spy.mockRestore();
  }
  const { recording } = await profiler.profile(() => spin(50));
  expect(recording.samples).toBeGreaterThan(0);
}, 60_000);

// Which connections a process has, Linux alone tells.
test.runIf(process.platform === 'linux')(
  'somebody who is connected is in the way; a port that is only open is not',
  async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const load = () => listeningAt(`ws://127.0.0.1:${port}/0f2c936f`);
    expect(openInspector(load)).toHaveProperty('Session');
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await accepted;
    expect(() => openInspector(load)).toThrow(
      'Nothing can be recorded: a debugger is connected to this process, which makes it slower than it is',
    );
    // Without a port nobody can be.
    expect(openInspector(() => listeningAt(undefined))).toHaveProperty('Session');
  },
);
