/**
 * Follows the events as they are published, for those who look on. What they are told is read from
 * the rows, in order and by id, so that nobody misses any; those who are equally far share a query.
 */
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, KeptEvent } from '../ports/event-store.ts';
import { createTurns } from '../turns.ts';
import { createLoop } from './loop.ts';

const LOOK_EVERY_MS = 1_000;
/** Between two looks: what comes one by one is told together. */
const PAUSE_MS = 20;
const PAGE = 200;
const KEPT_PAGES = 16;

export interface EventTail {
  start(): void;
  /** There may be something new. */
  wake(): void;
  /** Ends everybody's looking on. */
  stop(): Promise<void>;
  /** Where the events end now. */
  end(): Promise<string>;
  /**
   * All events behind an id, page by page, as they come; an empty page when nothing came for a
   * while. Ends with the signal, or when the server stops.
   */
  follow(
    from: string,
    options: { readonly idleMs: number; readonly signal: AbortSignal },
  ): AsyncGenerator<readonly KeptEvent[], void>;
}

export function createEventTail({
  store,
  clock,
  log,
}: {
  readonly store: Pick<EventStore, 'after' | 'head'>;
  readonly clock: Clock;
  readonly log: EngineLog;
}): EventTail {
  const looks = createTurns(clock);
  const pages = createPages(store);
  let stopped = false;
  const loop = createLoop({
    ...{ name: 'event tail', clock, everyMs: LOOK_EVERY_MS },
    onError: (name, error) => log.warn({ loop: name, error: String(error) }, 'a round failed'),
    async runOnce() {
      if (looks.awaited) {
        looks.advance();
        await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
      }
      return undefined;
    },
  });
  return {
    start: loop.start,
    wake: loop.wake,
    async stop() {
      stopped = true;
      looks.advance();
      await loop.stop();
    },
    end: async () => (await store.head()).lastId,
    async *follow(from, { idleMs, signal }) {
      let at = from;
      let idleFrom = clock.mono();
      while (!stopped && !signal.aborted) {
        const seen = looks.count;
        const page = await pages.after(at, seen);
        const last = page.at(-1);
        const left = idleMs - (clock.mono() - idleFrom);
        if (last === undefined && left > 0) {
          if (!stopped) await looks.next(seen, left, signal);
          continue;
        }
        at = last?.eventId ?? at;
        yield page;
        idleFrom = clock.mono();
      }
    },
  };
}

/** Pages of events; who asks for the same after the same look shares the answer. */
function createPages(store: Pick<EventStore, 'after'>) {
  const pages = new Map<string, Promise<readonly KeptEvent[]>>();
  return {
    after(id: string, look: number): Promise<readonly KeptEvent[]> {
      const key = `${look} ${id}`;
      const known = pages.get(key);
      if (known !== undefined) return known;
      const page = store.after(id, PAGE);
      page.catch(() => pages.delete(key));
      pages.set(key, page);
      for (const old of pages.keys()) if (pages.size > KEPT_PAGES) pages.delete(old);
      return page;
    },
  };
}
