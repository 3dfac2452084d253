import type { ApiRoute } from '../services.ts';
import { applicationRoutes } from './application.ts';
import { channelRoutes } from './channels.ts';
import { commandRoutes } from './commands.ts';
import { guildRoutes } from './guilds.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';

/** Every endpoint of the stand-in: a new one is one entry in one of these lists. */
export const routes: readonly ApiRoute[] = [
  ...applicationRoutes,
  ...guildRoutes,
  ...channelRoutes,
  ...messageRoutes,
  ...commandRoutes,
  ...interactionRoutes,
];
