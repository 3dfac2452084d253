/**
 * `node --import cogscope/register bot.js`: each discord.js client that logs in gets a profiler, in a bot whose
 * code says nothing of it. Until a client logs in, this file and what it imports are all that is loaded.
 */
import { createRequire } from 'node:module';
import { isDisabled } from './register/disabled.ts';
import { watchLogins } from './register/logins.ts';

type Install = typeof import('./register/install.ts');

const require = createRequire(import.meta.url);
const shared = globalThis as { [clients: symbol]: WeakSet<object> | undefined };

if (!isDisabled(process.env)) {
  watchLogins((client) => {
    // The bot's own code has made a profiler for it.
    if (shared[Symbol.for('cogscope.clients')]?.has(client)) return;
    // `import()` would be too late: the profiler must be there when login goes on.
    const { install } = require('./register/install.js') as Install;
    install(client);
  });
}
