import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { EventView, Json, JsonObject } from '@tenuto/contract';
import { useEffect, useState } from 'react';
import { client } from './client.ts';
import { onReturn } from './connection.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

const key = ['events'] as const;
/** What the page keeps of a tail that goes on for days. */
const MOST_KEPT = 500;
const FIRST_SHOWN = 50;

export function useTopics() {
  return useQuery({
    queryKey: [...key, 'topics'],
    queryFn: ({ signal }) => client.events.topics({ limit: 100 }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

export interface Tail {
  /** The newest first. */
  readonly events: readonly EventView[];
  readonly error: unknown;
  readonly isRead: boolean;
}

/** The newest events, and those that are published from then on, without a gap. */
export function useTail(topic: string | undefined): Tail {
  const [tail, setTail] = useState<Tail>({ events: [], error: undefined, isRead: false });
  const [round, setRound] = useState(0);
  useEffect(() => onReturn(() => setRound((known) => known + 1)), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a server that is back is asked anew.
  useEffect(() => {
    const stop = new AbortController();
    follow(topic, stop.signal, setTail).catch((error: unknown) => {
      if (!stop.signal.aborted) setTail((known) => ({ ...known, error, isRead: true }));
    });
    return () => stop.abort();
  }, [topic, round]);
  return tail;
}

async function follow(
  topic: string | undefined,
  signal: AbortSignal,
  put: (change: (known: Tail) => Tail) => void,
): Promise<void> {
  const which = topic === undefined ? {} : { topic };
  const { items } = await client.events
    .recent({ ...which, count: FIRST_SHOWN }, { signal })
    .first();
  put(() => ({ events: items, error: undefined, isRead: true }));
  const after = items[0]?.event_id;
  const tail = client.events.tail({ ...which, ...(after !== undefined && { after }) }, { signal });
  for await (const event of tail) {
    put((known) => ({ ...known, events: [event, ...known.events].slice(0, MOST_KEPT) }));
  }
}

export interface NewEvent {
  readonly topic: string;
  readonly payload: Json;
}

export function usePublish() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ topic, payload }: NewEvent) => {
      const body: JsonObject = { topic, payload };
      return client.events.publish(body);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useReplay() {
  return useMutation({ mutationFn: (eventId: string) => client.events.replay(eventId) });
}
