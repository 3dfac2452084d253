import { relative, sep } from 'node:path';
import type { Client } from 'discord.js';
import type { AnyFunction, TargetKindName } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';

/** A class instance that Sapphire loaded from a file, or was handed, into one of its stores. */
export interface Piece {
  readonly object: object;
  /** Unique within the store. */
  readonly name: string;
  readonly store: string;
  /** Its class. */
  readonly type: AnyFunction | undefined;
  /** Undefined where the class was handed over, as Sapphire does with its own. */
  readonly file: string | undefined;
  /** The folders between that of the store and the file, from the outside in. */
  readonly folders: readonly string[];
}

/** A function that Sapphire looks up as `holder[key]` on each call, if there is one. */
export interface Handler {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly kind: TargetKindName;
  readonly name: string;
  /** Hands calls on to other handlers. */
  readonly dispatches?: true;
}

/** Whether the client is one of Sapphire's. */
export function hasPieces(client: Client): boolean {
  return registryOf(client).get('commands') instanceof Map;
}

export function piecesOf(client: Client): Piece[] {
  return storesOf(client).flatMap(({ name: store, contents }) =>
    [...contents].flatMap(([name, object]) =>
      typeof object === 'object' && object !== null
        ? [{ object, name: String(name), store, type: classOf(object), ...placeOf(object) }]
        : [],
    ),
  );
}

function classOf(piece: object): AnyFunction | undefined {
  const type = dataValue(piece, 'constructor');
  return typeof type === 'function' ? (type as AnyFunction) : undefined;
}

/** Every collection whose contents change when pieces come, go, or get other names. */
export function collectionsOf(client: Client): Map<unknown, unknown>[] {
  const stores = storesOf(client).map(({ contents }) => contents);
  // The names that commands have at Discord are put among the aliases when they have been registered.
  const aliases = stores.map((store) => dataValue(store, 'aliases')).filter((value) => value instanceof Map);
  return [registryOf(client), ...stores, ...aliases];
}

function storesOf(client: Client): { name: string; contents: Map<unknown, unknown> }[] {
  return [...registryOf(client)].flatMap(([name, contents]) =>
    contents instanceof Map ? [{ name: String(name), contents }] : [],
  );
}

/** The stores by name. Not those of `container`, which a bot may have two of: one for `import`, one for `require`. */
function registryOf(client: Client): Map<unknown, unknown> {
  const registry = dataValue(client, 'stores');
  return registry instanceof Map ? registry : new Map();
}

/** Stands for the path of a piece without a file. */
const VIRTUAL_PATH = '::virtual::';

function placeOf(piece: object): Pick<Piece, 'file' | 'folders'> {
  const location = dataValue(piece, 'location');
  const [file, root] = [dataValue(location, 'full'), dataValue(location, 'root')];
  if (typeof file !== 'string' || file === VIRTUAL_PATH) return { file: undefined, folders: [] };
  const folders = typeof root === 'string' ? relative(root, file).split(sep).slice(0, -1) : [];
  return { file, folders: folders.includes('..') ? [] : folders };
}
