/** What a task may start, to choose from. */
import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { useMay } from './scopes.ts';

const MOST = 100;
const FRESH_MS = 30_000;

/** Names of stored templates, with the schema of the parameters of each. */
export function useTemplateChoices() {
  const may = useMay()('jobs:read');
  return useQuery({
    queryKey: ['templates', 'choices'],
    queryFn: async ({ signal }) => {
      const { items } = await client.templates.list({ limit: MOST }, { signal }).first();
      return items.map(({ name, description, params_schema: schema }) => ({
        ...{ name, description, schema },
      }));
    },
    enabled: may,
    staleTime: FRESH_MS,
  });
}

/** Names of profiles. */
export function useProfileChoices() {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: ['profiles', 'choices'],
    queryFn: async ({ signal }) => {
      const { items } = await client.profiles.list({ limit: MOST }, { signal }).first();
      return items.map(({ name }) => name);
    },
    enabled: may,
    staleTime: FRESH_MS,
  });
}
