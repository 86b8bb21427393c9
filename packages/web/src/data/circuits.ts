import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CircuitState, CircuitView, Explanation } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';
import { useMay } from './scopes.ts';

const key = ['circuits'] as const;
/** Runs that are asked what they wait for; each is a request. */
const RUNS_ASKED = 20;
const HISTORY = 20;

export interface CircuitFilters {
  readonly state?: CircuitState;
  /** How the key begins. */
  readonly key?: string;
}

export function useCircuits(filters: CircuitFilters) {
  return usePages<CircuitView>({
    key: [...key, 'list', filters],
    read: (cursor, signal) =>
      client.circuits.list({ limit: PAGE, ...filters }, { signal }).page(cursor),
    everyMs: LIVE_MS.list,
  });
}

/** Targets that are not called for a while, because they have failed too often. */
export function useOpenCircuits(limit: number) {
  const may = useMay()('jobs:read');
  return useQuery({
    queryKey: [...key, 'open', limit],
    queryFn: ({ signal }) => client.circuits.list({ state: 'open', limit }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
    enabled: may,
  });
}

export function useCircuit(name: string) {
  return useQuery({
    queryKey: [...key, 'one', name],
    queryFn: ({ signal }) => client.circuits.get(name, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

/** Who has opened and closed a circuit by hand, as far as one may read it. */
export function useCircuitHistory(name: string) {
  return useQuery({
    queryKey: ['audit', 'circuit', name],
    queryFn: async ({ signal }) => {
      const { items } = await client.audit
        .list({ subject: name, limit: HISTORY }, { signal })
        .first();
      return items.filter(({ action }) => action.startsWith('circuit.'));
    },
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

/** A run with nodes that wait for a circuit. */
export interface WaitingRun {
  readonly runId: string;
  readonly name: string;
  readonly nodes: readonly string[];
}

/** Of the newest runs that go on, those that wait for a circuit. */
export function useWaitingRuns(name: string) {
  return useQuery({
    queryKey: [...key, 'waiting', name],
    queryFn: async ({ signal }): Promise<readonly WaitingRun[]> => {
      const { items } = await client.runs
        .list({ status: ['running', 'retrying', 'recovering'], limit: RUNS_ASKED }, { signal })
        .first();
      const asked = items.map(async (run) => {
        const said = await client.runs.explain(run.run_id, { signal });
        return { runId: run.run_id, name: run.name, nodes: nodesThatWait(said, name) };
      });
      return (await Promise.all(asked)).filter(({ nodes }) => nodes.length > 0);
    },
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

function nodesThatWait({ nodes }: Explanation, circuit: string): readonly string[] {
  return nodes
    .filter(({ reasons }) =>
      reasons.some(({ cause, of }) => cause === 'circuit' && of?.circuit === circuit),
    )
    .map(({ node_id }) => node_id);
}

export interface CircuitAsk {
  readonly verb: 'trip' | 'reset';
  readonly key: string;
  readonly durationMs?: number;
  readonly reason?: string | undefined;
}

export function useCircuitChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, key: name, durationMs, reason }: CircuitAsk) => {
      const why = reason === undefined ? {} : { reason };
      if (verb === 'reset') return client.circuits.reset(name, why);
      const long = durationMs === undefined ? {} : { duration_ms: durationMs };
      return client.circuits.trip(name, { ...long, ...why });
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: key }),
        queries.invalidateQueries({ queryKey: ['audit'] }),
      ]),
  });
}
