import { withSession } from './inspector.ts';

/** What JavaScript hides and V8's inspector shows. No code of the bot runs for it, and no garbage is collected. */

/** The object in a private field, such as `#data`; undefined where there is none. */
export function privateField(object: object, name: `#${string}`): unknown {
  return withSession((session) => {
    const { privateProperties } = session.properties(session.handleOf(object));
    const handle = privateProperties?.find((property) => property.name === name)?.value?.objectId;
    return handle && session.objectOf(handle);
  });
}

/** What a function is bound to, where that is an object. */
export function boundThis(fn: object): unknown {
  return withSession((session) => {
    const { internalProperties } = session.properties(session.handleOf(fn));
    const handle = internalProperties?.find(({ name }) => name === '[[BoundThis]]')?.value?.objectId;
    return handle && session.objectOf(handle);
  });
}

/** The objects that a WeakMap has values for. */
export function keysOf(map: WeakMap<object, unknown>): object[] {
  const entries = withSession((session) => {
    const { internalProperties } = session.properties(session.handleOf(map));
    const handle = internalProperties?.find(({ name }) => name === '[[Entries]]')?.value?.objectId;
    return handle && session.objectOf(handle);
  });
  // An array without a prototype.
  return Array.from((entries ?? []) as ArrayLike<{ key: object }>, ({ key }) => key);
}
