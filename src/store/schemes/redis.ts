import { setTimeout as delay } from 'node:timers/promises';
import { ProfilerError } from '../../errors.ts';
import type { Scheme } from './scheme.ts';

const PACKAGE = '@keyv/redis';
/** Until the TCP connection stands. */
const CONNECT_TIMEOUT_MS = 3_000;
/** A connection on which nothing moved for so long is given up: a server that vanished says no goodbye. */
const SILENCE_MS = 30_000;
/** How long starting the bot waits for the first connection; without one, the calls fail until there is. */
const FIRST_CONNECTION_MS = 2_000;

/**
 * A Redis, through the `@keyv/redis` that the owner installed.
 *
 * The client is told neither to queue commands while it is offline nor to reconnect by itself: a timer of its own
 * would keep the process alive, and a queue of its own would grow. Instead each call connects if need be. So calls
 * fail at once while the server is gone, and the first one after its return succeeds.
 */
export function redisScheme(load = () => import('@keyv/redis')): Scheme {
  return {
    names: ['redis', 'rediss'],
    example: 'redis://localhost:6379',
    async open(uri) {
      const { default: KeyvRedis } = await load().catch((error: unknown) => {
        const problem = isMissing(error) ? `install it with \`npm install ${PACKAGE}\`` : String(error);
        throw new ProfilerError('STORE_UNAVAILABLE', PACKAGE, problem);
      });
      const storage = made(
        () =>
          new KeyvRedis(
            {
              url: uri,
              disableOfflineQueue: true,
              socket: {
                connectTimeout: CONNECT_TIMEOUT_MS,
                socketTimeout: SILENCE_MS,
                reconnectStrategy: false,
              },
            },
            { throwOnErrors: true },
          ),
      );
      const client = storage.client as RedisClient;
      // From here on until the Keyv over it listens, and after it does no more.
      storage.on('error', () => {});
      let underWay = false;
      let unrefed = false;
      // Only a socket that stands can be told, and one that is gone only once: it would collect listeners.
      const holdIfNeeded = () => {
        if (underWay && unrefed) client.ref();
        else if (!underWay && client.isReady) client.unref();
        else return;
        unrefed = !underWay;
      };
      let connecting: Promise<unknown> | undefined;
      const ready = async () => {
        if (client.isReady) return;
        // Calls that come together wait for one connection.
        connecting ??= client.connect().finally(() => {
          connecting = undefined;
          holdIfNeeded();
        });
        await connecting;
      };
      const connected = ready().catch(() => {});
      await Promise.race([connected, delay(FIRST_CONNECTION_MS, undefined, { ref: false })]);
      return {
        storage,
        label: 'Redis',
        shared: true,
        ready,
        hold: (isUnderWay) => {
          underWay = isUnderWay;
          holdIfNeeded();
        },
        close: async () => {
          if (client.isOpen) client.destroy();
        },
      };
    },
  };
}

/** What is used of the client of `@redis/client`. */
interface RedisClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  /** Closes the connection, and rejects what is not answered. */
  destroy(): void;
  ref(): void;
  unref(): void;
}

/** Says nothing of the URI, which may hold a password, as what the client throws may do. */
function made<T>(make: () => T): T {
  try {
    return make();
  } catch {
    throw new ProfilerError('STORE_UNAVAILABLE', 'Redis', 'its URI is not valid');
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(PACKAGE);
}
