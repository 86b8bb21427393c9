import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CreateRun, JsonObject, ProfileView, RunView, Task } from '@tenuto/contract';
import { LIVE_STATUSES } from '../logic/status.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';
import { runsKey } from './runs.ts';
import { useMay } from './scopes.ts';

const profilesKey = ['profiles'] as const;
const profileKey = (name: string) => [...profilesKey, 'one', name] as const;
/** As many as one request answers. */
const RUNS_LOOKED_AT = 100;
const TASK_PAGES = 5;

export function useProfiles() {
  return usePages({
    key: [...profilesKey, 'list'],
    read: (cursor, signal) => client.profiles.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** The newest run of each profile, among the last phased ones. */
export function useLastRuns() {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: [...runsKey, 'last-of-profiles'],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, RunView>> => {
      const query = { kind: 'phased', limit: RUNS_LOOKED_AT };
      const { items } = await client.runs.list(query, { signal }).first();
      const known = items.toReversed();
      return new Map(known.flatMap((run) => (run.profile === null ? [] : [[run.profile, run]])));
    },
    enabled: may,
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

export function useProfile(name: string, enabled = true) {
  return useQuery({
    queryKey: profileKey(name),
    queryFn: ({ signal }) => client.profiles.get(name, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
    enabled,
  });
}

/** The versions of a profile, newest first. */
export function useProfileVersions(name: string) {
  return usePages({
    key: [...profilesKey, 'versions', name],
    read: (cursor, signal) =>
      client.profiles.versions(name, { limit: PAGE }, { signal }).page(cursor),
  });
}

/** What a profile says, as it came through JSON. */
export function docOf({ profile }: ProfileView): JsonObject {
  const doc: JsonObject = JSON.parse(JSON.stringify(profile));
  return doc;
}

/** All that the server finds wrong with a profile that is being written. */
export function useVerdict(doc: JsonObject) {
  return useQuery({
    queryKey: [...profilesKey, 'verdict', doc],
    queryFn: async ({ signal }) => ({ doc, ...(await client.profiles.check(doc, { signal })) }),
    placeholderData: keepPreviousData,
    staleTime: LIVE_MS.calm,
    gcTime: LIVE_MS.calm,
  });
}

/** The graph that a profile would become; nothing is stored. */
export function useDryRun(doc: JsonObject) {
  return useQuery({
    queryKey: [...profilesKey, 'plan', doc],
    queryFn: ({ signal }) => client.profiles.check(doc, { plan: true, signal }),
    placeholderData: keepPreviousData,
    staleTime: LIVE_MS.calm,
    gcTime: LIVE_MS.calm,
  });
}

interface Save {
  readonly doc: JsonObject;
  /** What it replaces; undefined makes a new one. */
  readonly of: { readonly name: string; readonly version: number } | undefined;
}

export function useSaveProfile() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ doc, of }: Save) =>
      of === undefined
        ? client.profiles.create(doc)
        : client.profiles.replace(of.name, doc, { version: of.version }),
    onSuccess: (profile) => {
      queries.setQueryData(profileKey(profile.name), profile);
      return queries.invalidateQueries({ queryKey: [...profilesKey, 'list'] });
    },
  });
}

/** The profile as it stands by now, read anew. */
export function useReadAgain() {
  const queries = useQueryClient();
  return async (name: string) => {
    const profile = await client.profiles.get(name);
    queries.setQueryData(profileKey(name), profile);
    return profile;
  };
}

export function useDeleteProfile() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (of: { readonly name: string; readonly version: number }) =>
      client.profiles.remove(of.name, { version: of.version }),
    onSuccess: ({ name }) => {
      queries.removeQueries({ queryKey: profileKey(name) });
      return queries.invalidateQueries({ queryKey: [...profilesKey, 'list'] });
    },
  });
}

export interface Touched {
  /** Tasks that make runs of it. */
  readonly tasks: readonly Pick<Task, 'task_id' | 'title'>[];
  readonly runs: number;
  /** Whether there are more tasks than were looked at. */
  readonly isPart: boolean;
}

/** What would notice that a profile is gone. */
export function useTouched(name: string, enabled: boolean) {
  const may = useMay();
  return useQuery({
    queryKey: [...profilesKey, 'touched', name],
    queryFn: async ({ signal }): Promise<Touched> => {
      const active = { profile: name, status: [...LIVE_STATUSES], limit: 1 };
      const [runs, found] = await Promise.all([
        client.runs.list(active, { signal }).first(),
        may('tasks:read') ? tasksOf(name, signal) : { tasks: [], isPart: false },
      ]);
      return { ...found, runs: runs.total };
    },
    enabled,
    staleTime: 0,
  });
}

async function tasksOf(name: string, signal: AbortSignal) {
  const listing = client.tasks.list({ limit: 100 }, { signal });
  const tasks: Task[] = [];
  let page = await listing.first();
  for (let read = 1; ; read += 1) {
    tasks.push(...page.items.filter(({ payload }) => payload.profile === name));
    const next = page.has_more ? page.next_cursor : null;
    if (next === null || next === undefined || read === TASK_PAGES) {
      return { tasks, isPart: page.has_more };
    }
    page = await listing.page(next);
  }
}

/** @returns the id of the run that is made */
export function useStartRun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateRun) => client.runs.create(body),
    onSuccess: () => queries.invalidateQueries({ queryKey: runsKey }),
  });
}
