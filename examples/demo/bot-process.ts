import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSongServer } from './song-server.ts';

const BOT = fileURLToPath(new URL('./main.js', import.meta.url));

export interface BotProcess extends AsyncDisposable {
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Asks it to end. */
  stop(): void;
}

/** Starts the bot in a process of its own, and the slow server that it asks for songs. */
export async function startBot(env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const songs = await startSongServer();
  const bot = spawn(process.execPath, [BOT], {
    stdio: 'inherit',
    env: { ...process.env, DEMO_SONG_SERVER: songs.url, ...env },
  });
  const ended = once(bot, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    stop: () => void bot.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      bot.kill('SIGTERM');
      await ended;
      songs.stop();
    },
  };
}
