import type { Client } from 'discord.js';
import { propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Discovery, SourceLocation } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { pathOf } from './interactions.ts';
import { discoverMethods } from './methods.ts';
import { dataValue, observe } from './objects.ts';
import { handlersOf } from './sapphire/handlers.ts';
import { collectionsOf, type Handler, hasPieces, type Piece, piecesOf } from './sapphire/pieces.ts';
import type { Surroundings } from './surroundings.ts';

/** What changes a collection; whatever else does goes through these. */
const MUTATORS = ['set', 'delete', 'clear'] as const;
/** Called when a piece comes or goes: before it can be tracked, or for the last time. */
const LIFE_CYCLE = ['registerApplicationCommands', 'onLoad', 'onUnload'];

/**
 * Sapphire and its plugins: pieces in stores, whose functions are looked up on each call. Its own listeners and
 * preconditions are pieces too, and are told from the bot's by where they were written.
 */
export const sapphire = {
  name: 'Sapphire',
  packages: ['@sapphire/'],
  detect: hasPieces,
  *discover(client, surroundings) {
    const pieces = botPiecesOf(client, surroundings);
    const handlers = pieces.flatMap((piece) => presentHandlersOf(piece));
    surroundings.prepare(handlers.map(({ fn }) => fn));
    for (const sharing of Map.groupBy(handlers, ({ slot }) => slot).values()) {
      yield* discoverHandlers(sharing, surroundings);
    }
    const handlersIn = Map.groupBy(handlers, ({ holder }) => holder);
    for (const piece of pieces) {
      const handled = handlersIn.get(piece.object)?.map(({ key }) => key) ?? [];
      const details = { cog: cogOf(piece, surroundings), except: [...handled, ...LIFE_CYCLE] };
      yield* discoverMethods(piece.object, piece.name, surroundings, details);
    }
  },
  /** A reload takes the old piece out of its store and then puts the new one in; there is no event for either. */
  watch(client, changed) {
    const watches = new Map<object, Disposable>();
    const watch = () => {
      for (const collection of collectionsOf(client)) {
        if (!watches.has(collection)) watches.set(collection, observe(collection, MUTATORS, onChange));
      }
    };
    const onChange = () => {
      // A plugin may have brought a store of its own.
      watch();
      changed();
    };
    watch();
    return {
      [Symbol.dispose]() {
        for (const disposable of watches.values()) disposable[Symbol.dispose]();
      },
    };
  },
} as const satisfies FrameworkAdapter;

function botPiecesOf(client: Client, surroundings: Surroundings): Piece[] {
  const pieces = piecesOf(client);
  surroundings.prepare(pieces.flatMap(({ file, type }) => (file === undefined && type ? [type] : [])));
  return pieces.filter((piece) => {
    const location = locationOf(piece, surroundings);
    return location !== undefined && !surroundings.isFrameworkCode(location);
  });
}

/** Where a piece was written. Where V8 cannot tell, it counts as one of Sapphire's. */
function locationOf({ file, type }: Piece, surroundings: Surroundings): SourceLocation | undefined {
  return file === undefined ? type && surroundings.locationOf(type) : { file, line: 1, column: 1 };
}

/** A handler that is there. */
interface PresentHandler extends Handler {
  readonly piece: Piece;
  readonly slot: Slot;
  readonly fn: AnyFunction;
}

function presentHandlersOf(piece: Piece): PresentHandler[] {
  try {
    return [...handlersOf(piece)].flatMap((handler) => {
      const slot = propertySlot(handler.holder, handler.key);
      const fn = slot.get();
      return fn === undefined ? [] : [{ ...handler, piece, slot, fn }];
    });
  } catch {
    // A Proxy object that does not let itself be looked at.
    return [];
  }
}

/** @param sharing what is in one place: several where a function serves several commands, or kinds of them */
function* discoverHandlers(
  sharing: readonly PresentHandler[],
  surroundings: Surroundings,
): Iterable<Discovery> {
  const calls = new Map<string, PresentHandler>();
  for (const handler of sharing) {
    const call = callAs(handler.kind, handler.name);
    if (!calls.has(call)) calls.set(call, handler);
  }
  for (const [call, { piece, kind, name, slot, fn, dispatches }] of calls) {
    const location = surroundings.locationOf(fn);
    // What a command inherits from a class of Sapphire's.
    if (surroundings.isFrameworkCode(location)) continue;
    yield {
      cog: cogOf(piece, surroundings),
      kind,
      name,
      slot,
      ...(calls.size > 1 && { branch: { name: call, of: callIn } }),
      ...(dispatches && { dispatches }),
      ...(location && { location }),
    };
  }
}

function callIn([subject]: readonly unknown[]): string {
  const path = pathOf(subject);
  return path === undefined ? 'message' : callAs(path.kind, path.name);
}

/** Of a message only Sapphire's parser knows what it asks for: to a function all messages are one. */
function callAs(kind: Handler['kind'], name: string): string {
  return kind === 'message' ? kind : `${kind} ${name}`;
}

/** What Sapphire calls a command's category, which is the folder in that of the store; else what the path says. */
function cogOf(piece: Piece, surroundings: Surroundings): string {
  const category = dataValue(dataValue(piece.object, 'fullCategory'), 0) ?? piece.folders[0];
  if (typeof category === 'string' && category !== '') return category;
  const cog = surroundings.cogOf(locationOf(piece, surroundings));
  // The store's own folder is that of all its pieces.
  return cog === piece.store ? piece.name : cog;
}
