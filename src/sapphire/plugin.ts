import { Profiler } from '../profiler.ts';

/** What is needed of Sapphire, which loads one copy of itself for `import` and another for `require`. */
export type Sapphire = Pick<typeof import('@sapphire/framework'), 'SapphireClient' | 'container'>;

const HOOK = 'Cogscope-PostInitialization';

/**
 * From now on each client of this copy of Sapphire has a profiler as soon as it is created: `container.profiler`,
 * with the client's option `profiler`. Sapphire has no hook for a client's end: who goes on without it calls
 * `container.profiler.destroy()`.
 */
export function registerPlugin({ SapphireClient, container }: Sapphire): void {
  const { plugins } = SapphireClient;
  if ([...plugins.values()].some(({ name }) => name === HOOK)) return;
  const logger = { warn: (message: string) => container.logger.warn(`[cogscope] ${message}`) };
  plugins.registerPostInitializationHook(function (options) {
    container.profiler = new Profiler(this, { logger, ...options.profiler });
  }, HOOK);
}
