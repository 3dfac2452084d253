import { createBot, deployCommands } from './bot.js';

const token = process.env.DISCORD_TOKEN;
const api = process.env.DEMO_DISCORD_API;

const { client, profiler } = await createBot(api ? { rest: { api, version: '10' } } : {});
await deployCommands(client, token);
await client.login(token);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await profiler.destroy();
    await client.destroy();
    process.exit(0);
  });
}
