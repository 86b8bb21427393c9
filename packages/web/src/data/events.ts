import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { EventView, Json, JsonObject, TopicView } from '@tenuto/contract';
import { useRef } from 'react';
import { ratesOf, type TopicSample } from '../logic/topic-rates.ts';
import { client } from './client.ts';
import { now } from './clock.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['events'] as const;
const MOST_TOPICS = 100;
/** As many events are looked at when a filter is tried. */
const TRIED = 50;

export function useTopics() {
  return useQuery({
    queryKey: [...key, 'topics'],
    queryFn: ({ signal }) => client.events.topics({ limit: MOST_TOPICS }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

/** How many events a minute have come on each topic since the page is looked at. */
export function useTopicRates(topics: readonly TopicView[]): ReadonlyMap<string, number> {
  const samples = useRef<readonly TopicSample[]>([]);
  const counts = new Map(topics.map(({ owner, topic, events }) => [`${owner} ${topic}`, events]));
  const { rates, kept } = ratesOf(samples.current, { at: now(), counts });
  samples.current = kept;
  return rates;
}

export function useEvent(eventId: string) {
  return useQuery({
    queryKey: [...key, 'one', eventId],
    queryFn: ({ signal }) => client.events.get(eventId, { signal }),
  });
}

/** The tasks that an event was for, and what has come of it for each. */
export function useEventTasks(eventId: string, enabled: boolean) {
  return usePages({
    key: [...key, 'tasks', eventId],
    read: (cursor, signal) =>
      client.events.tasks(eventId, { limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.list,
    enabled,
  });
}

interface Trial {
  readonly all: readonly EventView[];
  /** The ids of those that a filter lets through. */
  readonly fit: ReadonlySet<string>;
}

/** The last events of a pattern of topics, and which of them a filter lets through. */
export function useFilterTrial(topic: string, filter: string) {
  return useQuery({
    queryKey: [...key, 'trial', topic, filter],
    queryFn: async ({ signal }): Promise<Trial> => {
      const recent = (more: object) =>
        client.events.recent({ topic, count: TRIED, ...more }, { signal }).first();
      const { items: all } = await recent({});
      const fit = filter === '' ? all : (await recent({ filter })).items;
      return { all, fit: new Set(fit.map((event) => event.event_id)) };
    },
    enabled: topic !== '',
    placeholderData: keepPreviousData,
  });
}

export interface NewEvent {
  readonly topic: string;
  readonly payload: Json;
  readonly dedupeId: string;
}

export function usePublish() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ topic, payload, dedupeId }: NewEvent) => {
      const body: JsonObject = {
        ...{ topic, payload },
        ...(dedupeId !== '' && { dedupe_id: dedupeId }),
      };
      return client.events.publish(body);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useReplay() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (eventId: string) => client.events.replay(eventId),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
