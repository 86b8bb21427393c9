/**
 * Follows the events as they are published, for those who look on. What they are told is read from
 * the rows, in order and by id, so that nobody misses any; those who are equally far share a query.
 */
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, KeptEvent } from '../ports/event-store.ts';
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
  const pages = new Map<string, Promise<readonly KeptEvent[]>>();
  const waiting = new Set<() => void>();
  let looks = 0;
  let stopped = false;

  const loop = createLoop({
    ...{ name: 'event tail', clock, everyMs: LOOK_EVERY_MS },
    onError: (name, error) => log.warn({ loop: name, error: String(error) }, 'a round failed'),
    async runOnce() {
      if (waiting.size === 0) return undefined;
      looks += 1;
      for (const resume of [...waiting]) resume();
      await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
      return undefined;
    },
  });

  /** Asked for after the same look, the answer is the same. */
  function pageAfter(id: string): Promise<readonly KeptEvent[]> {
    const key = `${looks} ${id}`;
    let page = pages.get(key);
    if (page === undefined) {
      page = store.after(id, PAGE);
      page.catch(() => pages.delete(key));
      pages.set(key, page);
      for (const old of pages.keys()) if (pages.size > KEPT_PAGES) pages.delete(old);
    }
    return page;
  }

  /** Until the next look, for so long at most. @returns whether there was one */
  function nextLook(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (looks !== seen || stopped || signal.aborted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (looked: boolean) => {
        cancel();
        waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve(looked);
      };
      const resume = () => settle(true);
      const cancel = clock.after(ms, () => settle(false));
      waiting.add(resume);
      signal.addEventListener('abort', resume, { once: true });
    });
  }

  return {
    start: loop.start,
    wake: loop.wake,
    async stop() {
      stopped = true;
      for (const resume of [...waiting]) resume();
      await loop.stop();
    },
    end: async () => (await store.head()).lastId,
    async *follow(from, { idleMs, signal }) {
      let at = from;
      let idleFrom = clock.mono();
      while (!stopped && !signal.aborted) {
        const seen = looks;
        const page = await pageAfter(at);
        const last = page.at(-1);
        if (last !== undefined) {
          at = last.eventId;
          yield page;
          idleFrom = clock.mono();
          continue;
        }
        const left = idleMs - (clock.mono() - idleFrom);
        if (left <= 0) {
          yield [];
          idleFrom = clock.mono();
        } else await nextLook(seen, left, signal);
      }
    },
  };
}
