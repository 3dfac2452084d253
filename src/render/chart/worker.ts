/** The thread that draws. Only here are the libraries loaded that pictures are drawn with. */
import { parentPort } from 'node:worker_threads';

/** What is to be drawn: a name in the list of drawings, and what that drawing is made from. */
export interface Order {
  readonly name: string;
  readonly description: unknown;
}

/** A PNG, or undefined where there is nothing to draw; or else why there is none. */
export type Answer =
  | { readonly png: Uint8Array<ArrayBuffer> | undefined }
  | { readonly problem: 'unavailable' | 'failed'; readonly message: string };

const port = parentPort!;
const loading = import('./picture.ts');
// Whoever asks is told.
loading.catch(() => {});

port.on('message', async (order: Order) => {
  const answer = await answerTo(order);
  const sent = 'png' in answer && answer.png !== undefined ? [answer.png.buffer] : [];
  port.postMessage(answer, sent);
});

async function answerTo({ name, description }: Order): Promise<Answer> {
  let problem: 'unavailable' | 'failed' = 'unavailable';
  try {
    const { picture } = await loading;
    problem = 'failed';
    const png = picture(name, description);
    // A copy of its own, which can be handed over: the memory of the encoder's cannot.
    return { png: png && new Uint8Array(png) };
  } catch (error) {
    return { problem, message: reasonOf(error) };
  }
}

/** One line. Of a library that cannot be loaded, the last attempt says more than what is thrown in the end. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0]!;
}
