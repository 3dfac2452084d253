import { Client, Routes } from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';

/** A bot whose requests are answered at once, in the process, so that nothing but their way through it takes time. */

const AT_ONCE = 50;
const IN_A_ROUND = 5_000;
const CHANNEL_ID = '1573640915195527168';
const ANSWERED_HERE = /\/(typing|messages)(\/|\?|$)/;

let client: Client | undefined;
let profiler: import('cogscope').Profiler | undefined;
let sent = 0;
let lastToken = 0;

const api = {
  async logIn(apiUrl: string, token: string, isInstalled: boolean): Promise<void> {
    client = new Client({
      intents: ['Guilds'],
      rest: {
        api: apiUrl,
        // Else it waits for the next second after 50.
        globalRequestsPerSecond: Number.MAX_SAFE_INTEGER,
        makeRequest: async (url, init) =>
          ANSWERED_HERE.test(url) ? new Response(null, { status: 204 }) : fetch(url, init as object),
      },
    });
    if (isInstalled) {
      const { Profiler } = await import('cogscope');
      profiler = new Profiler(client);
    }
    const ready = new Promise((resolve) => client!.once('clientReady', resolve));
    await client.login(token);
    await ready;
  },

  /** Requests one after the other. Nanoseconds of CPU time for each. */
  inTurn: () =>
    round(async () => {
      for (let at = 0; at < IN_A_ROUND; at++) await send(Routes.channelTyping(CHANNEL_ID));
    }),

  /** Requests that wait for each other in one bucket. */
  atOnce: () =>
    round(async () => {
      for (let at = 0; at < IN_A_ROUND; at += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => send(Routes.channelTyping(CHANNEL_ID))));
      }
    }),

  /** Answers to interactions: each is the first in a bucket of its own. */
  answers: () =>
    round(async () => {
      for (let at = 0; at < IN_A_ROUND; at++) {
        await client!.rest.patch(Routes.webhookMessage(CHANNEL_ID, `token-${lastToken++}`), { auth: false });
      }
      // The manager does it once an hour.
      client!.rest.handlers.clear();
    }),

  /** Throws unless each request was counted: the comparison would be worth nothing. */
  async check(): Promise<void> {
    if (profiler === undefined) return;
    const { routes } = await profiler.rest();
    const counted = routes.reduce((sum, { count }) => sum + count, 0);
    if (counted !== sent) throw new Error(`${counted} of ${sent} were counted.`);
  },
};
export type RestProcess = typeof api;
serve(api);

function send(route: `/${string}`): Promise<unknown> {
  return client!.rest.post(route);
}

async function round(run: () => Promise<void>): Promise<number> {
  const startNs = cpuTimeNs();
  await run();
  sent += IN_A_ROUND;
  return (cpuTimeNs() - startNs) / IN_A_ROUND;
}
