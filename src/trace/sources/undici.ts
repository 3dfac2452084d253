import type { Operation, OperationSink, Source } from '../operation.ts';
import { subscribe } from './subscriptions.ts';

/** What undici publishes of a request, in each of its versions. */
interface Published {
  readonly request: object & { readonly method?: unknown; readonly origin?: unknown };
  readonly response?: { readonly statusCode?: unknown };
}

/** Requests by `fetch`, and by the npm package undici: both publish to the same channels. */
export const undici: Source = {
  start(sink: OperationSink): Disposable {
    const operations = new WeakMap<object, Operation>();
    return subscribe<Published>({
      'undici:request:create': ({ request }) => {
        const host = hostOf(request.origin);
        const operation = sink.begin({ kind: 'http', name: `${request.method} ${host}`, partName: host });
        if (operation !== undefined) operations.set(request, operation);
      },
      'undici:request:headers': ({ request, response }) => {
        const operation = operations.get(request);
        if (operation === undefined) return;
        operation.note = String(response?.statusCode);
        sink.progress(operation, 'headers');
      },
      'undici:request:trailers': ({ request }) => {
        const operation = operations.get(request);
        if (operation !== undefined) sink.end(operation);
      },
      'undici:request:error': ({ request }) => {
        const operation = operations.get(request);
        if (operation === undefined) return;
        operation.failed = true;
        sink.end(operation);
      },
    });
  },
};

function hostOf(origin: unknown): string {
  try {
    return new URL(String(origin)).host;
  } catch {
    return '?';
  }
}
