/** A process that is held up outside of JavaScript may take so long to answer. */
const ANSWER_WITHIN_MS = 10_000;

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** What an expression has thrown. */
interface Failure {
  readonly text: string;
  readonly exception?: { readonly description?: string };
}

interface Message extends Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
}

/** The inspector of another process, as it is spoken to over its WebSocket. */
export class RemoteSession {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Map<string, (params: never) => void>();
  readonly #closed = Promise.withResolvers<void>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
    socket.addEventListener('close', () => {
      for (const answer of this.#answers.values()) answer({ error: { message: 'its connection has ended' } });
      this.#closed.resolve();
    });
  }

  /** Rejects with an Error that says what is wrong, as all that is asked here. */
  static async connect(url: string): Promise<RemoteSession> {
    const socket = new WebSocket(url);
    const session = new RemoteSession(socket);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener('open', () => opened.resolve());
    session.closed.then(() => opened.reject(new Error('its inspector takes no connection')));
    try {
      await inTime(opened.promise);
    } catch (error) {
      socket.close();
      throw error;
    }
    return session;
  }

  /** Fulfils when the connection has ended, whoever has ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get isClosed(): boolean {
    return this.#socket.readyState !== WebSocket.OPEN;
  }

  on<Params>(event: string, listener: (params: Params) => void): void {
    this.#listeners.set(event, listener);
  }

  post(method: string, params: object = {}, withinMs = ANSWER_WITHIN_MS): Promise<unknown> {
    if (this.isClosed) return Promise.reject(new Error('its connection has ended'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#calls;
    this.#answers.set(id, ({ result, error }) =>
      error === undefined ? resolve(result) : reject(new Error(error.message)),
    );
    this.#socket.send(JSON.stringify({ id, method, params }));
    return inTime(promise, withinMs);
  }

  /** The value of an expression there, as JSON has it. */
  async evaluate<Value>(expression: string, withinMs?: number): Promise<Value> {
    const params = { expression, returnByValue: true };
    const { result, exceptionDetails } = (await this.post('Runtime.evaluate', params, withinMs)) as {
      result: { value: Value };
      exceptionDetails?: Failure;
    };
    if (exceptionDetails !== undefined) throw new Error(problemIn(exceptionDetails));
    return result.value;
  }

  close(): Promise<void> {
    this.#socket.close();
    return inTime(this.closed);
  }

  #receive({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) {
      this.#answers.get(id)?.(answer);
      this.#answers.delete(id);
    } else if (method !== undefined) {
      this.#listeners.get(method)?.(params as never);
    }
  }
}

function problemIn({ text, exception }: Failure): string {
  return `it answers ${exception?.description?.split('\n')[0] ?? text}`;
}

async function inTime<Result>(answer: Promise<Result>, withinMs = ANSWER_WITHIN_MS): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it does not answer')), withinMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
