import { subscribe as subscribeTo, unsubscribe } from 'node:diagnostics_channel';

/**
 * Listens to channels, by their names. What a handler throws is swallowed: Node would hand it to the process.
 * @returns what ends it
 */
export function subscribe<Message>(
  handlers: Readonly<Record<string, (message: Message) => void>>,
): Disposable {
  const listeners = Object.entries(handlers).map(([channel, handle]) => {
    const listener = (message: unknown) => {
      try {
        handle(message as Message);
      } catch {
        // A library may publish something else in another version.
      }
    };
    subscribeTo(channel, listener);
    return { channel, listener };
  });
  return {
    [Symbol.dispose]: () => {
      for (const { channel, listener } of listeners) unsubscribe(channel, listener);
    },
  };
}
