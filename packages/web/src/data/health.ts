import { useQuery } from '@tanstack/react-query';
import type { Health, HealthCheck } from '@tenuto/contract';
import { type Sample, withSample } from '../logic/samples.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { createStore, useStore } from './store.ts';

/** How the parts of the server do. */
export function useHealth(everyMs: number = LIVE_MS.calm) {
  return useQuery({
    queryKey: ['health'],
    queryFn: async ({ signal }) => {
      const health = await client.health({ signal });
      measure(health);
      return health;
    },
    refetchInterval: refreshEvery(everyMs),
  });
}

export const MEASURES = ['running', 'queued', 'backlog', 'latency'] as const;
export type Measure = (typeof MEASURES)[number];
type Measured = Readonly<Record<Measure, readonly Sample[]>>;

/** Measured since this page was loaded; it goes on through other views. */
const measured = createStore<Measured>({ running: [], queued: [], backlog: [], latency: [] });

function measure({ checks, timestamp }: Health): void {
  const at = Date.parse(timestamp);
  const { engine, store } = checks;
  const values: Readonly<Record<Measure, number | undefined>> = {
    running: numberIn(engine, 'running_nodes'),
    queued: numberIn(store, 'queued_runs'),
    backlog: numberIn(engine, 'journal_backlog_rows'),
    latency: numberIn(store, 'answered_in_ms'),
  };
  const known = measured.get();
  const next = (name: Measure) => {
    const value = values[name];
    return value === undefined ? known[name] : withSample(known[name], { at, value });
  };
  measured.set({
    ...{ running: next('running'), queued: next('queued') },
    ...{ backlog: next('backlog'), latency: next('latency') },
  });
}

function numberIn(check: HealthCheck | undefined, name: string): number | undefined {
  const value = check?.values?.[name];
  return typeof value === 'number' ? value : undefined;
}

export function useMeasures(): Measured {
  return useStore(measured);
}
