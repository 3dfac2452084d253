import type { TargetKindName } from '../../cog/target.ts';
import { type CommandData, kindOf, readCommandData, subcommandsOf } from '../command-data.ts';
import { dataValue } from '../objects.ts';
import type { Handler, Piece } from './pieces.ts';

/**
 * What is called of a command: each subcommand on its own, and all by the names under which the piece is registered
 * at Discord. Until it is, that is the piece's name.
 */
export function* handlersOfCommand({ object: holder, name: pieceName }: Piece): Iterable<Handler> {
  const registered = registeredBy(holder);
  const slashCommands = registered.filter((data) => kindOf(data) === 'command');
  const menus = registered.filter((data) => kindOf(data) === 'context');
  const mappings = mappingsOf(dataValue(holder, 'parsedSubcommandMappings'));

  for (const data of orElse(slashCommands, { name: pieceName })) {
    const name = String(data.name);
    yield { holder, key: 'autocompleteRun', kind: 'autocomplete', name };
    for (const mapping of mappings) yield mapped(holder, name, mapping, 'chatInputRun', 'command');
    if (mappings.length > 0) continue;
    const names = subcommandsOf(data).map((subcommand) => `${name} ${subcommand}`);
    for (const path of orElse(names, name)) {
      yield { holder, key: 'chatInputRun', kind: 'command', name: path };
    }
  }
  for (const { name } of orElse(menus, { name: pieceName })) {
    yield { holder, key: 'contextMenuRun', kind: 'context', name: String(name) };
  }
  for (const mapping of mappings) yield mapped(holder, pieceName, mapping, 'messageRun', 'message');
  if (mappings.length === 0) {
    yield { holder, key: 'messageRun', kind: 'message', name: pieceName };
  } else {
    // The plugin's own functions hand calls on to the subcommands; the bot may have put its own before them.
    yield { holder, key: 'chatInputRun', kind: 'command', name: pieceName, dispatches: true };
    yield { holder, key: 'messageRun', kind: 'message', name: pieceName, dispatches: true };
  }
}

/** One subcommand in @sapphire/plugin-subcommands, and the object that says what it runs. */
interface Mapping {
  readonly path: string;
  readonly object: object;
}

function mappingsOf(mappings: unknown, parent = ''): Mapping[] {
  if (!Array.isArray(mappings)) return [];
  return mappings.flatMap((object: unknown) => {
    if (typeof object !== 'object' || object === null) return [];
    const path = `${parent}${dataValue(object, 'name')}`;
    const entries = dataValue(object, 'entries');
    return entries === undefined ? [{ path, object }] : mappingsOf(entries, `${path} `);
  });
}

/** A mapping has the function itself, or names a method of the piece. */
function mapped(
  piece: object,
  command: string,
  { path, object }: Mapping,
  key: 'chatInputRun' | 'messageRun',
  kind: TargetKindName,
): Handler {
  const method = dataValue(object, key);
  const place = typeof method === 'string' ? { holder: piece, key: method } : { holder: object, key };
  return { ...place, kind, name: `${command} ${path}` };
}

/** What was registered last: while a command is loaded anew, Sapphire does not know. */
const lastRegistered = new WeakMap<object, readonly CommandData[]>();

function registeredBy(piece: object): readonly CommandData[] {
  const registry = dataValue(piece, 'applicationCommandRegistry');
  const calls = dataValue(registry, 'apiCalls');
  if (typeof registry !== 'object' || registry === null || !Array.isArray(calls)) return [];
  const commands = calls.map((call) => readCommandData(dataValue(call, 'builtData')));
  if (commands.length > 0) lastRegistered.set(registry, commands);
  return lastRegistered.get(registry) ?? [];
}

function orElse<T>(list: readonly T[], fallback: T): readonly T[] {
  return list.length > 0 ? list : [fallback];
}
