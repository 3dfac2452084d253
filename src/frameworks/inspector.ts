import type * as inspector from 'node:inspector';

/** Where values pass between this code and the inspector; there for one synchronous call only. */
const EXCHANGE = Symbol.for('cogscope.exchange');
const EXCHANGE_EXPRESSION = "globalThis[Symbol.for('cogscope.exchange')]";

interface Properties extends inspector.Runtime.GetPropertiesReturnType {
  /** Marked as experimental in the protocol. */
  readonly privateProperties?: { name: string; value?: inspector.Runtime.RemoteObject }[];
}

/** V8's inspector of the thread that it is asked in. It answers before each call returns. */
export class InspectorSession {
  readonly #session: inspector.Session;

  constructor({ Session }: typeof inspector) {
    this.#session = new Session();
    this.#session.connect();
  }

  disconnect(): void {
    this.#session.disconnect();
  }

  /** What stands for a value in questions about it. */
  handleOf(value: object): string {
    this.#exchange(value);
    const { result } = this.post('Runtime.evaluate', { expression: EXCHANGE_EXPRESSION }) as {
      result: inspector.Runtime.RemoteObject;
    };
    return result.objectId!;
  }

  /** The object that a handle stands for. */
  objectOf(handle: string): unknown {
    const received: unknown[] = [];
    this.#exchange(received);
    this.post('Runtime.callFunctionOn', {
      objectId: handle,
      functionDeclaration: `function () { ${EXCHANGE_EXPRESSION}.push(this); }`,
    });
    return received[0];
  }

  properties(handle: string): Properties {
    return this.post('Runtime.getProperties', { objectId: handle, ownProperties: true }) as Properties;
  }

  /** The URLs of the scripts some of whose functions V8 has seen run, by their ids. */
  scriptsThatRan(): Map<string, string> {
    this.post('Profiler.enable', {});
    const { result } = this.post(
      'Profiler.getBestEffortCoverage',
      {},
    ) as inspector.Profiler.GetBestEffortCoverageReturnType;
    this.post('Profiler.disable', {});
    return new Map(result.map(({ scriptId, url }) => [scriptId, url]));
  }

  /** The URLs of all scripts, by their ids. Calls of asynchronous functions are slower ever after. */
  scripts(): Map<string, string> {
    const urls = new Map<string, string>();
    this.#session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    this.post('Debugger.enable', {});
    this.post('Debugger.disable', {});
    return urls;
  }

  post(method: string, params: object): unknown {
    let answer: unknown;
    let problem: Error | null = null;
    // What is thrown in there, Node would make a warning of.
    this.#session.post(method, params, (error, result) => {
      problem = error;
      answer = result;
    });
    if (problem !== null) throw problem;
    return answer;
  }

  #exchange(value: unknown): void {
    Object.defineProperty(globalThis, EXCHANGE, { value, configurable: true, enumerable: false });
  }
}

/** Nothing that fails in here is worth failing for: without the inspector, nothing is known. */
export function withSession<T>(use: (session: InspectorSession) => T): T | undefined {
  let session: InspectorSession | undefined;
  try {
    // Loaded on first use, and only here: a Node that was built without it throws on a plain import.
    session = new InspectorSession(process.getBuiltinModule('node:inspector'));
    return use(session);
  } catch {
    return undefined;
  } finally {
    Reflect.deleteProperty(globalThis, EXCHANGE);
    session?.disconnect();
  }
}
