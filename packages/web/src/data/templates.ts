import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { JsonObject, Template } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const templatesKey = ['templates'] as const;
const templateKey = (name: string) => ['template', name] as const;
const LATEST_USES = 6;

export function useTemplates(enabled = true) {
  return usePages({
    key: [...templatesKey, 'list'],
    read: (cursor, signal) => client.templates.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
    enabled,
  });
}

/** A template in the version in force, or in an earlier one. */
export function useTemplate(name: string | undefined, version?: number) {
  return useQuery({
    queryKey: [...templateKey(name ?? ''), 'version', version ?? null],
    queryFn: ({ signal }) =>
      client.templates.get(name ?? '', { signal, ...(version !== undefined && { version }) }),
    enabled: name !== undefined,
    placeholderData: keepPreviousData,
    ...(version !== undefined && { staleTime: Number.POSITIVE_INFINITY }),
  });
}

export function useTemplateVersions(name: string) {
  return usePages({
    key: [...templateKey(name), 'versions'],
    read: (cursor, signal) =>
      client.templates.versions(name, { limit: PAGE }, { signal }).page(cursor),
  });
}

/** The last jobs that were made of a template, and how many there are. */
export function useTemplateUses(name: string) {
  return useQuery({
    queryKey: [...templateKey(name), 'uses'],
    queryFn: ({ signal }) =>
      client.jobs.list({ metadata: { template: name }, limit: LATEST_USES }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
    staleTime: LIVE_MS.calm,
  });
}

interface Saved {
  readonly body: JsonObject;
  /** The one that is replaced; none for a new template. */
  readonly before: Template | undefined;
}

/** Stores a template, in place of the version that was read and of no other one. */
export function useSaveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ body, before }: Saved) =>
      before === undefined
        ? client.templates.create(body)
        : client.templates.replace(before.name, body, { version: before.version }),
    onSuccess: ({ name }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: templatesKey }),
        queries.invalidateQueries({ queryKey: templateKey(name) }),
      ]),
  });
}

export function useRemoveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, version }: Template) => client.templates.remove(name, { version }),
    onSuccess: ({ name }) => {
      queries.removeQueries({ queryKey: templateKey(name) });
      return queries.invalidateQueries({ queryKey: templatesKey });
    },
  });
}
