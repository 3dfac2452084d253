/**
 * The bot of the demo, started by this or by a tool that profiles it. What is asked of it comes over a socket, as a tool
 * that starts it leaves no other channel; the requests are lines of JSON.
 */
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { createBot, deployCommands } from '../../examples/demo/bot.js';
import { cpuTimeNs, threadCpuTimeNs } from '../cpu-time.ts';
import { startV8Profiler } from '../v8-profiler.ts';

const LONGEST_RECORDING_MS = 300_000;

const { DISCORD_TOKEN: token = '', DEMO_DISCORD_API: api = '', DEMO_CONTROL_PORT } = process.env;
const { client, profiler } = await createBot({ rest: { api, version: '10' } });
let recording: Awaited<ReturnType<typeof profiler.startRecording>> | undefined;
let id = '';

const API = {
  pid: () => process.pid,
  /** Spent so far, by all threads and by the one with the loop. */
  cpuNs: () => ({ all: cpuTimeNs(), loop: threadCpuTimeNs() }),
  attach() {
    profiler.attach('all');
  },
  async sampleByV8() {
    profiler.attach('all');
    await startV8Profiler();
  },
  async record() {
    profiler.attach('all');
    recording = await profiler.startRecording({ durationMs: LONGEST_RECORDING_MS });
  },
  /** Ends the recording, and writes its flame graph. */
  async picture(path: string) {
    id = (await recording!.stop()).id;
    await writeFile(path, await profiler.export(id, 'flamegraph'));
  },
  async text(format: string) {
    return Buffer.from(await profiler.export(id, format as 'collapsed')).toString();
  },
  end: () => setImmediate(() => process.exit()),
} as const satisfies Record<string, (argument: string) => unknown>;
export type DemoBotApi = typeof API;

await deployCommands(client, token);
const isReady = new Promise((resolve) => client.once('clientReady', resolve));
await client.login(token);
await isReady;

const socket = connect(Number(DEMO_CONTROL_PORT), '127.0.0.1');
socket.on('close', () => process.exit());
for await (const line of createInterface(socket)) {
  const { name, argument } = JSON.parse(line) as { name: keyof DemoBotApi; argument: string };
  try {
    const result = name === 'end' ? API.end() && undefined : await API[name](argument);
    socket.write(`${JSON.stringify({ result })}\n`);
  } catch (error) {
    socket.write(`${JSON.stringify({ error: String((error as Error).stack ?? error) })}\n`);
  }
}
