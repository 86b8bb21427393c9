/** Stands between servers and PostgreSQL: loses replies to commits, and cuts connections. */
import { connect, createServer, type Socket } from 'node:net';

export interface CommitProxy {
  readonly port: number;
  /** Loses the reply to each so-manieth commit; 0 loses none. */
  loseEvery(nth: number): void;
  /** Cuts all connections that there are. */
  cut(): number;
  /** Replies that were lost: what was asked for had been done. */
  readonly lost: number;
  stop(): Promise<void>;
}

/** Ready for query, not in a transaction: the statement before is committed. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const COMMITS = [Buffer.from('flush:'), Buffer.from('commit')];

interface State {
  nth: number;
  commits: number;
  lost: number;
}

export async function startCommitProxy(server: {
  readonly host: string;
  readonly port: number;
}): Promise<CommitProxy> {
  const state: State = { nth: 0, commits: 0, lost: 0 };
  const clients = new Set<Socket>();
  const proxy = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    join(state, client, connect(`${server.host}/.s.PGSQL.${server.port}`));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    loseEvery(nth) {
      state.nth = nth;
    },
    cut() {
      const cut = clients.size;
      for (const client of clients) client.destroy();
      return cut;
    },
    get lost() {
      return state.lost;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function join(state: State, client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      client.destroy();
      upstream.destroy();
    });
  }
  let losing = false;
  client.on('data', (chunk: Buffer) => {
    if (state.nth > 0 && COMMITS.some((word) => chunk.includes(word))) {
      state.commits += 1;
      losing ||= state.commits % state.nth === 0;
    }
    upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (!losing) {
      client.write(chunk);
    } else if (chunk.subarray(-READY.length).equals(READY)) {
      state.lost += 1;
      client.destroy();
    }
  });
}
