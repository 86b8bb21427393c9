/** Stands between a client and PostgreSQL and loses replies: what was asked for has been done. */
import { connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  readonly port: number;
  /** How many replies were lost. */
  dropped(): number;
  stop(): Promise<void>;
}

const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5]);

/**
 * After every `dropEvery`-th completed exchange of a connection the reply is held back and the
 * connection is cut. The server's word that it is ready for the next query is the sign that the
 * statement has been committed.
 */
export async function startLossyProxy(
  server: { readonly host: string; readonly port: number },
  { dropEvery }: { readonly dropEvery: number },
): Promise<LossyProxy> {
  let exchanges = 0;
  let dropped = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = server.host.startsWith('/')
      ? connect(`${server.host}/.s.PGSQL.${server.port}`)
      : connect(server.port, server.host);
    let greeted = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.pipe(upstream);
    let held = Buffer.alloc(0);
    upstream.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (!held.subarray(-6, -1).equals(READY_FOR_QUERY)) return;
      if (greeted) exchanges += 1;
      if (greeted && exchanges % dropEvery === 0) {
        dropped += 1;
        client.destroy();
        return;
      }
      greeted = true;
      client.write(held);
      held = Buffer.alloc(0);
    });
    // The greeting before the first query comes in pieces that the client answers.
    upstream.on('data', () => {
      if (greeted || held.length === 0) return;
      client.write(held);
      held = Buffer.alloc(0);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    dropped: () => dropped,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
