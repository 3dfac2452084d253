import type { Client, RESTOptions } from 'discord.js';
import type { RestCall } from '../../src/rest/call.ts';
import type { RestJoin } from '../../src/rest/origin.ts';
import { type RestObserver, RestWatch } from '../../src/rest/watch.ts';
import { connect } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';

/** Nobody is known. */
export const NOBODY: RestJoin = {
  running: () => undefined,
  interactionIn: () => undefined,
  pathOfToken: () => undefined,
  isOurs: () => false,
};

/** Collects the requests that are over. */
export class Collector implements RestObserver {
  readonly calls: RestCall[] = [];
  readonly #isTraced: boolean;

  constructor(isTraced = false) {
    this.#isTraced = isTraced;
  }

  begun(call: RestCall): void {
    if (this.#isTraced) call.segments = [];
  }

  ended(call: RestCall): void {
    this.calls.push(call);
  }
}

/** A client whose REST manager is watched, with nothing else of the profiler. */
export async function startWatched(
  options: Partial<RESTOptions> = {},
  { isTraced = false, prepare = (_client: Client) => {} } = {},
) {
  const discord = await StandIn.start();
  const client = await connect(discord, { rest: options }, prepare);
  const watch = new RestWatch(NOBODY);
  const collector = new Collector(isTraced);
  watch.observe(collector);
  watch.start(client.rest);
  const channel = `/channels/${discord.channel().id}` as const;
  return {
    discord,
    client,
    watch,
    channel,
    messages: `${channel}/messages` as const,
    calls: collector.calls,
    say: (content: string, signal?: AbortSignal) =>
      client.rest.post(`${channel}/messages`, { body: { content }, ...(signal && { signal }) }),
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await client.destroy();
      await discord.stop();
    },
  };
}
