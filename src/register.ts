/**
 * `node --import cogscope/register bot.js`: each discord.js client that logs in gets a profiler, in a bot whose
 * code says nothing of it. Until a client logs in, this file and what it imports are all that is loaded; where the
 * start is to be recorded, what does that as well.
 */
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { isDisabled } from './register/disabled.ts';
import { watchLogins } from './register/logins.ts';

type Install = typeof import('./register/install.ts');
type Startup = typeof import('./register/startup.ts');

const require = createRequire(import.meta.url);
const shared = globalThis as { [clients: symbol]: WeakSet<object> | undefined };

if (!isDisabled(process.env)) {
  const startup = beginStartup();
  watchLogins((client) => {
    // The bot's own code has made a profiler for it.
    if (shared[Symbol.for('cogscope.clients')]?.has(client)) {
      // Of another copy of this package, it has not taken this over.
      startup?.giveUpStartup();
      return;
    }
    // `import()` would be too late: the profiler must be there when login goes on.
    const { install } = require('./register/install.js') as Install;
    try {
      install(client);
    } finally {
      // There may be none, as where the configuration is wrong.
      startup?.giveUpStartup();
    }
  });
}

/** Only the main thread can be held until its recording has begun. */
function beginStartup(): Startup | undefined {
  if (!isMainThread || !process.env['COGSCOPE_RECORD_STARTUP']) return undefined;
  try {
    const startup = require('./register/startup.js') as Startup;
    startup.begin();
    return startup;
  } catch {
    // The profiler, which has the same option, begins later, or says why not.
    return undefined;
  }
}
