import { refuse } from '../api-error.ts';
import { applicationPayload } from '../payloads.ts';
import { Answer } from '../rest.ts';
import type { ApiRoute } from '../services.ts';
import { userOf } from './lookup.ts';

export const applicationRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/gateway',
    open: true,
    handle: (_, { gatewayUrl }) => ({ url: gatewayUrl() }),
  },
  {
    method: 'GET',
    path: '/gateway/bot',
    handle: (_, { gatewayUrl, shards }) => ({
      url: gatewayUrl(),
      shards,
      session_start_limit: { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 16 },
    }),
  },
  { method: 'GET', path: '/applications/@me', handle: (_, { world }) => applicationPayload(world) },
  { method: 'GET', path: '/oauth2/applications/@me', handle: (_, { world }) => applicationPayload(world) },
  { method: 'GET', path: '/users/@me', handle: (_, { world }) => world.bot },
  { method: 'GET', path: '/users/:user', handle: userOf },
  {
    method: 'POST',
    path: '/users/@me/channels',
    handle: ({ body }, { world }) => {
      const user = world.users.get(String(body['recipient_id']));
      if (user === undefined) throw refuse('unknownUser');
      if (user.bot === true) throw refuse('cannotMessageUser');
      return world.directChannel(user);
    },
  },
  {
    method: 'GET',
    path: '/cdn/attachments/:channel/:id/:name',
    open: true,
    handle: ({ params }, { world }) => {
      const upload = world.uploads.get(params['id'] ?? '');
      if (upload === undefined)
        return new Answer(404, Buffer.from('This content is no longer available.'), 'text/plain');
      return new Answer(200, upload.bytes, upload.contentType);
    },
  },
];
