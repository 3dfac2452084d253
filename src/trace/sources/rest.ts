import type { Operation, OperationSink, Source } from '../operation.ts';

type Phase = 'queue' | 'limit' | 'backoff' | 'network';

/** What is to be known of a request to Discord. */
interface Request {
  readonly method: string;
  /** Such as `PATCH /channels/:id`; undefined until it is queued. */
  readonly route: string | undefined;
  readonly isOurs: boolean;
  /** Whether it is told here what it waits for. */
  isTraced: boolean;
  /** What it waits for now. */
  readonly phase: Phase;
  readonly attempts: number;
  readonly status: number | undefined;
  /** Kept where there is an array. */
  segments:
    | {
        readonly phase: Phase;
        readonly fromNs: number;
        readonly toNs: number;
      }[]
    | undefined;
}

/** Who tells of such requests. */
interface RequestWatch {
  observe(observer: {
    begun(request: Request): void;
    around<Result>(request: Request, attempt: number, run: () => Result): Result;
    ended(request: Request, error: unknown): void;
  }): Disposable;
}

/** The requests that the bot makes to Discord, with what each waits for. */
export function restSource(watch: RequestWatch): Source {
  return {
    start(sink: OperationSink): Disposable {
      const operations = new WeakMap<Request, Operation>();
      return watch.observe({
        begun(request) {
          if (request.isOurs) return;
          const operation = sink.begin({ kind: 'rest', name: request.method, partName: undefined });
          if (operation === undefined) return;
          request.isTraced = true;
          const segments = (request.segments ??= []);
          operation.stages = () =>
            segments.map(({ phase, fromNs, toNs }) => ({
              kind: phase,
              name: request.route ?? request.method,
              fromNs,
              toNs,
            }));
          operation.doing = () => ({ kind: request.phase, name: request.route ?? request.method });
          operations.set(request, operation);
        },
        around(request, _attempt, run) {
          const operation = operations.get(request);
          return operation === undefined ? run() : sink.runWithin(operation, run);
        },
        ended(request, error) {
          const operation = operations.get(request);
          if (operation === undefined) return;
          const { status, attempts } = request;
          operation.name = request.route ?? request.method;
          operation.failed = error !== undefined;
          const retries = attempts > 1 ? [`tried ${attempts} times`] : [];
          operation.note = [...(status === undefined ? [] : [String(status)]), ...retries].join(', ');
          sink.end(operation);
        },
      });
    },
  };
}
