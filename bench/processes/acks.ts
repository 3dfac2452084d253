import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client, Events, Routes } from 'discord.js';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';

/** A bot whose requests are answered at once, in the process, so that nothing but their way through it takes time. */

const AT_ONCE = 50;
const IN_A_ROUND = 5_000;
const CHANNEL_ID = '1573640915195527168';
const ANSWERED_HERE = /\/(callback|typing)(\?|$)/;

/** Private in discord.js: what a frame of the gateway ends in. */
interface WithActions {
  readonly actions: { readonly InteractionCreate: { handle(data: object): void } };
}

let client: Client | undefined;
let profiler: import('cogscope').Profiler | undefined;
let acknowledged = 0;
/** Beyond what the local Discord gives out itself. */
let lastId = 2_000_000_000_000_000_000n;

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
    client.on(Events.InteractionCreate, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      acknowledged++;
    });
    if (isInstalled) {
      const { Profiler } = await import('cogscope');
      profiler = new Profiler(client);
    }
    const ready = new Promise((resolve) => client!.once(Events.ClientReady, resolve));
    await client.login(token);
    await ready;
  },

  /** Commands that the bot acknowledges. Nanoseconds of CPU time for each. */
  async commands(): Promise<number> {
    const { InteractionCreate } = (client as unknown as WithActions).actions;
    const before = acknowledged;
    const all = Array.from({ length: IN_A_ROUND }, interaction);
    const startNs = cpuTimeNs();
    for (let at = 0; at < all.length; ) {
      for (const end = at + AT_ONCE; at < end; at++) InteractionCreate.handle(all[at]!);
      while (acknowledged - before < at) await nextTurn();
    }
    return (cpuTimeNs() - startNs) / IN_A_ROUND;
  },

  /** Requests that acknowledge nothing. Nanoseconds of CPU time for each. */
  async requests(): Promise<number> {
    const startNs = cpuTimeNs();
    for (let at = 0; at < IN_A_ROUND; at++) await client!.rest.post(Routes.channelTyping(CHANNEL_ID));
    return (cpuTimeNs() - startNs) / IN_A_ROUND;
  },

  /** Throws unless each command was counted: the comparison would be worth nothing. */
  async check(): Promise<void> {
    if (profiler === undefined) return;
    const [row] = (await profiler.deadlines()).rows;
    if (row?.acknowledged !== acknowledged)
      throw new Error(`${row?.acknowledged} of ${acknowledged} were counted.`);
  },
};
export type AcksProcess = typeof api;
serve(api);

function interaction(): object {
  const id = String(++lastId);
  return {
    id,
    application_id: client!.user!.id,
    type: 2,
    token: `token-of-${id}`,
    version: 1,
    data: { id: '1', name: 'queue', type: 1, options: [{ type: 1, name: 'add', options: [] }] },
    channel_id: CHANNEL_ID,
    user: { id: '80351110224678912', username: 'alice', discriminator: '0', avatar: null },
    locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: {},
    attachment_size_limit: 1,
  };
}
