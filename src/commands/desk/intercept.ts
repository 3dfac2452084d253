import type { Client, Interaction } from 'discord.js';
import { COMMAND_NAME } from '../../frameworks/interactions.ts';

/** Every custom id of ours begins with this. */
export const CUSTOM_ID_PREFIX = 'cogscope:';

interface Handlers {
  ready(): void;
  /** An interaction with `/profiler`: nobody else sees it. */
  ours(interaction: Interaction): void;
  /** Any other, before the listeners of the bot are called. Must not throw. */
  others(interaction: unknown): void;
  /** A message, before the listeners of the bot are called. Must not throw. */
  message(message: unknown): void;
}

/**
 * Takes our own interactions out of the client's events before its listeners are called, and tells when the
 * client is ready. So no dispatcher of any framework sees a command or button that it does not know, answers it
 * or logs an error, and nothing of ours is among the listeners of the bot.
 *
 * @returns the undo; where another tool has wrapped `emit` over ours, that only passes everything on afterwards
 */
export function interceptEvents(client: Client, handlers: Handlers): () => void {
  const own = Object.getOwnPropertyDescriptor(client, 'emit');
  const emit = client.emit;
  let active = true;
  // Every event of the bot comes through here: `arguments` is passed on without a copy of it being made.
  const intercepting = function (this: unknown, event: string | symbol, subject: unknown): unknown {
    if (active && event === 'interactionCreate') {
      if (isOurs(subject)) {
        handlers.ours(subject);
        return true;
      }
      handlers.others(subject);
    } else if (active && event === 'messageCreate') handlers.message(subject);
    // biome-ignore lint/complexity/noArguments: see above.
    const result: unknown = Reflect.apply(emit, this, arguments);
    // Until discord.js 14.22 the event was called `ready`; later versions emit both.
    if (active && (event === 'clientReady' || event === 'ready')) handlers.ready();
    return result;
  };
  Object.defineProperty(client, 'emit', {
    value: intercepting,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return () => {
    active = false;
    if (Object.getOwnPropertyDescriptor(client, 'emit')?.value !== intercepting) return;
    if (own === undefined) Reflect.deleteProperty(client, 'emit');
    else Object.defineProperty(client, 'emit', own);
  };
}

function isOurs(value: unknown): value is Interaction {
  const interaction = value as { commandName?: unknown; customId?: unknown } | undefined;
  return (
    interaction?.commandName === COMMAND_NAME ||
    (typeof interaction?.customId === 'string' && interaction.customId.startsWith(CUSTOM_ID_PREFIX))
  );
}
