/**
 * A bus over the database alone: NOTIFY, heard on a connection of its own. Said together at most
 * twenty times a second, and never in a transaction that anybody waits for.
 */
import { type BusNews, type Clock, coalesced, type EventBus } from '@tenuto/engine';
import pg from 'pg';

const CHANNEL = 'tenuto_events';
const SAY_EVERY_MS = 50;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export function createNotifyBus(
  config: pg.ClientConfig,
  { clock, news }: { readonly clock: Clock; readonly news: BusNews },
): EventBus {
  const ear = createEar(config, { clock, news, heard: () => saying.again() });
  const saying = coalesced(clock, SAY_EVERY_MS, () => ear.client()?.query(`notify ${CHANNEL}`));
  return {
    kind: 'database',
    start: ear.start,
    announce() {
      news();
      saying.ask();
    },
    stop: ear.stop,
    health: () =>
      ear.client() === undefined
        ? { status: 'down', detail: 'Nobody listens to the database; it is polled.' }
        : { status: 'up' },
  };
}

interface EarOptions {
  readonly clock: Clock;
  readonly news: BusNews;
  /** It listens, for the first time or again. */
  heard(): void;
}

/** A connection that listens, and is made anew when it breaks. */
function createEar(config: pg.ClientConfig, { clock, news, heard }: EarOptions) {
  let client: pg.Client | undefined;
  let stopped = true;
  let cancelTimer: (() => void) | undefined;
  let retryMs = FIRST_RETRY_MS;
  let opening: Promise<void> | undefined;

  async function open(): Promise<void> {
    const next = listener(config);
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    next.on('notification', news);
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      if (stopped) return await next.end();
      client = next;
      retryMs = FIRST_RETRY_MS;
      // What was said while nobody listened here.
      news();
      heard();
    } catch {
      void next.end().catch(() => undefined);
      later();
    }
  }

  function lost(which: pg.Client): void {
    if (client !== which) return;
    client = undefined;
    later();
  }

  function later(): void {
    if (stopped) return;
    cancelTimer?.();
    cancelTimer = clock.after(retryMs, begin);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }

  function begin(): void {
    opening = open();
  }

  return {
    client: () => client,
    start() {
      if (!stopped) return;
      stopped = false;
      begin();
    },
    async stop() {
      stopped = true;
      cancelTimer?.();
      await opening;
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}

function listener(config: pg.ClientConfig): pg.Client {
  return new pg.Client({
    ...config,
    application_name: 'tenuto-bus',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
}
