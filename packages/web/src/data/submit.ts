import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { JsonObject } from '@tenuto/contract';
import { client } from './client.ts';

/** What a job would be; nothing is stored. */
export function useDryRun(body: JsonObject | undefined) {
  return useQuery({
    queryKey: ['dry-run', body],
    queryFn: ({ signal }) => (body === undefined ? null : client.dryRun(body, { signal })),
    enabled: body !== undefined,
    // What was true of the text before it was changed is better than nothing, until the answer is there.
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 30_000,
  });
}

export function useSubmit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: JsonObject) => client.jobs.submit(body),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['runs'] }),
        queries.invalidateQueries({ queryKey: ['template'] }),
      ]),
  });
}
