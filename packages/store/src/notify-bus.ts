/**
 * A bus over the database alone: NOTIFY, heard on a connection of its own. Said together at most
 * twenty times a second, and never in a transaction that anybody waits for.
 */
import type { BusNews, Clock, EventBus } from '@tenuto/engine';
import pg from 'pg';

const CHANNEL = 'tenuto_events';
const SAY_EVERY_MS = 50;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export function createNotifyBus(
  config: pg.ClientConfig,
  { clock, news }: { readonly clock: Clock; readonly news: BusNews },
): EventBus {
  let client: pg.Client | undefined;
  let stopped = true;
  let cancelTimer: (() => void) | undefined;
  let retryMs = FIRST_RETRY_MS;
  let wanted = false;
  let saying = false;
  let opening: Promise<void> | undefined;

  async function open(): Promise<void> {
    const next = new pg.Client({
      ...config,
      application_name: 'tenuto-bus',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
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
      if (wanted) say();
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

  function say(): void {
    if (saying || client === undefined) return;
    saying = true;
    wanted = false;
    const ended = () => {
      clock.after(SAY_EVERY_MS, () => {
        saying = false;
        if (wanted) say();
      });
    };
    client.query(`notify ${CHANNEL}`).then(ended, ended);
  }

  return {
    kind: 'database',
    start() {
      if (!stopped) return;
      stopped = false;
      begin();
    },
    announce() {
      news();
      wanted = true;
      say();
    },
    async stop() {
      stopped = true;
      cancelTimer?.();
      await opening;
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
    health: () =>
      client === undefined
        ? { status: 'down', detail: 'Nobody listens to the database; it is polled.' }
        : { status: 'up' },
  };
}
