import { createServer } from 'node:http';

/** A slow server on this machine, for the bot to wait for: answers take from 0.7 to 1.1 s, and the charts never come. */
export async function startSongServer(): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const title = decodeURIComponent(request.url?.slice(1) ?? '');
    if (title === 'charts') return;
    setTimeout(() => response.end(JSON.stringify({ title })), 700 + Math.random() * 400);
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
