import type { EngineLog } from '@tenuto/engine';
import { Redis } from 'ioredis';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3_000;
const CONNECT_MS = 5_000;

/** A connection that comes back by itself, whatever happens to Redis. */
export interface RedisConnection {
  readonly client: Redis;
  ready(): boolean;
  /** Called each time it is there, also when it was there before. */
  onReady(listener: () => void): void;
  close(): void;
}

/** @param name by which Redis shows the connection */
export function connectRedis(
  url: string,
  { name, log }: { readonly name: string; readonly log: EngineLog },
): RedisConnection {
  const client = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_MS,
    // What cannot be sent now fails now: whoever asks has a loop that asks again.
    maxRetriesPerRequest: 0,
    enableOfflineQueue: name.endsWith('news'),
    autoResubscribe: true,
    retryStrategy: (times) => Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, 10), LAST_RETRY_MS),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  let told = false;
  client.on('error', (error: Error) => {
    if (!told) log.warn({ connection: name, error: error.message }, 'Redis cannot be reached');
    told = true;
  });
  client.on('ready', () => {
    if (told) log.info({ connection: name }, 'Redis is back');
    told = false;
  });
  return {
    client,
    ready: () => client.status === 'ready',
    onReady: (listener) => void client.on('ready', listener),
    close: () => client.disconnect(),
  };
}
