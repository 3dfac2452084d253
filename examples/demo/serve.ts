import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StandIn } from '../../test/standin/standin.ts';
import { live } from './crowd.ts';
import type { LocalOptions } from './local.ts';
import { PageServer } from './page/server.ts';

/** Where the page begins: the crowd talks in the first channel, and would carry everything away there. */
const HOME = 'profiler';
/** The Discord that looks well on the page. */
export const PAGE_DISCORD = { channels: ['general', HOME], botName: 'jazzbot' } satisfies LocalOptions;
const MEMBERS = 3;
/** Ten seconds between two acts of a person: the figures change, and the fan stays quiet. */
const SLOWNESS = 7;

/** Shows the local Discord on a page, with the crowd living on, until Ctrl+C. */
export async function serve(
  discord: StandIn,
  { port, isToOpen }: { port: number | undefined; isToOpen: boolean },
): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await using page = await startPage(discord, port);
  console.log(`You are its owner, here:\n\n  ${page.url}\n\nEnd it with Ctrl+C.`);
  if (isToOpen) openBrowser(page.url);
  const end = new AbortController();
  try {
    await Promise.race([stopped, live(discord, end.signal, SLOWNESS)]);
  } finally {
    end.abort();
  }
}

/** @param port default: any that is free */
export async function startPage(discord: StandIn, port?: number): Promise<PageServer> {
  const { id } = await discord.command('profiler');
  const hint = [
    `Type or tap </profiler help:${id}> to begin. You own this bot.`,
    `-# ${discord.users.length} people use it in <#${discord.channel('general').id}>. Nothing is timed until you say so.`,
  ].join('\n');
  const members = discord.users.slice(0, MEMBERS);
  try {
    return await PageServer.start({ discord, port, members, home: HOME, hint });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`The port ${port} is taken: choose another with --port.`, { cause: error });
  }
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Where that fails, the address is on the screen. */
function openBrowser(url: string): void {
  const [command = '', ...before] = OPENERS[process.platform] ?? ['xdg-open'];
  const opener = spawn(command, [...before, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}
