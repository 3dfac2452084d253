import { refuse } from '../api-error.ts';
import { Answer, type ApiRequest } from '../rest.ts';
import type { ApiRoute, Services } from '../services.ts';
import type { Fields } from '../validate/schema.ts';

/** The same endpoints exist for global commands and for a guild's. */
const scopes = ['/applications/:application/commands', '/applications/:application/guilds/:guild/commands'];

export const commandRoutes: readonly ApiRoute[] = scopes.flatMap((base): ApiRoute[] => [
  {
    method: 'GET',
    path: base,
    handle: (request, services) => services.commands.list(scopeOf(request, services)),
  },
  {
    method: 'PUT',
    path: base,
    handle: (request, services) => {
      const bodies: unknown = request.body;
      if (!Array.isArray(bodies)) {
        const error = { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType.' };
        throw refuse('invalidForm', { _errors: [error] });
      }
      return services.commands.replaceAll(scopeOf(request, services), bodies as Fields[]);
    },
  },
  {
    method: 'POST',
    path: base,
    handle: (request, services) => {
      const { command, created } = services.commands.upsert(scopeOf(request, services), request.body);
      return new Answer(created ? 201 : 200, command);
    },
  },
  {
    method: 'GET',
    path: `${base}/:command`,
    handle: (request, services) =>
      services.commands.get(scopeOf(request, services), request.params['command']!),
  },
  {
    method: 'PATCH',
    path: `${base}/:command`,
    handle: (request, services) =>
      services.commands.edit(scopeOf(request, services), request.params['command']!, request.body),
  },
  {
    method: 'DELETE',
    path: `${base}/:command`,
    handle: (request, services) =>
      services.commands.delete(scopeOf(request, services), request.params['command']!),
  },
]);

function scopeOf({ params }: ApiRequest, { world }: Services): string | undefined {
  if (params['application'] !== world.bot.id) throw refuse('unknownApplication');
  const guildId = params['guild'];
  if (guildId !== undefined && !world.guilds.has(guildId)) throw refuse('missingAccess');
  return guildId;
}
