/** The newest events, and those that are published from then on, without a gap. */
import type { EventView } from '@tenuto/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type TailItem, withEvents, withGap, withOlder } from '../logic/tail.ts';
import { client } from './client.ts';
import { now, throttle } from './clock.ts';
import { doubt, onReturn } from './connection.ts';

const FIRST_SHOWN = 50;
/** Often enough to look alive; a thousand events a second are put on the page together. */
const PUT_MS = 100;
/** Behind this id is every event. */
const FIRST_ID = '00000000-0000-7000-8000-000000000000';

export interface Tail {
  /** The newest first. */
  readonly items: readonly TailItem[];
  readonly error: unknown;
  readonly isRead: boolean;
  /** Since when the server has not been heard. */
  readonly awaySince: number | undefined;
  /** Where older ones go on; undefined when there are none. */
  readonly older: string | undefined;
}

export interface TailFilter {
  readonly topic?: string | undefined;
  readonly filter?: string | undefined;
}

const NOTHING: Tail = {
  ...{ items: [], error: undefined, isRead: false, awaySince: undefined, older: undefined },
};
type Put = (change: (known: Tail) => Tail) => void;

/** @returns the tail, what reads older events, and what begins anew after an error */
export function useTail({ topic, filter }: TailFilter): {
  readonly tail: Tail;
  readonly readOlder: () => Promise<void>;
  readonly again: () => void;
} {
  const [tail, setTail] = useState(NOTHING);
  const [times, setTimes] = useState(0);
  const again = useCallback(() => setTimes((known) => known + 1), []);
  const hasFailed = tail.error !== undefined;
  useEffect(() => (hasFailed ? onReturn(again) : undefined), [hasFailed, again]);
  const query = useRef<TailFilter>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time is a beginning.
  useEffect(() => {
    const stop = new AbortController();
    query.current = given({ topic, filter });
    setTail(NOTHING);
    const put: Put = (change) => {
      if (!stop.signal.aborted) setTail(change);
    };
    follow(query.current, stop.signal, put).catch((error: unknown) =>
      put((known) => ({ ...known, error, isRead: true })),
    );
    return () => stop.abort();
  }, [topic, filter, times]);
  const readOlder = async () => {
    const asked = query.current;
    const { older } = tail;
    if (older === undefined) return;
    const { items, next_cursor: next } = await page(asked, older);
    setTail((known) =>
      query.current === asked && known.older === older
        ? { ...known, items: withOlder(known.items, items), older: next ?? undefined }
        : known,
    );
  };
  return { tail, readOlder, again };
}

function given({ topic, filter }: TailFilter) {
  return { ...(topic !== undefined && { topic }), ...(filter !== undefined && { filter }) };
}

function page(query: TailFilter, cursor?: string, signal?: AbortSignal) {
  return client.events
    .recent({ ...given(query), count: FIRST_SHOWN }, signal && { signal })
    .page(cursor);
}

/** Reads the last events, then all that come, for as long as somebody looks on. */
async function follow(query: TailFilter, signal: AbortSignal, put: Put): Promise<void> {
  // The end of all events, before those that are shown are asked for: nothing falls between the two.
  const { items: ends } = await client.events.recent({ count: 1 }, { signal }).first();
  const first = await page(query, undefined, signal);
  put(() => ({
    ...{ ...NOTHING, isRead: true, items: withOlder([], first.items) },
    older: first.next_cursor ?? undefined,
  }));
  let last = ends[0]?.event_id ?? FIRST_ID;
  const heard = listening(put);
  while (!signal.aborted) {
    const round = new AbortController();
    const end = () => round.abort();
    signal.addEventListener('abort', end, { once: true });
    // A server that is back is asked at once, and not when a longer wait is over.
    const forget = onReturn(end);
    try {
      const options = { signal: round.signal, ...heard.hooks };
      for await (const event of client.events.tail({ ...given(query), after: last }, options)) {
        last = event.event_id;
        heard.take(event);
      }
    } catch (error) {
      if (!round.signal.aborted) throw error;
    } finally {
      forget();
      signal.removeEventListener('abort', end);
    }
  }
  heard.stop();
}

/** Puts events on the page, some at a time, and says from when to when the server was away. */
function listening(put: Put) {
  let waiting: EventView[] = [];
  let awaySince: number | undefined;
  const events = throttle(PUT_MS, () => {
    const news = waiting;
    waiting = [];
    put((known) => ({ ...known, items: withEvents(known.items, news) }));
  });
  const gap = (from: number, lost?: string) => {
    const line = { from, to: now(), ...(lost !== undefined && { lost }) };
    put((known) => ({ ...known, awaySince: undefined, items: withGap(known.items, line) }));
  };
  return {
    take(event: EventView) {
      waiting.push(event);
      events.ask();
    },
    stop: () => events.stop(),
    hooks: {
      onAway() {
        doubt();
        if (awaySince !== undefined) return;
        const since = now();
        awaySince = since;
        put((known) => ({ ...known, awaySince: since }));
      },
      onOpen() {
        if (awaySince === undefined) return;
        gap(awaySince);
        awaySince = undefined;
      },
      onGap: (keptFrom: string) => gap(now(), keptFrom),
    },
  };
}
