import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startSongServer } from '../../examples/demo/song-server.ts';
import { StandIn } from '../../test/standin/standin.ts';
import type { DemoBotApi } from '../processes/demo-bot.ts';

const BOT = fileURLToPath(new URL('../processes/demo-bot.ts', import.meta.url));
const PEOPLE = 50;
const WAIT_MS = 30_000;

/** A demo's bot on a local Discord of its own, however it was started, and a line to it. */
export class DemoBot implements AsyncDisposable {
  readonly discord: StandIn;
  /** Where it was started, and what is written. It is removed in the end. */
  readonly folder: string;
  /** The tool that has started it, or the bot itself, has ended. */
  readonly ended: Promise<void>;
  readonly #songs: { stop(): void };
  readonly #server: Server;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(
    discord: StandIn,
    folder: string,
    ended: Promise<void>,
    songs: { stop(): void },
    server: Server,
    socket: Socket,
  ) {
    this.discord = discord;
    this.folder = folder;
    this.ended = ended;
    this.#songs = songs;
    this.#server = server;
    this.#socket = socket;
    this.#reader = createInterface(socket);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @param command from the file of the bot to the arguments of Node */
  static async start(command: (bot: string) => readonly string[]): Promise<DemoBot> {
    const discord = await StandIn.start({
      users: PEOPLE,
      guilds: [{ name: 'Jazz Club' }],
      waitMs: WAIT_MS,
    });
    const songs = await startSongServer();
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const folder = mkdtempSync(join(tmpdir(), 'cogscope-bench-'));
    const child = spawn(process.execPath, [...command(BOT)], {
      cwd: folder,
      stdio: 'ignore',
      env: {
        ...process.env,
        // Tools start `node`, and are to start the one that runs this.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
        DISCORD_TOKEN: discord.token,
        DEMO_DISCORD_API: discord.restUrl,
        DEMO_SONG_SERVER: songs.url,
        DEMO_CONTROL_PORT: String((server.address() as { port: number }).port),
      },
    });
    const ended = once(child, 'exit').then(() => undefined);
    const died = ended.then(() => Promise.reject(new Error('The bot has ended before it was ready.')));
    died.catch(() => undefined);
    const [socket] = (await Promise.race([once(server, 'connection'), died])) as [Socket];
    await discord.command('rank');
    return new DemoBot(discord, folder, ended, songs, server, socket);
  }

  /** One call at a time. Rejects with what was thrown there. */
  async call<Name extends keyof DemoBotApi>(
    name: Name,
    argument = '',
  ): Promise<Awaited<ReturnType<DemoBotApi[Name]>>> {
    this.#socket.write(`${JSON.stringify({ name, argument })}\n`);
    const { value = '{"error":"The bot has ended."}' } = await this.#lines.next();
    const answer = JSON.parse(value) as { result: Awaited<ReturnType<DemoBotApi[Name]>> } | { error: string };
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Without its line to here, the bot ends.
    this.#socket.destroy();
    await this.ended;
    this.#reader.close();
    this.#server.close();
    this.#songs.stop();
    await this.discord[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
