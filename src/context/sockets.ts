/**
 * The resources through which a socket, or the server behind it, receives something. A socket lives longer than what has
 * opened it, and serves others: a client of HTTP keeps it for requests to come.
 */
const SOCKETS: ReadonlySet<string> = new Set([
  'HTTP2SESSION',
  'HTTPServerAsyncResource',
  'Http2Session',
  'JSStreamSocket',
  'LibuvStreamWrap',
  'Pipe',
  'TCP',
  'TLSWrap',
  'TTY',
  'UDP',
]);

/** By prototype, so that each is looked at once. */
const known = new WeakMap<object, boolean>();

/** Whether what runs by this resource was received by a socket. */
export function isSocket(resource: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(resource);
  if (prototype === null) return false;
  const seen = known.get(prototype);
  if (seen !== undefined) return seen;
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const isOne = typeof type === 'function' && SOCKETS.has(type.name);
  known.set(prototype, isOne);
  return isOne;
}
