import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Client, Collection, SlashCommandBuilder } from 'discord.js';
import { serve } from '../child.ts';

/** A large bot with the profiler, on the local Discord of the process that started it. */

const METHODS_A_COG = 50;
const CALLS = 40;

let delay: IntervalHistogram | undefined;

const api = {
  /** Logs in, with so many targets that are attached and have been called. */
  async logIn(apiUrl: string, token: string, targets: number): Promise<void> {
    const client = new Client({ intents: ['Guilds'], rest: { api: apiUrl } });
    const data = new SlashCommandBuilder().setName('rank').setDescription('How much somebody has written');
    const commands = new Collection([
      [
        'rank',
        { data, execute: (interaction: { reply(text: string): unknown }) => interaction.reply('1st') },
      ],
    ]);
    Object.assign(client, { commands });
    client.on('interactionCreate', async (interaction) => {
      if (interaction.isChatInputCommand()) await commands.get(interaction.commandName)?.execute(interaction);
    });
    const { Profiler } = await import(new URL('../../dist/index.js', import.meta.url).href);
    const profiler = new Profiler(client) as import('../../src/index.ts').Profiler;
    const ready = new Promise((resolve) => client.once('clientReady', resolve));
    await client.login(token);
    await ready;
    await client.application!.commands.create(data);
    const functions: (() => number)[] = [];
    for (let cog = 0; cog * METHODS_A_COG < targets; cog++) {
      const methods = Array.from(
        { length: METHODS_A_COG },
        (_, index) => [`method ${index}`, () => index] as const,
      );
      const holder: Record<string, () => number> = Object.fromEntries(methods);
      profiler.register(`cog ${cog}`, holder);
      functions.push(
        ...methods.map(
          ([name]) =>
            () =>
              holder[name]!(),
        ),
      );
    }
    profiler.attach('all');
    for (let call = 0; call < CALLS; call++) for (const run of functions) run();
  },

  /** From now on, how long the event loop does not turn is measured. */
  watch(): void {
    delay ??= monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    delay.reset();
  },

  /** The longest time since `watch`, in ms. */
  longestHoldMs(): number {
    return delay!.max / 1e6;
  },
};
export type AnsweringBot = typeof api;
serve(api);
