import type { APIApplicationCommand } from 'discord.js';
import { refuse } from './api-error.ts';
import type { World } from './state.ts';
import { checkCommand, checkCommands } from './validate/command.ts';
import { limits } from './validate/limits.ts';
import type { Fields } from './validate/schema.ts';

const CHAT_INPUT = 1;

/** The application's commands: global ones and each guild's. */
export class CommandStore {
  readonly #scopes = new Map<string, Map<string, APIApplicationCommand>>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  list(guildId: string | undefined): APIApplicationCommand[] {
    return [...this.#scope(guildId).values()];
  }

  /** What a user can run here: a guild's own commands hide global ones of the same name. */
  visibleIn(guildId: string | undefined): APIApplicationCommand[] {
    const global = this.list(undefined);
    if (guildId === undefined) return global;
    const own = this.list(guildId);
    const key = (command: APIApplicationCommand) => `${command.type} ${command.name}`;
    const names = new Set(own.map(key));
    return [...own, ...global.filter((command) => !names.has(key(command)))];
  }

  get(guildId: string | undefined, id: string): APIApplicationCommand {
    const command = this.#scope(guildId).get(id);
    if (command === undefined) throw refuse('unknownCommand');
    return command;
  }

  /** Creates a command or overwrites the one with its name and type. */
  upsert(guildId: string | undefined, body: Fields): { command: APIApplicationCommand; created: boolean } {
    checkCommand(body);
    const scope = this.#scope(guildId);
    const type = Number(body['type'] ?? CHAT_INPUT);
    const known = [...scope.values()].find((one) => one.name === body['name'] && one.type === type);
    if (known === undefined) this.#checkRoom([...scope.values(), { type }], type);
    const command = this.#build(guildId, body, known?.id);
    scope.set(command.id, command);
    return { command, created: known === undefined };
  }

  edit(guildId: string | undefined, id: string, body: Fields): APIApplicationCommand {
    const merged = { ...this.get(guildId, id), ...body } as unknown as Fields;
    checkCommand(merged);
    const command = this.#build(guildId, merged, id);
    this.#scope(guildId).set(id, command);
    return command;
  }

  replaceAll(guildId: string | undefined, bodies: readonly Fields[]): APIApplicationCommand[] {
    checkCommands(bodies);
    for (const type of [1, 2, 3]) this.#checkRoom(bodies, type);
    const before = this.list(guildId);
    const commands = bodies.map((body) => {
      const type = Number(body['type'] ?? CHAT_INPUT);
      const known = before.find((one) => one.name === body['name'] && one.type === type);
      return this.#build(guildId, body, known?.id);
    });
    this.#scopes.set(guildId ?? '', new Map(commands.map((command) => [command.id, command])));
    return commands;
  }

  delete(guildId: string | undefined, id: string): void {
    if (!this.#scope(guildId).delete(id)) throw refuse('unknownCommand');
  }

  #scope(guildId: string | undefined): Map<string, APIApplicationCommand> {
    let scope = this.#scopes.get(guildId ?? '');
    if (scope === undefined) this.#scopes.set(guildId ?? '', (scope = new Map()));
    return scope;
  }

  #checkRoom(commands: readonly { type?: unknown }[], type: number): void {
    const count = commands.filter((command) => Number(command.type ?? CHAT_INPUT) === type).length;
    if (count > (type === CHAT_INPUT ? limits.chatInputCommands : limits.contextMenuCommands)) {
      throw refuse('tooManyCommands');
    }
  }

  #build(guildId: string | undefined, body: Fields, id: string | undefined): APIApplicationCommand {
    const type = Number(body['type'] ?? CHAT_INPUT);
    return {
      id: id ?? this.#world.snowflakes.next(),
      application_id: this.#world.bot.id,
      version: this.#world.snowflakes.next(),
      type,
      name: body['name'],
      name_localizations: body['name_localizations'] ?? null,
      description: type === CHAT_INPUT ? body['description'] : '',
      description_localizations: body['description_localizations'] ?? null,
      default_member_permissions: asText(body['default_member_permissions']),
      dm_permission: body['dm_permission'] ?? true,
      contexts: body['contexts'] ?? null,
      integration_types: body['integration_types'] ?? [0],
      nsfw: body['nsfw'] ?? false,
      ...(Array.isArray(body['options']) && body['options'].length > 0 ? { options: body['options'] } : {}),
      ...(guildId === undefined ? {} : { guild_id: guildId }),
    } as unknown as APIApplicationCommand;
  }
}

function asText(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
