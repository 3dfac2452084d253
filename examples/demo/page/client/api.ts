import type { ActName, Acts, Changes, Snapshot, Whence } from '../wire.ts';

/** Does something on the server. Rejects with what Discord's client would say. */
export async function act<Name extends ActName>(
  name: Name,
  whence: Whence,
  sent: Acts[Name]['sent'],
): Promise<Acts[Name]['answer']> {
  const response = await fetch(`acts/${name}`, {
    method: 'POST',
    body: JSON.stringify({ ...whence, ...sent }),
  });
  if (!response.ok) throw new Error((await response.text()).replace('[standin] ', ''));
  return (await response.json()) as Acts[Name]['answer'];
}

export interface FeedListener {
  snapshot(snapshot: Snapshot): void;
  changes(changes: Changes): void;
  /** Whether the server is there; the browser connects again by itself while it may come back. */
  connection(state: 'open' | 'lost' | 'ended'): void;
}

/** Hears of everything that happens in a place, until the result is called. */
export function listen({ as, place }: Whence, listener: FeedListener): () => void {
  const source = new EventSource(`feed?${new URLSearchParams({ as, place })}`);
  const on = <T>(event: string, take: (data: T) => void) =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T));
  on<Snapshot>('snapshot', (snapshot) => listener.snapshot(snapshot));
  on<Changes>('changes', (changes) => listener.changes(changes));
  source.addEventListener('open', () => listener.connection('open'));
  source.addEventListener('error', () =>
    listener.connection(source.readyState === EventSource.CLOSED ? 'ended' : 'lost'),
  );
  return () => source.close();
}
