import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Operation, OperationSink, Source } from '../operation.ts';
import { subscribe } from './subscriptions.ts';

interface Published {
  readonly request: ClientRequest;
  readonly response?: IncomingMessage;
}

/** Requests by `node:http` and `node:https`, and by what is built on them. */
export const http: Source = {
  start(sink: OperationSink): Disposable {
    const operations = new WeakMap<object, Operation>();
    const end = (operation: Operation, failed: boolean) => {
      if (operation.endedAtNs === undefined) operation.failed = failed;
      sink.end(operation);
    };
    return subscribe<Published>({
      'http.client.request.start': ({ request }) => {
        const host = String(request.getHeader('host') ?? request.host);
        const operation = sink.begin({ kind: 'http', name: `${request.method} ${host}`, partName: host });
        if (operation !== undefined) operations.set(request, operation);
      },
      // That is when the headers are there: the body is not announced by Node.
      'http.client.response.finish': ({ request, response }) => {
        const operation = operations.get(request);
        if (operation === undefined || response === undefined) return;
        operation.note = String(response.statusCode);
        sink.progress(operation, 'headers');
        response.prependOnceListener('end', () => end(operation, false));
        response.prependOnceListener('close', () => end(operation, !response.complete));
      },
      'http.client.request.error': ({ request }) => {
        const operation = operations.get(request);
        if (operation !== undefined) end(operation, true);
      },
    });
  },
};
