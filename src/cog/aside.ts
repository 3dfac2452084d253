import type { Context, Contexts } from '../context/contexts.ts';
import type { Books } from '../store/books.ts';
import { monotonicNs } from './clock.ts';
import { failureOf } from './error-kind.ts';
import { isPlainPromise } from './plain-promise.ts';
import type { Recorder } from './recorder.ts';
import type { AnyFunction } from './target.ts';

/** A call on its way through the proxy. */
interface Passing {
  readonly recorder: Recorder;
  readonly books: Books;
  /** Of the whole function, where the others are of one of its branches. */
  readonly whole: Books | undefined;
  readonly fn: AnyFunction;
  readonly self: unknown;
  readonly args: unknown[];
}

/**
 * The way of those calls for which timing is not all, or more than is wanted: those that may go untimed, and those that
 * have a context. The proxy does not hold it, because it is to be short.
 */
export function goAside(
  recorder: Recorder,
  books: Books,
  whole: Books | undefined,
  fn: AnyFunction,
  self: unknown,
  args: unknown[],
): unknown {
  const { contexts } = recorder;
  const goesUntimed = books.goesUntimed();
  if (goesUntimed && contexts === undefined) return passOn(recorder, books, fn, self, args);
  const passing = { recorder, books, whole, fn, self, args };
  const context = contexts?.begin(books);
  return goesUntimed ? followed(passing, contexts!, context!) : timed(passing, contexts, context);
}

/** A call that is not timed: what it calls in turn has a caller all the same. */
function passOn(recorder: Recorder, books: Books, fn: AnyFunction, self: unknown, args: unknown[]): unknown {
  const caller = recorder.running;
  recorder.running = books;
  try {
    return Reflect.apply(fn, self, args);
  } finally {
    recorder.running = caller;
  }
}

/** The same as in the proxy, with a context. */
function timed(
  { recorder, books, whole, fn, self, args }: Passing,
  contexts: Contexts | undefined,
  context: Context | undefined,
): unknown {
  const { reader } = recorder;
  const from = reader === undefined ? undefined : recorder.originsOf(args, reader);
  const caller = recorder.running;
  books.calledBy(caller);
  whole?.calledBy(caller);
  const call = () => passOn(recorder, books, fn, self, args);
  const startedAtNs = context?.startedAtNs ?? monotonicNs();
  let result: unknown;
  try {
    result = context === undefined ? call() : contexts!.run(context, call);
  } catch (error) {
    recorder.threw(books, startedAtNs, error, whole, from);
    if (context !== undefined) contexts!.end(context, failureOf(error), error);
    throw error;
  }
  if (isPlainPromise(result)) return recorder.follow(books, startedAtNs, result, whole, from, context);
  recorder.returned(books, startedAtNs, from);
  if (whole) recorder.returned(whole, startedAtNs, from);
  if (context !== undefined) contexts!.end(context, 'ok');
  return result;
}

/** A call that is not timed, but has a context. */
function followed(
  { recorder, books, fn, self, args }: Passing,
  contexts: Contexts,
  context: Context,
): unknown {
  let result: unknown;
  try {
    result = contexts.run(context, () => passOn(recorder, books, fn, self, args));
  } catch (error) {
    contexts.end(context, failureOf(error), error);
    throw error;
  }
  if (!isPlainPromise(result)) {
    contexts.end(context, 'ok');
    return result;
  }
  return result.then(
    (value) => {
      contexts.end(context, 'ok');
      return value;
    },
    (error) => {
      contexts.end(context, failureOf(error), error);
      throw error;
    },
  );
}
