import type { CommandStore } from './command-store.ts';
import type { Gateway } from './gateway.ts';
import type { Interactions } from './interactions.ts';
import type { Messages } from './messages.ts';
import type { Route } from './rest.ts';
import type { World } from './state.ts';

/** What routes and user actions work with. */
export interface Services {
  world: World;
  gateway: Gateway;
  messages: Messages;
  interactions: Interactions;
  commands: CommandStore;
  /** `http://127.0.0.1:port` and `ws://127.0.0.1:port`. */
  origin: () => string;
  gatewayUrl: () => string;
  shards: number;
}

export type ApiRoute = Route<Services>;
