import { dataValue } from '../objects.ts';
import { handlersOfCommand } from './commands.ts';
import type { Handler, Piece } from './pieces.ts';

/** In the order of Sapphire's types: for buttons, select menus, modals, any component, autocompletes. */
const INTERACTION_KINDS = ['component', 'component', 'modal', 'component', 'autocomplete'] as const;

/** What Sapphire and its plugins call on a piece. Of other stores' pieces, all functions are methods alike. */
export function handlersOf(piece: Piece): Iterable<Handler> {
  const { object: holder, name } = piece;
  switch (piece.store) {
    case 'commands':
      return handlersOfCommand(piece);
    case 'interaction-handlers': {
      const kind = INTERACTION_KINDS[Number(dataValue(holder, 'interactionHandlerType'))] ?? 'component';
      return [{ holder, key: 'run', kind, name }];
    }
    case 'listeners':
      return [{ holder, key: 'run', kind: 'listener', name: String(dataValue(holder, 'event') ?? name) }];
    case 'preconditions':
      return [
        { holder, key: 'chatInputRun', kind: 'precondition', name },
        { holder, key: 'contextMenuRun', kind: 'precondition', name: `${name} context` },
        { holder, key: 'messageRun', kind: 'precondition', name: `${name} message` },
      ];
    case 'scheduled-tasks':
      return [{ holder, key: 'run', kind: 'task', name }];
    default:
      return [];
  }
}
