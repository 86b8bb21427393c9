import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { List } from '@tenuto/contract';
import { client } from './client.ts';
import { useMay } from './scopes.ts';

/** How many of each kind are found at once. */
const FOUND = 5;
const FRESH_MS = 15_000;

/** Something else than a run, found by how its name begins. */
export interface Named {
  readonly kind: 'task' | 'template' | 'profile';
  readonly id: string;
  readonly name: string;
}

/** Tasks, templates and profiles whose names begin with a text; none for an empty one. */
export function useThingsNamed(text: string): readonly Named[] {
  const may = useMay();
  const [tasks, jobs, runs] = [may('tasks:read'), may('jobs:read'), may('runs:read')];
  const { data = [] } = useQuery({
    queryKey: ['things-named', text, tasks, jobs, runs],
    queryFn: async ({ signal }) => {
      const query = { limit: FOUND, name: `${text}*` };
      const found = await Promise.all([
        tasks
          ? read(client.tasks.list({ limit: FOUND, title: `${text}*` }, { signal }), taskOf)
          : [],
        jobs ? read(client.templates.list(query, { signal }), namedAs('template')) : [],
        runs ? read(client.profiles.list(query, { signal }), namedAs('profile')) : [],
      ]);
      return found.flat();
    },
    enabled: text !== '',
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
  // What was found for the text before is shown on only as far as it fits this one.
  return text === '' ? [] : data.filter(({ name }) => name.startsWith(text));
}

async function read<T>(
  list: { first(): Promise<List<T>> },
  of: (item: T) => Named,
): Promise<readonly Named[]> {
  return (await list.first()).items.map(of);
}

function taskOf({ task_id: id, title }: { readonly task_id: string; readonly title: string }) {
  return { kind: 'task', id, name: title } as const;
}

function namedAs(kind: 'template' | 'profile') {
  return ({ name }: { readonly name: string }): Named => ({ kind, id: name, name });
}
