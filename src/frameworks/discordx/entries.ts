import type { AnyFunction, TargetKindName } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';
import type { DecoratedClass, Storage } from './storage.ts';

/** What discordx made of a decorator on a method. It looks `_methodReference` up on each call. */
interface Entry {
  readonly _methodReference?: AnyFunction;
  readonly _propertyName: string;
  readonly _sourceClass: AnyFunction;
  readonly _guards: readonly object[];
  readonly _discord: DecoratedClass;
  readonly _name?: string;
  readonly _group?: string;
  readonly _subgroup?: string;
  readonly _id?: string | RegExp;
  readonly _event?: string;
  readonly _emoji?: string;
  readonly _options?: readonly Option[];
}

/** With `true` for `_autocomplete` the command's method completes, too. */
interface Option {
  readonly _autocomplete?: AnyFunction | boolean;
}

export interface NamedEntry {
  readonly entry: Entry;
  readonly kind: TargetKindName;
  readonly name: string;
}

/** The storage's lists of entries, and what those are. */
const LISTS: readonly { list: string; kind: TargetKindName; nameOf(entry: Entry): unknown }[] = [
  { list: '_applicationCommandSlashesFlat', kind: 'command', nameOf: pathOf },
  { list: '_applicationCommandUsers', kind: 'context', nameOf: pathOf },
  { list: '_applicationCommandMessages', kind: 'context', nameOf: pathOf },
  { list: '_simpleCommands', kind: 'message', nameOf: pathOf },
  { list: '_buttonComponents', kind: 'component', nameOf: idOf },
  { list: '_selectMenuComponents', kind: 'component', nameOf: idOf },
  { list: '_modalComponents', kind: 'modal', nameOf: idOf },
  { list: '_reactions', kind: 'listener', nameOf: ({ _emoji }) => _emoji },
  { list: '_events', kind: 'listener', nameOf: ({ _event }) => _event },
];

/** Those that discordx was built with, which it is at login: only then it knows their classes. */
export function entriesOf(storage: Storage): NamedEntry[] {
  return LISTS.flatMap(({ list, kind, nameOf }) => {
    const entries = dataValue(storage, list);
    if (!Array.isArray(entries)) return [];
    return entries
      .filter((entry) => dataValue(entry, '_discord') !== undefined)
      .map((entry: Entry) => ({ entry, kind, name: String(nameOf(entry)) }));
  });
}

function pathOf({ _group, _subgroup, _name }: Entry): string {
  return [_group, _subgroup, _name].filter((part) => part !== undefined).join(' ');
}

/** A pattern says less than what the method is called. */
function idOf({ _id, _propertyName }: Entry): string {
  return typeof _id === 'string' ? _id : _propertyName;
}
