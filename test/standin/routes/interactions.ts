import { refuse } from '../api-error.ts';
import type { ApiRequest } from '../rest.ts';
import type { ApiRoute, Services } from '../services.ts';

const base = '/webhooks/:application/:token';

export const interactionRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/interactions/:id/:token/callback',
    open: true,
    handle: ({ params, body, files, query }, { interactions }) => {
      const answer = interactions.respond(params['id']!, params['token']!, body, files);
      return query.get('with_response') === 'true' ? answer : undefined;
    },
  },
  {
    method: 'POST',
    path: base,
    open: true,
    handle: (request, services) =>
      services.interactions.followUp(tokenOf(request, services), request.body, request.files).data,
  },
  {
    method: 'GET',
    path: `${base}/messages/:message`,
    open: true,
    handle: (request, services) =>
      services.interactions.message(tokenOf(request, services), request.params['message']!).data,
  },
  {
    method: 'PATCH',
    path: `${base}/messages/:message`,
    open: true,
    handle: (request, services) => {
      const { params, body, files } = request;
      const token = tokenOf(request, services);
      return params['message'] === '@original'
        ? services.interactions.editOriginal(token, body, files).data
        : services.interactions.edit(token, params['message']!, body, files).data;
    },
  },
  {
    method: 'DELETE',
    path: `${base}/messages/:message`,
    open: true,
    handle: (request, services) =>
      services.interactions.delete(tokenOf(request, services), request.params['message']!),
  },
];

function tokenOf({ params }: ApiRequest, { world }: Services): string {
  if (params['application'] !== world.bot.id) throw refuse('unknownWebhook');
  return params['token']!;
}
